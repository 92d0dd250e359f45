"""What may stand in a program: every node of Python's grammar and every field of it, by name.

Default deny: a node or field that is not in the table is refused, so a new Python adds nothing.
"""

import ast
import re
import unicodedata
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import accumulate
from typing import Any

from app.engine import N_
from app.language.advice import Seen
from app.language.errors import Refused, Span
from app.language.notebook import Copied, program_in

ALLOWED: dict[str, set[str]] = {
    "Module": {"body"},
    # statements
    "Expr": {"value"},
    "Assign": {"targets", "value"},
    "AugAssign": {"target", "op", "value"},
    "AnnAssign": {"target", "value", "simple"},
    "For": {"target", "iter", "body", "orelse"},
    "While": {"test", "body", "orelse"},
    "If": {"test", "body", "orelse"},
    "With": {"items", "body"},
    "withitem": {"context_expr", "optional_vars"},
    "FunctionDef": {"name", "args", "body", "decorator_list"},
    "ClassDef": {"name", "bases", "body", "decorator_list"},
    "Return": {"value"},
    "Yield": {"value"},
    "YieldFrom": {"value"},
    "Import": {"names"},
    "ImportFrom": {"module", "names"},
    "alias": {"name", "asname"},
    "Global": {"names"},
    "Nonlocal": {"names"},
    "Assert": {"test", "msg"},
    "Raise": {"exc", "cause"},
    "Try": {"body", "handlers", "orelse", "finalbody"},
    "ExceptHandler": {"type", "name", "body"},
    "Delete": {"targets"},
    "Match": {"subject", "cases"},
    "match_case": {"pattern", "guard", "body"},
    "MatchValue": {"value"},
    "MatchSingleton": {"value"},
    "MatchSequence": {"patterns"},
    "MatchMapping": {"keys", "patterns", "rest"},
    "MatchClass": {"cls", "patterns", "kwd_attrs", "kwd_patterns"},
    "MatchStar": {"name"},
    "MatchAs": {"pattern", "name"},
    "MatchOr": {"patterns"},
    "Pass": set(),
    "Break": set(),
    "Continue": set(),
    # expressions
    "BoolOp": {"op", "values"},
    "NamedExpr": {"target", "value"},
    "BinOp": {"left", "op", "right"},
    "UnaryOp": {"op", "operand"},
    "Lambda": {"args", "body"},
    "IfExp": {"test", "body", "orelse"},
    "Dict": {"keys", "values"},
    "List": {"elts", "ctx"},
    "Tuple": {"elts", "ctx"},
    "ListComp": {"elt", "generators"},
    "GeneratorExp": {"elt", "generators"},
    "Set": {"elts"},
    "SetComp": {"elt", "generators"},
    "DictComp": {"key", "value", "generators"},
    "comprehension": {"target", "iter", "ifs"},
    "Compare": {"left", "ops", "comparators"},
    "Call": {"func", "args", "keywords"},
    "keyword": {"arg", "value"},
    "JoinedStr": {"values"},
    "FormattedValue": {"value", "conversion", "format_spec"},
    "Constant": {"value"},
    "Attribute": {"value", "attr", "ctx"},
    "Subscript": {"value", "slice", "ctx"},
    "Starred": {"value", "ctx"},
    "Name": {"id", "ctx"},
    "Slice": {"lower", "upper", "step"},
    "arguments": {
        "posonlyargs",
        "args",
        "defaults",
        "kwonlyargs",
        "kw_defaults",
        "vararg",
        "kwarg",
    },
    "arg": {"arg"},
    **{
        name: set()
        for name in [
            "Load",
            "Store",
            "Del",
            "And",
            "Or",
            "Not",
            "Add",
            "Sub",
            "Mult",
            "MatMult",
            "Div",
            "Mod",
            "Pow",
            "FloorDiv",
            "BitAnd",
            "BitOr",
            "BitXor",
            "LShift",
            "RShift",
            "UAdd",
            "USub",
            "Eq",
            "NotEq",
            "Lt",
            "LtE",
            "Gt",
            "GtE",
            "Is",
            "IsNot",
            "In",
            "NotIn",
            "Invert",
        ]
    },
}
# fields that say nothing to us: annotations are never evaluated
IGNORED = {"annotation", "returns", "type_comment", "kind", "type_params"}
NAMES = {"name", "id", "attr", "arg", "asname", "rest"}
OF_CLASS = {
    "__class__": N_("Write type(x) for the class of x, and type(x).__name__ for its name."),
}
CALLED = {
    "TryStar": "except*",
    "AsyncFunctionDef": "async",
    "AsyncFor": "async",
    "AsyncWith": "async",
    "Await": "await",
    "TypeAlias": "type",
    "TemplateStr": "A template string",
    "keywords": "A keyword in a class",
    "is_async": "async",
    "level": "An import from a folder",
}
# what a class may say about its objects, and what may be asked of them by name
ARITHMETIC = (
    *("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"),
    *("and", "or", "xor", "lshift", "rshift"),
)
SPECIAL = {
    f"__{name}__"
    for name in (
        *("init", "call", "repr", "str", "format", "len", "contains", "iter", "next", "reversed"),
        *("getitem", "setitem", "delitem", "bool", "int", "float", "index", "round", "abs"),
        *(
            "post_init",
            "match_args",
            "eq",
            "ne",
            "lt",
            "le",
            "gt",
            "ge",
            "neg",
            "pos",
            "invert",
            "enter",
            "exit",
        ),
        *(f"{way}{name}" for name in ARITHMETIC for way in ("", "r", "i")),
    )
}
DEPTH = 200
GAVE_UP = (RecursionError, MemoryError, OverflowError)  # Python's parser, on what is too deep
HALF = re.compile("[\ud800-\udfff]")  # of a pair of surrogates: no text that is sent can hold it
UNREADABLE = re.compile("[\0\ud800-\udfff]")


