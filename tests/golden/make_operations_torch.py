"""Values, gradients and second derivatives of every primitive, by PyTorch in float64.

    python tests/golden/make_operations_torch.py       # where torch 2.13 is installed

Writes operations_torch.json: for each Op its cases `{"inputs", "settings", "upstream", "value",
"gradients", "again"}`. `upstream` is the gradient of the result; `gradients` one per input (null:
none); `again` the gradients of the sum of (gradient × direction), where the directions are what
`numbers` makes. Keys of getitem are lists: a number, null, "..." or {"slice": [start, stop, step]}.
"""

import json
import math
from pathlib import Path
from typing import Any

import torch

torch.set_default_dtype(torch.float64)
Shape = tuple[int, ...]
UNARY: list[list[Shape]] = [[()], [(3,)], [(2, 3)]]
PAIRS: list[list[Shape]] = [
    [(), ()], [(3,), (3,)], [(2, 3), (3,)], [(2, 1), (1, 3)], [(), (2, 3)], [(2, 3), (2, 3)],
]  # fmt: skip


def numbers(shape: Shape, shift: float, low: float = -2.0, high: float = 2.0) -> torch.Tensor:
    """Irregular numbers between low and high, none of them special."""
    count = math.prod(shape)
    entries = [low + (high - low) * (0.5 + 0.49 * math.sin(2.3 * k + shift)) for k in range(count)]
    return torch.tensor(entries).reshape(shape)


def key(entries: list[Any]) -> Any:
    return tuple(
        slice(*one["slice"]) if isinstance(one, dict) else ... if one == "..." else one
        for one in entries
    )


def reduced(function: Any) -> Any:
    def call(x: torch.Tensor, axes: list[int], keepdims: bool) -> torch.Tensor:
        # on a number PyTorch reduces along nothing
        return function(x, tuple(axes), keepdims) if x.ndim else x * 1

    return call


def put(x: torch.Tensor, entries: list[Any], shape: list[int]) -> torch.Tensor:
    result = torch.zeros(shape)
    mask = torch.zeros(shape, dtype=torch.bool)
    mask[key(entries)] = True
    return result.masked_scatter(mask, x)


def stored(x: torch.Tensor, value: torch.Tensor, entries: list[Any]) -> torch.Tensor:
    result = x.clone()
    result[key(entries)] = value
    return result


