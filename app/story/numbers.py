"""Numbers as text and as JSON: the shortest that round-trips in their own dtype."""

import math
from base64 import b64encode
from typing import Any

import numpy as np
import orjson

FULL = 1_000  # an array up to this many numbers is shown whole
NON_FINITE = {math.inf: "Infinity", -math.inf: "-Infinity"}


def text_of(value: Any) -> str:
    """A number's shortest text: 2 for 2.0, 0.1 for float32 0.1."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, int | np.integer):
        return str(int(value))
    if not math.isfinite(value):
        return str(plain(value))
    text = str(value) if isinstance(value, np.floating) else repr(float(value))
    return text.removesuffix(".0")


def plain(data: Any) -> Any:
    """A value as JSON knows it: nested lists, and names for what is not finite."""
    if isinstance(data, np.ndarray):
        return [plain(entry) for entry in data]
    if isinstance(data, bool | np.bool_):
        return bool(data)
    if isinstance(data, int | np.integer):
        return int(data)
    if math.isnan(data):
        return "NaN"
    if math.isinf(data):
        return NON_FINITE[float(data)]
    return data if isinstance(data, np.floating) else float(data)


def summary(data: Any) -> dict[str, Any]:
    """A large array in seven words."""
    return {"shape": list(data.shape), "dtype": str(data.dtype), **_statistics(data)}


def _statistics(data: Any) -> dict[str, Any]:
    flat = np.ravel(data)
    count = flat.size
    numbers = flat if flat.dtype.kind == "f" else flat.astype(np.float64)
    with np.errstate(all="ignore"):
        mean = np.add.reduce(numbers) / count
        away = numbers - mean
        return {
            "min": plain(np.minimum.reduce(flat)),
            "max": plain(np.maximum.reduce(flat)),
            "mean": plain(numbers.dtype.type(mean)),
            "std": plain(np.sqrt(np.dot(away, away) / count)),
            "zeros": int(count - np.count_nonzero(flat)),
        }


def shown(data: Any) -> Any:
    """A value in a trace: whole up to FULL numbers, else its summary."""
    return plain(data) if data.size <= FULL else summary(data)


def detailed(data: Any) -> Any:
    """A value where one tick is looked at: a large array with its histogram and its corner."""
    if data.size <= FULL:
        return plain(data)
    finite = data[np.isfinite(data)]
    counts, edges = map(list, np.histogram(finite, bins=20)) if finite.size else ([], [])
    corner = data[(0,) * (data.ndim - 2)][:8, :8] if data.ndim > 1 else data[:8]
    return {
        **summary(data),
        "histogram": {"counts": [int(n) for n in counts], "edges": [float(e) for e in edges]},
        "corner": plain(corner),
    }


def dumps(value: Any) -> bytes:
    """JSON text; float32 in its own shortest digits."""
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)


def shortest(array: Any) -> orjson.Fragment:
    """A finite array as JSON in the fewest characters: 1 for 1.0."""
    text = orjson.dumps(array, option=orjson.OPT_SERIALIZE_NUMPY)
    return orjson.Fragment(text.replace(b".0,", b",").replace(b".0]", b"]"))


def base64(array: Any) -> dict[str, Any]:
    """An array as plotly.js reads it: little-endian bytes in C order."""
    kind = array.dtype.newbyteorder("<")
    return {
        "dtype": kind.str.lstrip("<|").replace("b1", "u1"),
        "shape": ",".join(map(str, array.shape)),
        "bdata": b64encode(np.ascontiguousarray(array, kind).tobytes()).decode(),
    }
