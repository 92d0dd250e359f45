"""Python's grammar, node by node and field by field: each is allowed and does what CPython does,
or is refused, at its place and with a sentence.

nodes/<Node>.txt holds programs under heads: `### fields` (allowed), `### fields | line:column |
what is said` (refused), `### fields | unseen` (Python's parser, as it is called, gives none). A
node without fields is named itself. What the running Python has not is skipped.
"""

import _ast
import ast
from pathlib import Path

import pytest
from sections import sections

from app.language.errors import Refused
from app.language.grammar import ALLOWED, IGNORED

HERE = Path(__file__).parent / "nodes"
BASES = {base for kind in vars(_ast).values() if isinstance(kind, type) for base in kind.__bases__}
NODES = {
    name: kind
    for name, kind in vars(_ast).items()
    if isinstance(kind, type) and issubclass(kind, ast.AST) and kind not in BASES
}


def rows() -> list[tuple[str, list[str], str, str]]:
    """Of every program: its node, the fields it is about, what becomes of it, and its text."""
    found = []
    for path in sorted(HERE.glob("*.txt")):
        for head, source in sections(path):
            fields, _, fate = head.partition(" | ")
            found.append((path.stem, fields.split(", "), fate, source))
    return found


ROWS = rows()


def in_this_python(node: str, fields: list[str]) -> bool:
    """Whether the running Python has this node, and the fields that the row is about."""
    return node in NODES and (fields == [node] or set(fields) <= set(NODES[node]._fields))


def is_set(source: str, node: str, field: str) -> bool:
    """Whether the program has such a node with something in this field."""
    found = [one for one in ast.walk(ast.parse(source)) if type(one).__name__ == node]
    if field == node:
        return bool(found)
    kept = [getattr(one, field, None) for one in found]
    return any(value not in (None, [], 0) for value in kept)


@pytest.mark.parametrize("node", sorted(NODES))
def test_every_node_and_every_field_has_a_program(node):
    """Fails where a new Python brings a node or a field: add it to nodes/, allowed or refused."""
    about = {field for name, fields, _, _ in ROWS if name == node for field in fields}
    assert about, f"nodes/{node}.txt is missing"
    lacking = set(NODES[node]._fields or [node]) - about
    assert not lacking, f"nodes/{node}.txt says nothing about {lacking}"


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize(
    ("node", "fields", "fate", "source"),
    ROWS,
    ids=[f"{row[0]}: {', '.join(row[1])}" for row in ROWS],
)
def test_a_node_is_allowed_as_in_python_or_refused(traced, by_python, node, fields, fate, source):
    if not in_this_python(node, fields):
        pytest.skip("a Python without it")
    for field in fields:
        assert is_set(source, node, field) is (fate != "unseen"), field
    if fate not in ("", "unseen"):
        with pytest.raises(Refused) as caught:
            traced(source)
        told, korean = (caught.value.diagnostic(lang) for lang in ("en", "ko"))
        place, _, message = fate.partition(" | ")
        assert (f"{told['span'][0]}:{told['span'][1]}", told["message"]) == (place, message)
        assert korean["message"] != message and korean["hint"] != told["hint"]
        return
    if fate and node not in ALLOWED:
        return
    answer = traced(source)
    found = answer["diagnostic"] or {}
    ended = found.get("framework_error"), found.get("span", [None])[0]
    assert (answer["stdout"], *ended) == by_python(source)


def test_the_table_of_the_grammar_is_of_nodes_and_fields_that_exist():
    for node, fields in ALLOWED.items():
        if node in NODES:
            assert fields <= set(NODES[node]._fields)
            assert not fields & IGNORED


@pytest.mark.parametrize("node", sorted(NODES))
def test_the_table_allows_only_what_is_compared_with_python(node):
    """Deny by node and by field."""
    allowed = {f for name, fields, fate, _ in ROWS if name == node and not fate for f in fields}
    assert ALLOWED.get(node, set()) <= allowed
