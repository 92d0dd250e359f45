"""np.seterr, np.geterr and np.errstate: what NumPy does about overflow and its kin."""

from app.engine import N_
from app.language.dialects.tables import Table
from app.language.errors import unsupported, value_error
from app.language.machine import Machine
from app.language.numpy_errors import KINDS
from app.language.values import Mode, Value

WAYS = ("ignore", "warn", "raise")
OTHERS = ("call", "print", "log")


def _ways(all: Value, named: dict[str, Value]) -> dict[str, str]:
    """What is asked for each kind of error."""
    found = {kind: all if way is None else way for kind, way in named.items()}
    for way in found.values():
        if way in OTHERS:
            raise unsupported(
                N_("np.seterr with {way} ('ignore', 'warn' and 'raise' are here)"), way=repr(way)
            )
        if way is not None and way not in WAYS:
            raise value_error(f"invalid error mode '{way}'")
    return {kind: way for kind, way in found.items() if way is not None}


def _set(
    m: Machine,
    all: Value = None,
    divide: Value = None,
    over: Value = None,
    under: Value = None,
    invalid: Value = None,
) -> Value:
    before = dict(m.heard.ways)
    given = dict(zip(KINDS, (divide, over, under, invalid), strict=True))
    m.heard.ways |= _ways(all, given)
    return before


def _state(m: Machine, *, all: Value = None, **named: Value) -> Mode:
    if wrong := [name for name in named if name not in KINDS]:
        raise unsupported(N_("np.errstate with {name}"), name=wrong[0])
    ways, before = _ways(all, dict.fromkeys(KINDS) | named), []

    def enter() -> None:
        before.append(dict(m.heard.ways))
        m.heard.ways |= ways

    def leave() -> None:
        m.heard.ways = before.pop()

    return Mode(enter, leave)


FLOATS: Table = {
    "seterr": _set,
    "geterr": lambda m: dict(m.heard.ways),
    "errstate": _state,
}