REDUCTIONS = [
    ([()], [[], False]), ([(3,)], [[-1], False]), ([(2, 3)], [[-2, -1], False]),
    ([(2, 3)], [[-1], True]), ([(2, 3, 2)], [[-3, -1], False]), ([(2, 3, 2)], [[-2], True]),
]  # fmt: skip
KEYS = [
    ([(3,)], [["...", 1], [3]]),
    ([(2, 3)], [["...", {"slice": [None, None, None]}, -1], [2, 3]]),
    ([(2, 3)], [["...", {"slice": [0, 1, None]}, {"slice": [None, None, 2]}], [2, 3]]),
]
# name: (PyTorch's function, shapes or (shapes, settings), lowest and highest input)
OPERATIONS: dict[str, Any] = {
    "add": (torch.add, PAIRS),
    "subtract": (torch.sub, PAIRS),
    "multiply": (torch.mul, PAIRS),
    "divide": (torch.div, PAIRS, 0.3, 3),
    "negative": (torch.neg, UNARY),
    "power": (torch.pow, PAIRS, 0.3, 3),
    "product_or_zero": (torch.mul, PAIRS),
    "power_plain": (torch.pow, PAIRS, 0.3, 3),
    "log_or_zero": (torch.log, UNARY, 0.1, 3),
    "sqrt_or_zero": (torch.sqrt, UNARY, 0.1, 3),
    "square": (torch.square, UNARY),
    "absolute": (torch.abs, UNARY),
    "sign": (torch.sign, UNARY),
    "maximum": (torch.maximum, PAIRS),
    "minimum": (torch.minimum, PAIRS),
    "maximum_first": (torch.maximum, PAIRS),
    "minimum_first": (torch.minimum, PAIRS),
    "clip": (torch.clamp, [(shapes, [-0.7, 0.9]) for shapes in UNARY]),
    "floor": (torch.floor, UNARY),
    "floor_flat": (torch.floor, UNARY),
    "floor_divide": (lambda x, y: torch.floor_divide(x.detach(), y.detach()), PAIRS, 0.3, 3),
    "remainder": (torch.remainder, PAIRS, 0.3, 3),
    "greater": (torch.gt, PAIRS),
    "less": (torch.lt, PAIRS),
    "greater_equal": (torch.ge, PAIRS),
    "less_equal": (torch.le, PAIRS),
    "equal": (torch.eq, PAIRS),
    "not_equal": (torch.ne, PAIRS),
    "exp": (torch.exp, UNARY),
    "log": (torch.log, UNARY, 0.1, 3),
    "log1p": (torch.log1p, UNARY, -0.8, 3),
    "expm1": (torch.expm1, UNARY),
    "sqrt": (torch.sqrt, UNARY, 0.1, 3),
    "sin": (torch.sin, UNARY),
    "cos": (torch.cos, UNARY),
    "tan": (torch.tan, UNARY, -1.2, 1.2),
    "tanh": (torch.tanh, UNARY),
    "sigmoid": (torch.sigmoid, UNARY, -6, 6),
    "relu": (torch.relu, UNARY),
    "leaky_relu": (torch.nn.functional.leaky_relu, [(shapes, [0.01]) for shapes in UNARY]),
    "softplus": (torch.nn.functional.softplus, UNARY, -6, 6),
    "matmul": (torch.matmul, [[(2, 3), (3, 4)], [(1, 2), (2, 1)], [(3, 3), (3, 3)]]),
    "softmax": (lambda x: torch.softmax(x, -1), [[(3,)], [(2, 3)]]),
    "log_softmax": (lambda x: torch.log_softmax(x, -1), [[(3,)], [(2, 3)]]),
    "sum": (reduced(torch.sum), REDUCTIONS),
    "mean": (reduced(torch.mean), REDUCTIONS),
    "max": (reduced(torch.amax), REDUCTIONS),
    "min": (reduced(torch.amin), REDUCTIONS),
    "reshape": (
        lambda x, shape, rank: torch.reshape(x, shape),
        [([(2, 3)], [[3, 2], 2]), ([(4,)], [[2, 2], 1]), ([()], [[1, 1], 0])],
    ),
    "broadcast_to": (
        lambda x, shape, rank: torch.broadcast_to(x, shape),
        [([(3,)], [[2, 3], 1]), ([(2, 1)], [[4, 2, 3], 2]), ([()], [[3], 0])],
    ),
    "transpose": (
        lambda x, axes: x.permute(tuple(axis % x.ndim for axis in axes)),
        [([(2, 3)], [[-1, -2]]), ([(2, 3, 4)], [[-2, -1, -3]])],
    ),
    "getitem": (lambda x, entries, shape: x[key(entries)], KEYS),
    "put": (put, [([()], KEYS[0][1]), ([(2,)], KEYS[1][1]), ([(1, 2)], KEYS[2][1])]),
    "setitem": (
        stored,
        [
            ([(3,), ()], [["...", 1]]),
            ([(2, 3), (3,)], [["...", 0, {"slice": [None, None, None]}]]),
            ([(2, 3), ()], [["...", {"slice": [0, 1, None]}, {"slice": [None, None, 2]}]]),
        ],
    ),
    "where": (lambda c, x, y: torch.where(c > 0, x, y), [[(3,)] * 3, [(2, 3), (3,), ()]]),
    "detach": (torch.detach, UNARY),
    "cast": (lambda x, dtype: x.to(getattr(torch, dtype)), [(s, ["float64"]) for s in UNARY]),
    "cast_to_integer": (lambda x, dtype: x.to(torch.int64), [(s, ["int64"]) for s in UNARY]),
}  # fmt: skip


def case(function: Any, shapes: list[Shape], settings: list[Any], *bounds: float) -> dict[str, Any]:
    inputs = [numbers(shape, 0.4 + 1.1 * i, *bounds) for i, shape in enumerate(shapes)]
    leaves = [x.clone().requires_grad_() for x in inputs]
    value = function(*leaves, *settings)
    upstream = numbers(tuple(value.shape), 2.9)
    found: list[Any] = [None] * len(leaves)
    again: list[Any] = [None] * len(leaves)
    if value.requires_grad:
        found = list(torch.autograd.grad(
            value, leaves, upstream, create_graph=True, allow_unused=True
        ))  # fmt: skip
        curved = [
            (g * numbers(tuple(g.shape), 0.7 + i)).sum()
            for i, g in enumerate(found)
            if g is not None and g.requires_grad
        ]
        if curved:
            again = list(torch.autograd.grad(sum(curved), leaves, allow_unused=True))
    plain = [None if g is None else g.tolist() for g in found]
    return {
        "inputs": [x.tolist() for x in inputs],
        "settings": settings,
        "upstream": upstream.tolist(),
        "value": value.tolist(),
        "gradients": plain,
        "again": [None if g is None else (torch.zeros(g.shape) + g).tolist() for g in again],
    }


table = {}
for name, (function, shapes, *bounds) in OPERATIONS.items():
    table[name] = [
        case(function, *(one if isinstance(one, tuple) else (one, [])), *bounds) for one in shapes
    ]
text = ",\n".join(f"{json.dumps(name)}: {json.dumps(cases)}" for name, cases in table.items())
(Path(__file__).parent / "operations_torch.json").write_text("{" + text + "}\n")
