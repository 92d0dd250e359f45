"""Functions that NumPy lacks, as the engine itself computes them: their own text, to be copied."""

import ast
import copy
import dis
import inspect
import sys
from collections.abc import Iterable
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any

from app.engine import Op
from app.engine.literal import literal

# Written by hand where the engine's own function also serves batches, which are not needed here.
SHORT = {
    "put": """\
def put(g, key, shape):
    result = np.zeros(shape, g.dtype)
    np.add.at(result, key, g)
    return result""",
    "put_index": """\
def put_index(g, index, axis, shape, rank):
    result = np.zeros(shape, g.dtype)
    np.add.at(result, (..., index, *[slice(None)] * (-axis - 1)), g)
    return result""",
    "put_along": """\
def put_along(g, index, axis, shape):
    result = np.zeros(shape, g.dtype)
    places = list(np.indices(index.shape, sparse=True))
    places[axis] = index
    np.add.at(result, tuple(places), g)
    return result""",
    "setitem": """\
def setitem(x, value, key, shape, rank):
    result = np.array(np.broadcast_to(x, shape))
    result[key] = value
    return result""",
}
Written = ast.Lambda | ast.FunctionDef


def definitions(ops: Iterable[Op]) -> list[str]:
    """The text of everything that calls of these operations by name need, callees first."""
    found: dict[str, str] = {}
    begun: set[str] = set()
    for op in sorted(ops, key=lambda op: op.name):
        if isinstance(op.forward, FunctionType):
            _define(op.name, op.forward, found, begun)
    return list(found.values())


def _define(name: str, function: FunctionType, found: dict[str, str], begun: set[str]) -> None:
    """Adds a function under this name, after the functions and constants that it reads."""
    if name in found or name in begun:
        return
    begun.add(name)
    if name in SHORT:
        found[name] = SHORT[name]
        return
    for other, value in _globals(function).items():
        if isinstance(value, Op):  # its text says other.forward(…)
            numpy, value = value.spelled["numpy"], value.forward
            if not isinstance(value, FunctionType):
                found.setdefault(other, f"{other} = {numpy.partition('(')[0]}")
        if isinstance(value, FunctionType) and value.__module__.startswith("app."):
            _define(other, value, found, begun)
        elif isinstance(value, type) and value.__module__.startswith("app."):
            found.setdefault(other, f"class {other}(Exception):\n    pass")
        elif isinstance(value, FunctionType | type):
            found.setdefault(other, f"from {value.__module__} import {value.__name__}")
        elif isinstance(value, ModuleType) and other != "np":
            found.setdefault(other, f"import {other}")
        elif isinstance(value, int | float | tuple):
            found.setdefault(other, f"{other} = {literal(value)}")
    found[name] = _text(name, function)


def _globals(function: FunctionType) -> dict[str, Any]:
    names = _names(function.__code__)
    scope = {**inspect.getclosurevars(function).nonlocals, **function.__globals__}
    return {name: scope[name] for name in names if name in scope and name != function.__name__}


def _names(code: CodeType) -> list[str]:
    """What is read from outside the function: not the attributes, `x.reshape` is no `reshape`."""
    read = [one.argval for one in dis.get_instructions(code) if one.opname == "LOAD_GLOBAL"]
    inner = [one for one in code.co_consts if isinstance(one, CodeType)]
    names = [*read, *code.co_freevars, *(name for one in inner for name in _names(one))]
    return list(dict.fromkeys(names))


def _text(name: str, function: FunctionType) -> str:
    """The definition, under this name and without annotations."""
    code = function.__code__
    node = next(one for one in _written()[code.co_filename] if _fits(one, function))
    define = ast.parse(f"def {name}(): pass").body[0]
    assert isinstance(define, ast.FunctionDef)
    define.args = node.args
    define.body = [ast.Return(node.body)] if isinstance(node, ast.Lambda) else node.body
    return ast.unparse(ast.fix_missing_locations(_Plain().visit(copy.deepcopy(define))))


class _Plain(ast.NodeTransformer):
    """Without annotations, and with calls of an Op's forward as calls of a function of its name."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(node.arg)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        return node.value if node.attr == "forward" and isinstance(node.value, ast.Name) else node


def _fits(node: Written, function: FunctionType) -> bool:
    code = function.__code__
    arguments = code.co_varnames[: code.co_argcount]
    named = isinstance(node, ast.Lambda) or node.name == function.__name__
    here = node.lineno == code.co_firstlineno
    return here and named and tuple(one.arg for one in node.args.args) == arguments


@cache
def _written() -> dict[str, list[Written]]:
    """Every function of the engine by its file; read at once, for a worker's files are closed."""
    paths = {getattr(module, "__file__", None) for module in _engine()}
    return {path: _functions(path) for path in paths if path}


def _engine() -> list[Any]:
    return [module for name, module in sys.modules.items() if name.startswith("app.engine")]


def _functions(path: str) -> list[Written]:
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    return [one for one in ast.walk(tree) if isinstance(one, ast.Lambda | ast.FunctionDef)]
