"""Whatever a function of the tables is given, it ends in a result or in a sentence of its own: no
exception of the host leaves it, and none of the host's words."""

import re
import warnings
from collections.abc import Iterator

import numpy as np
import pytest

from app.engine import Recording, record
from app.language.attributes import METHODS, attribute
from app.language.budget import Budget, Limits
from app.language.calls import invoke
from app.language.classes import find
from app.language.dialects import KNOWN
from app.language.errors import Diagnosed
from app.language.guarded import Given
from app.language.machine import Machine
from app.language.scope import BUILTINS
from app.language.values import (
    NUMPY,
    TENSORFLOW,
    TORCH,
    VARIABLE,
    Array,
    Builtin,
    Class,
    Instance,
    Namespace,
    Record,
    Walk,
)
from app.language.walks import iterate
from app.story.trace import Trace

HOST = re.compile(
    r"<locals>|<lambda>|'Array'|ArrayView|attribute 'tensor'|Value after \*|not subscriptable"
    r"|^(list|tuple) index|app\.|\bnumpy\.\w+Error|<(array|instance|record)\b"
)
LIMITS = Limits(seconds=60, operations=200_000, elements=5_000, length=5_000)


def _machine() -> Machine:
    budget = Budget(LIMITS)
    bounds = LIMITS.nodes, LIMITS.edges, budget.full, lambda told: None
    story = Trace(budget.written, lambda *told: None, None, *bounds, False)
    return Machine(budget, story.recorder)


def _odd(m: Machine, kind: str) -> Iterator[list[object]]:
    """Arguments that most functions are not made for."""

    def leaf(data: object) -> Array:
        return m.leaf(np.asarray(data), kind)

    matrix, places, empty = leaf(np.ones((2, 3), np.float32)), leaf([1, 2]), leaf(np.ones(0))
    some = [None, "a", -1, 2.5, [], [1, [2]], [[1, 2], [3]], {}, {"a": 1}, (), matrix, places]
    some += [empty, leaf(np.float32(3)), float("nan"), 10**30, [matrix, "a"], [None], slice(1, 2)]
    yield []
    yield from ([one] for one in some)
    yield from ([matrix, one] for one in some)
    yield from ([one, matrix] for one in some)
    yield from ([places, one, other] for one in ("a", -9, (5, 6)) for other in ("b", -9, None))


def _tables() -> dict[str, tuple[str, object]]:
    """Every function and class by its name, each once."""
    found: dict[int, tuple[str, object]] = {}

    def walk(name: str, value: object) -> None:
        if isinstance(value, Namespace):
            for key, one in value.members.items():
                walk(f"{name}.{key}", one)
        elif isinstance(value, Builtin):
            found.setdefault(id(value.call), (name, value))
        elif isinstance(value, Class):
            found.setdefault(id(value), (name, value))

    for name, value in KNOWN.items():
        walk(name, value)
    for name, value in BUILTINS.items():
        walk(name, value)
    return {name: (name, value) for name, value in found.values()}


FUNCTIONS = _tables()
ROOMS = sorted({name.rpartition(".")[0] or name for name in FUNCTIONS})


def _kind(name: str) -> str:
    first = name.partition(".")[0]
    return {"torch": TORCH, "tf": TENSORFLOW, "keras": TENSORFLOW}.get(first, NUMPY)


SAID: dict[str, str] = {}


def _said(problem: Diagnosed) -> str:
    """All that is told of a problem; many of the thousands here are alike."""
    key = f"{problem.code} {problem.framework} {problem.advice} {problem.values}"
    if key not in SAID:
        told = problem.diagnostic()
        SAID[key] = f"{told['message']} | {told['hint']} | {told.get('framework_error', '')}"
    return SAID[key]


def _tried(m: Machine, name: str, called: object, given: list[object], wrong: list[str]) -> object:
    try:
        with record(Recording.EVERYTHING), np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = invoke(m, called, given, {})
            if isinstance(found, Walk):
                for _ in zip(range(3), iterate(m, found), strict=False):
                    pass
            return found
    except Diagnosed as problem:
        said = _said(problem)
        if HOST.search(said):
            wrong.append(f"{name}({given}): {said}")
    except Exception as problem:
        wrong.append(f"{name}({given}): {type(problem).__name__}: {problem}")
    return None


@pytest.mark.parametrize("room", ROOMS)
def test_a_function_ends_in_a_result_or_a_sentence(room):
    wrong: list[str] = []
    for name, called in FUNCTIONS.values():
        if (name.rpartition(".")[0] or name) != room:
            continue
        m = _machine()
        for given in _odd(m, _kind(name)):
            made = _tried(m, name, called, given, wrong)
            if isinstance(made, Instance | Record):
                _use(m, name, made, wrong)
    assert not wrong, "\n".join(wrong[:20])


def _use(m: Machine, name: str, made: Instance | Record, wrong: list[str]) -> None:
    """What a function made: called, walked through and asked for by each of its methods."""
    given = [m.leaf(np.ones((2, 3), np.float32), _kind(name))]
    methods: dict[str, object] = {}
    if isinstance(made, Record):
        methods = {key: Builtin(key, Given(f, made)) for key, f in made.methods.items()}
        if made.call is not None:
            methods["__call__"] = made
    else:
        line = made.of.line()
        methods = {key: find(m, line, key, made) for one in line for key in one.methods}
        methods.pop("__init__", None)
    for key, method in methods.items():
        for one in ([], given, ["a"], [None, None]):
            _tried(m, f"{name}().{key}", method, one, wrong)


@pytest.mark.parametrize("kind", [NUMPY, TORCH, TENSORFLOW, VARIABLE])
def test_a_method_of_an_array_ends_in_a_result_or_a_sentence(kind):
    wrong: list[str] = []
    for name in METHODS[kind]:
        m = _machine()
        for given in _odd(m, TENSORFLOW if kind == VARIABLE else kind):
            x = m.leaf(np.ones((2, 3), np.float32), kind)
            _tried(m, name, attribute(m, x, name), given, wrong)
    assert not wrong, "\n".join(wrong[:20])
