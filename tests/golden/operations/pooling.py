"""Cases of app/engine/primitives/pooling.py: with borders, overlaps, and equal entries."""

from typing import Any

import numpy as np
import tensorflow as tf
import torch
from cases import Case

ONES = {n: (1,) * n for n in (1, 2, 3)}
F = torch.nn.functional
LAYOUT = "TensorFlow pools other axes, without such borders"
BACK = "a step of pooling's own gradient"


def tied(inputs: list[Any]) -> list[Any]:
    """Half of the windows have equal entries."""
    return [np.round(x) for x in inputs]


def nhwc(pool: Any) -> Any:
    """The pool over channels-last images, with no border."""

    def call(x: Any, kernel: Any, stride: Any, *rest: Any) -> Any:
        x = tf.transpose(x, (0, 2, 3, 1))
        return tf.transpose(pool(x, kernel, stride, "VALID"), (0, 3, 1, 2))

    return call


def unpooled(g: Any, x: Any, *geometry: Any) -> Any:
    """By the gradient of PyTorch's pool, which is linear in g."""
    n = len(geometry[0])
    with torch.enable_grad():
        at = x.detach().requires_grad_()
        z = getattr(F, f"max_pool{n}d")(at, *geometry)
        return torch.autograd.grad(z, at, g, create_graph=True)[0]


def read(y: Any, x: Any, *geometry: Any) -> Any:
    n = len(geometry[0])
    z, at = getattr(F, f"max_pool{n}d")(x.detach(), *geometry, return_indices=True)
    return torch.gather(y.flatten(-n), -1, at.flatten(-n)).reshape(z.shape)


def shared(g: Any, lengths: Any, *geometry: Any) -> Any:
    n = len(lengths)
    x = torch.zeros(*g.shape[:-n], *lengths, requires_grad=True)
    z = getattr(F, f"avg_pool{n}d")(x, *geometry[:-1], count_include_pad=geometry[-1])
    return torch.autograd.grad(z, x, g, create_graph=True)[0]


def family(n: int, image: Any, places: Any, geometry: list[Any]) -> dict[str, Any]:
    kernel, stride, padding, _ = geometry
    simple = [kernel, stride, (0,) * n, ONES[n]]
    borders = [([image], geometry)] if n < 3 else []
    window = [kernel, stride, padding]
    tensorflow = nhwc(tf.nn.max_pool2d) if n == 2 else LAYOUT
    mean = nhwc(tf.nn.avg_pool2d) if n == 2 else LAYOUT
    return {
        f"max_pool{n}d": [
            Case([([image], simple)], tensorflow=tensorflow),
            Case(borders, tensorflow=LAYOUT),
            Case([([image], simple)], domain=tied, flat=True, tensorflow=tensorflow),
            Case(borders, domain=tied, flat=True, tensorflow=LAYOUT),
        ],
        f"max_pool{n}d_back": Case([([places, image], geometry)], torch=unpooled, tensorflow=BACK),
        f"max_pool{n}d_read": Case([([image, image], geometry)], torch=read, tensorflow=BACK),
        f"avg_pool{n}d": [
            Case([([image], [kernel, stride, (0,) * n, True])], tensorflow=mean),
            Case([([image], [*window, True]), ([image], [*window, False])], tensorflow=LAYOUT),
        ],
        f"avg_pool{n}d_back": Case(
            [
                ([places], [image[-n:], *window, True]),
                ([places], [image[-n:], *window, False]),
            ],
            torch=shared,
            tensorflow=BACK,
        ),
    }


CASES = {
    **family(1, (2, 2, 6), (2, 2, 3), [(3,), (2,), (1,), (1,)]),
    **family(2, (1, 2, 5, 4), (1, 2, 3, 3), [(3, 2), (2, 2), (1, 1), (1, 1)]),
    **family(3, (1, 1, 3, 2, 4), (1, 1, 2, 2, 3), [(2, 2, 2), (2, 2, 2), (1, 1, 1), (1, 1, 1)]),
}
CASES["max_pool2d"].append(
    Case([([(1, 1, 5, 6)], [(2, 2), (1, 2), (0, 1), (2, 2)])], tensorflow=LAYOUT)
)
