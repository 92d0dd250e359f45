"""Kinks of reductions, scans and order: ties, zero vectors, equal entries, zeros in products."""

from typing import Any

import tensorflow as tf
import torch
from cases import Kink

ROW = ((-1,), False)
NAN = float("nan")
INFINITE = float("inf")
PRODUCTS = [
    [INFINITE, 2.0, 3.0], [NAN, 2.0, 3.0],
    [INFINITE, 0.0, 3.0], [NAN, 0.0, 3.0], [INFINITE, -INFINITE, 2.0], [INFINITE, 0.0, 0.0],
]  # fmt: skip
TIED = [[1.0, 3.0, 3.0, 1.0]]


def along(name: str) -> Any:
    return lambda x, axes, keepdims: getattr(x, name)(axes[0], keepdim=keepdims).values


def whole(name: str) -> Any:
    return lambda x, axes, keepdims: getattr(torch, name)(x)


def norm(x: Any, p: float, axes: Any, keepdims: bool) -> Any:
    return tf.norm(x, ord=p, axis=axes[0], keepdims=keepdims)


def largest(x: Any, axes: Any, keepdims: bool) -> Any:
    return tf.norm(x, ord=float("inf"), axis=axes[0], keepdims=keepdims)


def middle(x: Any, axes: Any, keepdims: bool) -> Any:
    return torch.median(x)


def prod(x: Any, axes: Any, keepdims: bool) -> Any:
    return torch.prod(x, axes[0], keepdim=keepdims)


def sort(x: Any, axis: int, descending: bool) -> Any:
    return tf.sort(x, axis, "DESCENDING" if descending else "ASCENDING")


KINKS = [
    Kink("max along an axis at ties", TIED, ("max_first", along("max")), "max", ROW),
    Kink("min along an axis at ties", TIED, ("min_first", along("min")), "min", ROW),
    Kink("amax at ties", TIED, "max", "max", ROW),
    Kink("amin at ties", TIED, "min", "min", ROW),
    *(
        Kink(f"{name} of all at {at}", [x], (f"{name}_of_all", whole(name)), None, ROW)
        for name in ("max", "min")
        for at, x in (("ties", TIED[0]), ("nan", [1.0, NAN, 3.0, NAN]), ("one nan", [NAN, 1.0]))
    ),
    Kink("amax at nan", [[1.0, NAN, 3.0]], "max", "max", ROW),
    Kink("running maximum at ties", TIED, "cummax", None, (-1,)),
    Kink("running maximum and nan", [[1.0, NAN, 2.0, NAN, 3.0]], "cummax", None, (-1,)),
    Kink("std of equal entries", [[1.5, 1.5, 1.5]], "std_or_zero", "std", (*ROW, 0)),
    Kink("std by n - 1", [[1.0, 2.0, 4.0]], "std_or_zero", None, (*ROW, 1)),
    Kink("var of equal entries", [[1.5, 1.5, 1.5]], "var", "var", (*ROW, 0)),
    Kink("norm at a zero vector", [[0.0, 0.0]], "norm_or_zero", ("norm", norm), (2, *ROW)),
    Kink("1-norm at zeros", [[0.0, -2.0]], "norm_or_zero", ("norm", norm), (1, *ROW)),
    Kink("3-norm at a zero vector", [[0.0, 0.0]], "norm_or_zero", ("norm", norm), (3, *ROW)),
    Kink("inf-norm at ties", [[3.0, -3.0]], "norm_largest", ("norm_largest", largest), ROW),
    *(  # first derivatives: second ones are a matter of how infinities cancel
        Kink(f"product of {x}", [x], ("prod_divided", prod), "prod", ROW, truth=[[None]])
        for x in PRODUCTS
    ),
    # TensorFlow's own second derivative divides by the zeros, and drops what it divides so
    Kink("product with a zero", [[2.0, 0.0, 3.0]], ("prod_divided", prod), "prod", ROW,
         truth=[[[3.0, 5.0, 2.0]]]),
    Kink("product with zeros", [[0.0, 0.0, 3.0]], ("prod_divided", prod), "prod", ROW,
         truth=[[[3.0, 3.0, 0.0]]]),
    Kink("running product with a zero", [[2.0, 0.0, 3.0]], "cumprod", "cumprod_divided", (-1,)),
    Kink("logsumexp of -inf", [[float("-inf"), 0.0]], "logsumexp", "logsumexp", ROW),
    Kink("median at ties", [[2.0, 1.0, 2.0, 3.0, 2.0]], ("median", middle), None, ROW),
    Kink("median and nan", [[2.0, NAN, 1.0, NAN]], ("median", middle), None, ROW),
    Kink("sort at ties", [[2.0, 1.0, 2.0, 1.0]], "sort", ("sort", sort), (-1, False)),
    Kink("sort down at ties", [[2.0, 1.0, 2.0, 1.0]], "sort", ("sort", sort), (-1, True)),
]  # fmt: skip
