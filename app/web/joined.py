"""Joined files: a script with all that it imports, or some sheets, as one small file.

A frame must be light, and thirty of them on a page must not ask for thirty times thirty files. Each
module keeps a scope of its own, as in `const $3 = (() => { … return { draw }; })();`, after those
that it imports. What is imported later, by `import("…")`, stays a file of its own.
"""

import posixpath
import re
from collections.abc import Collection, Mapping, Sequence
from functools import partial

from rjsmin import jsmin

Tree = Mapping[str, bytes]
"""Files by name, as `js/draw/dom.js`."""

FOLDER = "js/joined"
IMPORT = re.compile(r'^import (?:\{([^}]*)\} from )?"(\.[^"]+)";\n', re.MULTILINE)
LATER = re.compile(r'(?<![{?])\bimport\("(\.[^"]+)"\)')
EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) (\w+))", re.MULTILINE)
OTHER = re.compile(r"^(?:import\b(?!\()|export\b).*", re.MULTILINE)
COMMENT = re.compile(r"^[ \t]*(?:/\*.*?\*/[ \t]*|//[^\n]*)\n", re.MULTILINE | re.DOTALL)
INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
AROUND = re.compile(r"\s*([{};])\s*|(?<=[:,])\s+")
SAID = re.compile(r'\bt\(\s*"((?:[^"\\]|\\.)*)"')


def script(
    tree: Tree, name: str, without: Collection[str] = (), *, by_number: bool = False
) -> bytes:
    """A module with all that it imports, but for modules of which this page has no use: what they
    export is undefined. by_number: sentences stand in the page alone, in the order of `numbered`.
    Raises ValueError for what cannot be joined."""
    names = modules(tree, name, without)
    numbers = {text: number for number, text in enumerate(numbered(tree, name, without))}
    scopes = {one: f"${number}" for number, one in enumerate(names)}
    parts = []
    for one in names:
        text = tree[one].decode()
        exported = ", ".join(EXPORT.findall(text))
        text = IMPORT.sub(partial(_bound, one, scopes), EXPORT.sub("", text))
        text = LATER.sub(partial(_moved, one), text)
        if odd := OTHER.search(text):
            raise ValueError(f"{one}: cannot be joined: {odd[0]}")
        if by_number:
            text = SAID.sub(lambda match: f"t({numbers[match[1]]}", text)
        if one != name:
            text = f"const {scopes[one]} = (() => {{\n{text}return {{ {exported} }};\n}})();\n"
        parts.append(text)
    note = f"/*! {name} and all that it imports, joined; read those files instead. */\n"
    return (note + str(jsmin("".join(parts)))).encode()


def sheets(tree: Tree, names: Sequence[str]) -> bytes:
    """Style sheets of one folder, one after the other."""
    texts = (COMMENT.sub("", tree[name].decode()) for name in names)
    return (
        AROUND.sub(lambda met: met[1] or "", INDENT.sub("", "".join(texts)))
        .replace(";}", "}")
        .encode()
    )


def modules(
    tree: Tree, name: str, without: Collection[str] = (), *, later: bool = False
) -> list[str]:
    """The module and all that it imports, each after its imports. later: also what may follow."""
    order: list[str] = []
    _visit(tree, name, order, (), without, later)
    return order


def numbered(tree: Tree, name: str, without: Collection[str] = ()) -> list[str]:
    """What a joined script itself may say, in the order of its numbers."""
    return sorted(_said(tree, modules(tree, name, without)))


def said_later(tree: Tree, name: str, without: Collection[str] = ()) -> frozenset[str]:
    """What files may say that the script imports later: they know no numbers."""
    found: set[str] = set()
    for one in modules(tree, name, without):
        for match in LATER.finditer(tree[one].decode()):
            found |= _said(tree, modules(tree, _from(one, match[1]), later=True))
    return frozenset(found)


def _said(tree: Tree, names: Sequence[str]) -> set[str]:
    return {text for one in names for text in SAID.findall(tree[one].decode())}


def sentences(tree: Tree, name: str, without: Collection[str] = ()) -> frozenset[str]:
    """What the script may say, whether at once or later."""
    return frozenset(_said(tree, modules(tree, name, without, later=True)))


def _visit(
    tree: Tree,
    name: str,
    order: list[str],
    above: tuple[str, ...],
    without: Collection[str],
    later: bool,
) -> None:
    if name in order or name in without:
        return
    if name in above:
        raise ValueError(f"{name} imports itself, by way of {above[-1]}")
    text = tree[name].decode()
    found = [match[2] for match in IMPORT.finditer(text)]
    found += [match[1] for match in LATER.finditer(text)] if later else []
    for one in found:
        _visit(tree, _from(name, one), order, (*above, name), without, later)
    order.append(name)


def _from(name: str, relative: str) -> str:
    return posixpath.normpath(f"{posixpath.dirname(name)}/{relative}")


def _moved(name: str, match: re.Match[str]) -> str:
    """A later import, seen from the joined file."""
    return f'import("{posixpath.relpath(_from(name, match[1]), FOLDER)}")'


def _bound(name: str, scopes: Mapping[str, str], match: re.Match[str]) -> str:
    """`import { a, b as c } from …` as `const { a, b: c } = $1;`"""
    names = re.sub(r"(\w+) as (\w+)", r"\1: \2", match[1] or "")
    scope = scopes.get(_from(name, match[2]), "{}")
    return f"const {{{names}}} = {scope};\n" if names else ""
