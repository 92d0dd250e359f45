"""Cases of app/engine/primitives/joining.py."""

import tensorflow as tf
from cases import Case

COPIED = [
    ([(3,)], [(2,), 1]), ([()], [(3,), 0]), ([(2, 3)], [(2, 1), 2]), ([(3,)], [(2, 2), 1]),
    ([(2, 2)], [(2, 3, 1), 2]),
]  # fmt: skip

CASES = {
    "concatenate": Case(
        [([(2,), (3,)], [-1]), ([(2, 3), (1, 3), (2, 3)], [-2]), ([(2, 1, 2), (2, 2, 2)], [-2])]
    ),
    "stack": Case([([()] * 2, [-1]), ([(3,)] * 2, [-1]), ([(3,)] * 3, [-2]), ([(2, 3)] * 2, [-2])]),
    "tile": Case(
        COPIED,
        tensorflow=lambda x, counts, rank: tf.tile(
            tf.reshape(x, (1,) * (len(counts) - rank) + tuple(x.shape)), counts
        ),
    ),
    "repeat": Case([([(3,)], [2, -1]), ([(2, 3)], [3, -2]), ([(2, 3, 2)], [2, -1])]),
}