class Places:
    """Turns Python's places (UTF-8 bytes) into lines and columns in characters, from 1."""

    def __init__(self, source: str, shifts: dict[int, int] | None = None):
        self.lines, self.shifts = source.split("\n"), shifts or {}
        self.read: dict[int, list[int]] = {}

    def span(self, node: Any) -> Span:
        """Where the node stands; of a statement with a block, its head."""
        line, column = node.lineno, self._column(node.lineno, node.col_offset)
        if isinstance(node, ast.While | ast.If):
            node = node.test
        elif isinstance(node, ast.For):
            node = node.iter
        elif isinstance(node, ast.With):
            node = node.items[-1].context_expr
        elif isinstance(node, ast.Match):
            node = node.subject
        elif isinstance(node, ast.Try | ast.TryStar | ast.FunctionDef | ast.ClassDef):
            return [line, column, line, self.shifted(line, len(self.lines[line - 1]) + 1)]
        end: int = node.end_lineno
        return [line, column, end, self._column(end, node.end_col_offset)]

    def _column(self, line: int, offset: int) -> int:
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        if not text.isascii():
            if line not in self.read:  # where each character begins, once for all nodes of a line
                self.read[line] = list(accumulate(len(c.encode()) for c in text))
            offset = bisect_right(self.read[line], offset)
        return self.shifted(line, offset + 1)

    def seen(self, span: Span, marks: Iterable[str] = ()) -> Seen:
        """What stands at this place, for advice."""
        first, column, last, end = span
        written = "\n".join(self.lines[first - 1 : last])
        cut = max(0, column - 1 - self.shifts.get(first, 0))
        if first == last:
            written = written[: end - 1 - self.shifts.get(first, 0)]
        return Seen(written[cut:], self.lines, list(marks))

    def shifted(self, line: int, column: int) -> int:
        """The column in the program as it was given, where a prompt was taken from the line."""
        return column + self.shifts.get(line, 0)


def parse(source: str, limit: int) -> tuple[ast.Module, Places, list[tuple[int, str]]]:
    """The program's tree, its places, and the lines that were skipped (line, "magic" or "prompt").

    Raises Refused, with the place, for anything that the table does not allow.
    """
    if len(source) > limit:
        raise Refused("source_size", _at(source, limit), size=len(source), limit=limit)
    if not source.strip():
        raise Refused("empty", [1, 1, 1, 1])
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    if (found := UNREADABLE.search(text)) is not None:
        raise Refused("characters", _at(text, found.start()))
    given, copied = text, Copied(text)
    if not _is_python(text):  # else what looks like a magic stands in a text or in brackets
        copied = program_in(text)
        text = copied.text
    places = Places(text, copied.shifts)
    with _refusing(given, places):
        tree = ast.parse(text)
    _check(tree, places)
    with _refusing(given, places):  # what only the compiler knows: `break` outside a loop
        compile(tree, "<program>", "exec", dont_inherit=True)
    return tree, places, copied.skipped


