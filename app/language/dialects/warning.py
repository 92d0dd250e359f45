"""Python's own warnings, as far as they are told here: filters that silence them, or raise them."""

import re
from typing import Any

from app.engine import N_
from app.language.attributes import SETTERS, missing
from app.language.builtins import call
from app.language.cautions import Filter
from app.language.dialects.common import namespace
from app.language.error_values import CLASSES, is_class_of_errors, raised
from app.language.errors import type_error, unsupported, value_error
from app.language.machine import Machine
from app.language.values import Class, Error, Mode, Namespace, Value, type_name

ACTIONS = ("default", "error", "ignore", "always", "all", "module", "once")
PATTERN = re.compile(r"[][\\^$*+?{}|()]")
WARNING = CLASSES["Warning"]


def _filter(
    m: Machine,
    action: Value,
    message: Value = "",
    category: Value = WARNING,
    module: Value = "",
    lineno: Value = 0,
    append: Value = False,
) -> None:
    if action not in ACTIONS:
        raise value_error(f"invalid action: {action!r}" if isinstance(action, str) else "action")
    if not isinstance(category, Class) or WARNING not in category.line():
        raise type_error("category must be a Warning subclass")
    words = [_begins(one) for one in (message, module)]
    if lineno:
        raise unsupported(N_("a filter of warnings for one line"))
    m.budget.container(len(m.filters.all) + 1)
    at = len(m.filters.all) if append else 0
    m.filters.all.insert(at, Filter(action, category.name, *words))


def _begins(pattern: Value) -> str:
    """How the words begin that a pattern fits, where it says it in so many words."""
    if not isinstance(pattern, str):
        raise type_error(f"message must be a string, not {type_name(pattern)}")
    found = pattern.removesuffix("$").removesuffix(".*")
    if PATTERN.search(found):
        raise unsupported(N_("a pattern in a filter of warnings (write how the words begin)"))
    return found


def _simple(
    m: Machine,
    action: Value,
    category: Value = WARNING,
    lineno: Value = 0,
    append: Value = False,
) -> None:
    _filter(m, action, category=category, lineno=lineno, append=append)


def _reset(m: Machine) -> None:
    m.filters.all = []


def _catch(
    m: Machine,
    *,
    record: Value = False,
    module: Value = None,
    action: Value = None,
    category: Value = WARNING,
    lineno: Value = 0,
    append: Value = False,
) -> Mode:
    if module is not None:
        raise unsupported(N_("the option module of warnings.catch_warnings"))
    if record:
        raise unsupported(N_("warnings.catch_warnings(record=True) (a warning is a note here)"))
    before: list[Any] = []

    def enter() -> None:
        before.append(list(m.filters.all))
        if action is not None:
            _simple(m, action, category, lineno, append)

    def leave() -> None:
        m.filters.all = before.pop()

    return Mode(enter, leave)


def _warn(
    m: Machine,
    message: Value,
    category: Value = None,
    stacklevel: Value = 1,
    source: Value = None,
) -> None:
    """Python writes it where errors go, and so it is not in what a program prints."""
    kind = category if category is not None else CLASSES["UserWarning"]
    if isinstance(message, Error):
        kind = message.of
    if not is_class_of_errors(kind) or WARNING not in kind.line():
        raise type_error(f"category must be a Warning subclass, not '{type_name(kind)}'")
    text = message if isinstance(message, str) else ""
    action = m.filters.action([one.name for one in kind.line()], text)
    if action == "error":
        raise raised(m, message if isinstance(message, Error) else call(m, kind, message))
    if action != "ignore":
        m.note("skipped", "warnings.warn")


def _replaced(m: Machine, module: Namespace, value: Value) -> None:
    """warnings.warn = a function of the program's: it silences what is not told here anyway."""
    if module is not WARNINGS:
        raise missing("'module' object", "warn", ())


WARNINGS: Namespace = namespace(
    "warnings",
    {
        "filterwarnings": _filter,
        "simplefilter": _simple,
        "resetwarnings": _reset,
        "catch_warnings": _catch,
        "warn": _warn,
    },
)
SETTERS[Namespace] = {"warn": _replaced}
