"""How a minimum is sought: objectives, optimizers, trajectories, landscapes.

An objective knows names, values and gradients and nothing of languages; an optimizer is a chain of
pure links with PyTorch's options; a descent steps all runs of a request together and tells them in
batches.
"""

from app.descent.functions import LANDSCAPES, Landscape
from app.descent.landscape import Plane, box, field, heights
from app.descent.objective import Objective, Recorded
from app.descent.optimizer import Optimizer
from app.descent.optimizers import OPTIMIZERS
from app.descent.trajectory import Batch, Descent, Path

__all__ = [
    "LANDSCAPES",
    "OPTIMIZERS",
    "Batch",
    "Descent",
    "Landscape",
    "Objective",
    "Optimizer",
    "Path",
    "Plane",
    "Recorded",
    "box",
    "field",
    "heights",
]
