"""NumPy's names for arrays joined, cut, turned, ordered, summed and read by place."""

from app.language.dialects.arranging import arranging
from app.language.dialects.placing import placing
from app.language.dialects.summing import deviation, norm, ordering, places, reductions, scan
from app.language.dialects.tables import Table, called
from app.language.machine import Machine
from app.language.values import NUMPY, Value

ARRANGED, PLACED, ORDERED = arranging(NUMPY), placing(NUMPY), ordering(NUMPY)
REDUCED: Table = called(reductions(NUMPY, "prod", "any", "all", "count_nonzero"), a="x")


def _plain(call: Table, name: str) -> Table:
    """A sorting function of NumPy, which has no argument for the direction."""
    function = call[name]

    def ascending(m: Machine, x: Value, axis: Value = -1) -> Value:
        return function(m, x, axis)

    return {name: ascending}


FUNCTIONS: Table = REDUCED | called(
    {
        "amax": reductions(NUMPY, "max")["max"],
        "amin": reductions(NUMPY, "min")["min"],
        "argmax": places("argmax", NUMPY),
        "argmin": places("argmin", NUMPY),
        "var": lambda m, x, axis=None, ddof=0, keepdims=False: deviation("var", NUMPY)(
            m, x, axis, ddof, keepdims
        ),
        "std": lambda m, x, axis=None, ddof=0, keepdims=False: deviation("std", NUMPY)(
            m, x, axis, ddof, keepdims
        ),
        "cumsum": scan("cumsum", NUMPY),
        "cumprod": scan("cumprod", NUMPY),
        **_plain(ORDERED, "sort"),
        **_plain(ORDERED, "argsort"),
        "median": ORDERED["median"],
        **dict.fromkeys(("concatenate", "concat"), ARRANGED["concatenate"]),
        **{name: ARRANGED[name] for name in ("stack", "vstack", "hstack", "column_stack")},
        **{name: ARRANGED[name] for name in ("split", "array_split", "tile", "repeat", "flip")},
        **{name: ARRANGED[name] for name in ("roll", "squeeze", "expand_dims", "moveaxis")},
        **{name: ARRANGED[name] for name in ("swapaxes", "diagonal", "trace", "broadcast_to")},
        **{name: ARRANGED[name] for name in ("triu", "tril", "diag", "outer")},
        "flipud": lambda m, x: ARRANGED["flip"](m, x, 0),
        "fliplr": lambda m, x: ARRANGED["flip"](m, x, 1),
        "take": PLACED["take"],
        "take_along_axis": PLACED["take_along"],
        "pad": PLACED["pad"],
        "eye": PLACED["eye"],
        "identity": PLACED["eye"],
        "tri": PLACED["tri"],
    },
    a="x",
    b="y",
    v="x",
    arr="x",
    ary="x",
    array="x",
    A="x",
    indices="index",
    pad_width="widths",
    arrays="tensors",
    tup="tensors",
    N="n",
    M="columns",
)
NORM = called({"norm": norm("norm", NUMPY, ("fro",))})["norm"]
METHODS: Table = {
    name: FUNCTIONS[name]
    for name in (
        *("prod", "any", "all", "argmax", "argmin", "var", "std", "cumsum", "cumprod", "argsort"),
        *("repeat", "squeeze", "swapaxes", "diagonal", "trace", "take"),
    )
}
