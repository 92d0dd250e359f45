"""Cases of app/engine/primitives/gates.py. A gate's second input is a condition."""

import tensorflow as tf
import torch
from cases import UNARY, Case

GATES = [[(3,), (3,)], [(2, 3), (2, 3)]]


def by_torch(g, open):
    return torch.where(open > 0, g, 0.0)


def by_tensorflow(g, open):
    return tf.where(open > 0, g, tf.zeros_like(g))


CASES = {
    "gate": Case(GATES, smooth=False, torch=by_torch, tensorflow=by_tensorflow),
    "guard": Case(GATES, smooth=False, torch=by_torch, tensorflow=by_tensorflow),
    "zero": Case(UNARY, flat=True),
}