@contextmanager
def _refusing(given: str, places: Places) -> Iterator[None]:
    """Python reads here: each of its errors refuses the program, and its warnings are not ours."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except SyntaxError as problem:
        refused = Refused("syntax", _place(problem, places), **_words(problem))
        refused.seen = places.seen([problem.lineno or 1, 1, problem.lineno or 1, 1 << 30])
        raise refused from None
    except GAVE_UP:
        raise Refused("nesting", _at(given, _deepest(given))) from None
    except ValueError:
        raise Refused("characters", [1, 1, 1, 1]) from None


def _at(text: str, index: int) -> Span:
    """The place of one character of the text."""
    before = text[:index]
    line, column = before.count("\n") + 1, index - before.rfind("\n")
    return [line, column, line, column + 1]


def _deepest(text: str) -> int:
    """Near what Python's parser gave up on: the deepest bracket, or else the longest line."""
    depth = most = where = 0
    for i, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if depth > most:
            most, where = depth, i
    return where if most > 20 else text.index(max(text.split("\n"), key=len))


def _is_python(text: str) -> bool:
    try:
        with _refusing(text, Places(text)):
            tree = ast.parse(text)
    except Refused:
        return False
    return not any(map(_is_prompt, tree.body))


def _is_prompt(node: ast.stmt) -> bool:
    """Whether it is `In [1]: x = 3`, which Python reads as an annotation."""
    if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Subscript):
        return False
    return isinstance(node.target.value, ast.Name) and node.target.value.id == "In"


def _place(problem: SyntaxError, places: Places) -> Span | None:
    if not problem.lineno:
        return None
    line, column = problem.lineno, max(problem.offset or 1, 1)
    end = problem.end_lineno or line
    stop = problem.end_offset or column + 1
    stop = stop if stop > column or end > line else column + 1
    return [line, places.shifted(line, column), max(end, line), places.shifted(end, stop)]


def _words(problem: SyntaxError) -> dict[str, Any]:
    detail = (problem.msg or "invalid syntax").split(" (<")[0]
    return {"framework": f"{type(problem).__name__}: {detail}", "detail": detail}


def _check(tree: ast.Module, places: Places) -> None:
    """Walks every node and field once, without recursion."""
    waiting: list[tuple[ast.AST, Any, int]] = [(tree, None, 0)]
    methods: set[int] = set()
    while waiting:
        node, parent, depth = waiting.pop()
        span = places.span(node) if hasattr(node, "lineno") else parent
        kind = type(node).__name__
        if kind not in ALLOWED:
            raise Refused("construct", span, what=CALLED.get(kind, kind))
        if depth > DEPTH:
            raise Refused("nesting", span)
        if isinstance(node, ast.ClassDef):
            methods |= {id(one) for one in node.body if isinstance(one, ast.FunctionDef)}
        for field, value in ast.iter_fields(node):
            if field in IGNORED or value is None or value == [] or value == 0:
                continue
            if field not in ALLOWED[kind]:
                raise Refused("construct", span, what=CALLED.get(field, field))
            inside = value if isinstance(value, list) else [value]
            if kind != "Expr" and any(isinstance(one, ast.Yield | ast.YieldFrom) for one in inside):
                raise Refused("construct", span, what="yield in an expression")
            if isinstance(value, ast.AST):
                waiting.append((value, span, depth + 1))
            elif isinstance(value, list):
                for one in value:
                    if isinstance(one, ast.AST):
                        waiting.append((one, span, depth + 1))
                    elif isinstance(one, str):
                        _check_name(one, span)
            elif isinstance(value, str) and field in NAMES:
                if value in SPECIAL and (id(node) in methods or field in ("attr", "id")):
                    continue
                _check_name(value, span)
        if isinstance(node, ast.Constant) and isinstance(node.value, complex | bytes):
            raise Refused("construct", span, what=type(node.value).__name__)
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and HALF.search(node.value)
        ):
            raise Refused("characters", span)


def _check_name(name: str, span: Span | None) -> None:
    plain = unicodedata.normalize("NFKC", name)
    if plain.startswith("__") and plain not in ("__name__", "__version__"):
        raise Refused("private", span, name=name, advice=OF_CLASS.get(plain))
