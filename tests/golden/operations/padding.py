"""Cases of app/engine/primitives/padding.py."""

from typing import Any

import torch
from cases import Case

BORDERS = [
    ([(3,)], [((1, 2),), 0]),
    ([(2, 3)], [((0, 1), (2, 0)), 1.5]),
    ([(3, 2)], [((1, 1), (0, 0)), 0]),
]
COPIES = [
    ([(4,)], [((2, 1),), "reflect"]), ([(3, 4)], [((1, 2), (2, 3)), "reflect"]),
    ([(3, 4)], [((1, 2), (2, 3)), "edge"]), ([(3, 4)], [((1, 2), (2, 3)), "wrap"]),
    ([(2, 3, 4)], [((1, 1), (0, 0), (2, 1)), "edge"]),
]  # fmt: skip
MIRRORED = [
    ([(4,)], [((2, 1),), "reflect"]), ([(3, 4)], [((1, 2), (2, 3)), "symmetric"]),
    ([(3, 4)], [((1, 2), (2, 3)), "reflect"]),
]  # fmt: skip
NAMES = {"edge": "replicate", "reflect": "reflect", "wrap": "circular"}


def turned(widths: Any) -> list[int]:
    """PyTorch's order: the last axis first."""
    return [n for pair in reversed(widths) for n in pair]


def copies(x: Any, widths: Any, mode: str) -> Any:
    """PyTorch pads the last axes of a batch of channels."""
    while widths[0] == (0, 0):
        widths = widths[1:]
    batch = x.reshape((1,) * (2 + len(widths) - x.ndim) + tuple(x.shape))
    padded = torch.nn.functional.pad(batch, turned(widths), NAMES[mode])
    return padded.reshape(padded.shape[padded.ndim - x.ndim :])


CASES = {
    "pad": Case(
        BORDERS,
        torch=lambda x, widths, value: torch.nn.functional.pad(x, turned(widths), value=value),
    ),
    "pad_copies": [
        Case(COPIES, torch=copies, tensorflow="TensorFlow mirrors only"),
        Case(MIRRORED, torch="PyTorch has no symmetric border"),
    ],
}
