"""Cases of app/engine/primitives/trigonometry.py."""

import tensorflow as tf
import torch
from cases import PAIRS, UNARY, Case

CASES = {
    "sin": Case(UNARY),
    "cos": Case(UNARY),
    "tan": Case(UNARY, -1.2, 1.2),
    "arcsin": Case(UNARY, -0.9, 0.9),
    "arccos": Case(UNARY, -0.9, 0.9),
    "arctan": Case(UNARY),
    "sinh": Case(UNARY),
    "cosh": Case(UNARY),
    "tanh": Case(UNARY),
    "arcsinh": Case(UNARY),
    "arccosh": Case(UNARY, 1.2, 3, tensorflow=tf.math.acosh),
    "arccosh_of_result": Case(UNARY, 1.2, 3, torch=torch.acosh),
    "arctanh": Case(UNARY, -0.9, 0.9),
    "below_one": Case(UNARY),
    "over_one": Case(UNARY),
    "arctan2": Case(PAIRS, tensorflow=tf.math.atan2),
    "arctan2_plain": Case(PAIRS, torch=torch.atan2),
}
