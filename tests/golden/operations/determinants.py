"""Cases of app/engine/primitives/determinants.py."""

import numpy as np
import tensorflow as tf
import torch
from cases import Case

SQUARE = [[(3, 3)], [(1, 1)], [(2, 2)], [(4, 4)], [(2, 3, 3)]]


def regular(inputs):
    a = inputs[0]
    return [a + 3 * np.eye(a.shape[-1])]


def positive(inputs):
    a = inputs[0]
    return [a @ np.swapaxes(a, -1, -2) + 2 * np.eye(a.shape[-1])]


def second_regular(inputs):
    return [inputs[0], *regular(inputs[1:])]


def slopes(g, x):
    """How PyTorch's cofactors move."""
    cofactors = torch.linalg.det(x)[..., None, None] * torch.linalg.inv(x).mT
    return torch.autograd.grad((cofactors * g).sum(), x, create_graph=True)[0]


CASES = {
    "det": Case(SQUARE, domain=regular),
    "cofactor": Case(SQUARE, domain=regular),
    "cofactor_slope": Case(
        [[(3, 3)] * 2, [(2, 2)] * 2, [(4, 4)] * 2, [(2, 3, 3)] * 2],
        domain=second_regular,
        torch=slopes,
        tensorflow="asked of PyTorch",
    ),
    "log_abs_det": Case(SQUARE, domain=regular),
    "logdet": Case(SQUARE, domain=positive),
    "sign_det": Case(
        SQUARE,
        flat=True,
        domain=regular,
        tensorflow=lambda x: tf.stop_gradient(tf.linalg.slogdet(x)[0]),  # it gives zeros
    ),
}
