"""How a minimum is sought: objectives, optimizers, trajectories, landscapes.

An objective knows names, values and gradients and nothing of languages; an optimizer is a chain of
pure links with PyTorch's options; a descent steps all runs of a request together and tells them in
batches.
"""

from app.descent.functions import LANDSCAPES, Landscape
from app.descent.keras import KERAS
from app.descent.keras_further import KERAS_FURTHER
from app.descent.landscape import Plane, box, field, heights, onto
from app.descent.objective import Objective, Recorded
from app.descent.optimizer import Optimizer, Option, Step, rate
from app.descent.optimizers import OPTIMIZERS
from app.descent.torch_further import FURTHER
from app.descent.trajectory import MOVE, STATE, STOPS, Batch, Descent, Path

__all__ = [
    "FURTHER",
    "KERAS",
    "KERAS_FURTHER",
    "LANDSCAPES",
    "MOVE",
    "OPTIMIZERS",
    "STATE",
    "STOPS",
    "Batch",
    "Descent",
    "Landscape",
    "Objective",
    "Optimizer",
    "Option",
    "Path",
    "Plane",
    "Recorded",
    "Step",
    "box",
    "field",
    "heights",
    "onto",
    "rate",
]
