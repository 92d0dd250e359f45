"""Cases of app/engine/primitives/sinc.py."""

from typing import Any

import torch
from cases import UNARY, Case


def derivative(x: Any, order: int) -> Any:
    """The derivative of PyTorch's sinc, by PyTorch."""
    result = torch.sinc(x)
    for _ in range(order):
        (result,) = torch.autograd.grad(result.sum(), x, create_graph=True)
    return result


CASES = {
    "sinc": Case(UNARY),
    "sinc_derivative": Case(
        [([(3,)], [1]), ([()], [1]), ([(2, 3)], [2])],
        torch=derivative,
        tensorflow="asked of PyTorch",
    ),
}
