"""Functions that NumPy lacks, as the engine itself computes them: their own text, to be copied."""

import ast
import inspect
import sys
from collections.abc import Iterable
from functools import cache
from types import CodeType, FunctionType
from typing import Any

from app.engine import Op

Written = ast.Lambda | ast.FunctionDef


def definitions(ops: Iterable[Op]) -> list[str]:
    """The text of everything that calls of these operations by name need, callees first."""
    found: dict[str, str] = {}
    for op in sorted(ops, key=lambda op: op.name):
        if isinstance(op.forward, FunctionType):
            _define(op.name, op.forward, found)
    return list(found.values())


def _define(name: str, function: FunctionType, found: dict[str, str]) -> None:
    """Adds a function under this name, after the functions and constants that it reads."""
    if name in found:
        return
    for other, value in _globals(function).items():
        if isinstance(value, FunctionType):
            _define(other, value, found)
        elif isinstance(value, int | float | tuple):
            found.setdefault(other, f"{other} = {value!r}")
    found[name] = _text(name, function)


def _globals(function: FunctionType) -> dict[str, Any]:
    names = _names(function.__code__)
    scope = {**inspect.getclosurevars(function).nonlocals, **function.__globals__}
    return {name: scope[name] for name in names if name in scope and name != function.__name__}


def _names(code: CodeType) -> list[str]:
    inner = [one for one in code.co_consts if isinstance(one, CodeType)]
    names = [*code.co_names, *code.co_freevars, *(name for one in inner for name in _names(one))]
    return list(dict.fromkeys(names))


def _text(name: str, function: FunctionType) -> str:
    """The definition, under this name and without annotations."""
    code = function.__code__
    node = next(one for one in _written()[code.co_filename] if _fits(one, function))
    bare = ast.arguments([], [ast.arg(one.arg) for one in node.args.args], None, [], [], None, [])
    bare.defaults = node.args.defaults
    define = ast.parse(f"def {name}(): pass").body[0]
    assert isinstance(define, ast.FunctionDef)
    define.args = bare
    define.body = [ast.Return(node.body)] if isinstance(node, ast.Lambda) else node.body
    return ast.unparse(ast.fix_missing_locations(define))


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
