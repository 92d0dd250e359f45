"""Cases of app/engine/primitives/convolution.py: stride, padding, dilation and groups."""

from typing import Any

import tensorflow as tf
from cases import Case

NCHW = "TensorFlow's layout and groups are others: see test_layers.py"


def cases(n: int, plain: list[Any], back: list[Any], kernel: list[Any]) -> dict[str, Case]:
    return {
        f"conv{n}d": Case(plain, tensorflow=NCHW),
        f"conv_transpose{n}d": Case(back, tensorflow=NCHW),
        f"conv{n}d_kernel": Case(kernel, tensorflow=NCHW),
    }


def by_tensorflow(x: Any, w: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Any:
    """NHWC on the outside, grouped kernels by channels."""
    ends = [[0, 0], *([p, p] for p in padding), [0, 0]]
    found = tf.nn.conv2d(
        tf.transpose(x, (0, 2, 3, 1)), tf.transpose(w, (2, 3, 1, 0)), stride, ends,
        dilations=dilation,
    )  # fmt: skip
    return tf.transpose(found, (0, 3, 1, 2))


CASES = {
    **cases(
        1,
        [
            ([(2, 1, 5), (1, 1, 3)], [(1,), (0,), (1,), 1]),
            ([(1, 4, 7), (6, 2, 2)], [(2,), (1,), (2,), 2]),
        ],
        [
            ([(2, 1, 3), (1, 1, 3)], [(1,), (0,), (0,), 1, (1,)]),
            ([(1, 4, 3), (4, 1, 2)], [(2,), (1,), (1,), 2, (2,)]),
        ],
        [
            ([(2, 1, 5), (2, 1, 3)], [(1, 1, 3), (1,), (0,), (1,), 1]),
            ([(1, 4, 7), (1, 6, 4)], [(6, 2, 2), (2,), (1,), (2,), 2]),
        ],
    ),
    **cases(
        2,
        [
            ([(2, 1, 4, 4), (1, 1, 3, 2)], [(1, 1), (0, 0), (1, 1), 1]),
            ([(2, 2, 5, 4), (3, 2, 3, 3)], [(2, 1), (1, 1), (1, 1), 1]),
            ([(1, 4, 6, 5), (4, 1, 2, 2)], [(1, 2), (0, 1), (2, 1), 4]),
        ],
        [
            ([(2, 1, 2, 3), (1, 1, 3, 2)], [(1, 1), (0, 0), (0, 0), 1, (1, 1)]),
            ([(2, 3, 2, 2), (3, 2, 3, 3)], [(2, 2), (1, 1), (1, 0), 1, (1, 1)]),
            ([(1, 4, 2, 3), (4, 1, 2, 2)], [(1, 2), (0, 1), (0, 1), 2, (2, 1)]),
        ],
        [
            ([(2, 1, 4, 4), (2, 1, 2, 3)], [(1, 1, 3, 2), (1, 1), (0, 0), (1, 1), 1]),
            ([(2, 2, 5, 4), (2, 3, 3, 4)], [(3, 2, 3, 3), (2, 1), (1, 1), (1, 1), 1]),
        ],
    ),
    **cases(
        3,
        [
            ([(1, 1, 3, 3, 3), (1, 1, 2, 2, 2)], [(1, 1, 1), (0, 0, 0), (1, 1, 1), 1]),
            ([(1, 2, 3, 4, 3), (2, 1, 2, 2, 2)], [(2, 1, 1), (1, 0, 1), (1, 2, 1), 2]),
        ],
        [([(1, 2, 2, 2, 2), (2, 1, 2, 2, 2)], [(2, 1, 1), (1, 0, 0), (1, 0, 0), 1, (1, 1, 1)])],
        [
            (
                [(1, 1, 3, 3, 3), (1, 1, 2, 2, 2)],
                [(1, 1, 2, 2, 2), (1, 1, 1), (0, 0, 0), (1, 1, 1), 1],
            )
        ],
    ),
}
CASES["conv2d"] = [
    Case(CASES["conv2d"].shapes[:2], tensorflow=by_tensorflow),
    Case(CASES["conv2d"].shapes[2:], tensorflow=NCHW),
]
