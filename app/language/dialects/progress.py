"""tqdm: its iterable, walked through as it is. The bar is not drawn, and this is said once."""

from app.language.builtins import BUILTINS, call
from app.language.dialects.torch_data import length_of
from app.language.errors import type_error
from app.language.machine import Machine
from app.language.values import Builtin, Class, Instance, Namespace, Value, Walk
from app.language.walks import iterate, walk

HELD = "iterable"
SHOWN = (  # what changes the bar and nothing else
    *("set_description", "set_description_str", "set_postfix", "set_postfix_str", "update"),
    *("refresh", "close", "clear", "reset", "display", "unpause"),
)


def _begin(
    m: Machine, bar: Instance, iterable: Value = None, *given: Value, **shown: Value
) -> None:
    m.note("bar", "tqdm")
    bar.values[HELD] = iterable


def _walk(m: Machine, bar: Instance) -> Walk:
    if bar.values[HELD] is None:
        raise type_error("'NoneType' object is not iterable")
    return walk("generator", iterate(m, bar.values[HELD]), bar.values[HELD])


def _length(m: Machine, bar: Instance) -> int:
    return length_of(m, bar.values[HELD])


def _write(
    m: Machine, s: Value, file: Value = None, end: Value = "\n", nolock: Value = False
) -> None:
    call(m, BUILTINS["print"], s, end=end, file=file)


TQDM = Class(
    "tqdm",
    methods={
        "__init__": _begin,
        "__iter__": _walk,
        "__len__": _length,
        "__enter__": lambda m, bar: bar,
        "__exit__": lambda m, bar, *error: None,
        "write": lambda m, bar, *given, **named: _write(m, *given, **named),
        **dict.fromkeys(SHOWN, lambda m, bar, *given, **named: None),
    },
    of_class={"write": lambda m, of: Builtin("tqdm.write", _write)},
)


def _trange(m: Machine, *given: Value, **shown: Value) -> Value:
    return call(m, TQDM, call(m, BUILTINS["range"], *given), **shown)


_NAMES = {"tqdm": TQDM, "trange": Builtin("trange", _trange)}
PROGRESS = Namespace(
    "tqdm",
    {
        **_NAMES,
        **{
            key: Namespace(f"tqdm.{key}", _NAMES)
            for key in ("auto", "notebook", "std", "autonotebook")
        },
        "tqdm_notebook": TQDM,
        "tnrange": _NAMES["trange"],
    },
)
