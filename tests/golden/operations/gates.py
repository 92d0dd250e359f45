"""Cases of app/engine/primitives/gates.py. A gate's second input is a condition."""

import tensorflow as tf
import torch
from cases import UNARY, Case

GATES = [[(3,), (3,)], [(2, 3), (2, 3)]]


def by_torch(g, open):
    return torch.where(open > 0, g, 0.0)


def by_tensorflow(g, open):
    return tf.where(open > 0, g, tf.zeros_like(g))


def held(v, open):
    """A value by which only what is behind an open gate is differentiated."""
    return torch.where(open > 0, v, v.detach())


def stand_in(x, defined):
    return torch.where(defined > 0, x, 1.0)


def stand_in_tensorflow(x, defined):
    return tf.where(defined > 0, x, tf.ones_like(x))


CASES = {
    "gate": Case(GATES, smooth=False, torch=by_torch, tensorflow=by_tensorflow),
    "guard": Case(GATES, smooth=False, torch=by_torch, tensorflow=by_tensorflow),
    "flat_in": Case(
        [[(), ()], [(3,), (3,)], [(2, 3), (3,)]],
        flat=True,
        torch=lambda v, x: v + 0 * x,
        tensorflow=lambda v, x: v + 0 * x,
    ),
    "held": Case(GATES, smooth=False, flat=True, torch=held, tensorflow="has no such thing"),
    "stand_in": Case(GATES, smooth=False, torch=stand_in, tensorflow=stand_in_tensorflow),
    "zero": Case(UNARY, flat=True),
}
