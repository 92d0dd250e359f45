"""Keras as programs spell it, as a module of its own and as tf.keras."""

import numpy as np

from app.language.dialects.common import array, namespace
from app.language.dialects.keras_attention import ATTENTION
from app.language.dialects.keras_callbacks import CALLBACKS
from app.language.dialects.keras_groups import GROUPS
from app.language.dialects.keras_images import IMAGES as IMAGE_LAYERS
from app.language.dialects.keras_initializers import INITIALIZERS
from app.language.dialects.keras_layers import LAYERS
from app.language.dialects.keras_losses import LOSSES
from app.language.dialects.keras_merging import MERGING
from app.language.dialects.keras_metrics import FIT_FUNCTIONS, METRICS
from app.language.dialects.keras_models import SEQUENTIAL, input_of
from app.language.dialects.keras_modules import MODEL, SOFTMAX
from app.language.dialects.keras_normalizing import NORMALIZING
from app.language.dialects.keras_optimizers import OPTIMIZERS
from app.language.dialects.keras_recurrent import RECURRENT
from app.language.dialects.keras_schedules import SCHEDULES
from app.language.dialects.tensorflow_functions import ACTIVATIONS
from app.language.dialects.tensorflow_stream import set_random_seed
from app.language.errors import value_error
from app.language.machine import Machine
from app.language.values import NUMPY, Value

INITIALIZER_MODULE = namespace("keras.initializers", INITIALIZERS)
LOSS_MODULE = namespace("keras.losses", LOSSES)
OPTIMIZER_MODULE = namespace(
    "keras.optimizers", {**OPTIMIZERS, "schedules": namespace("keras.schedules", SCHEDULES)}
)


def _to_categorical(m: Machine, x: Value, num_classes: Value = None) -> Value:
    """Class numbers as rows that are 1 at the class."""
    places = np.asarray(array(m, x, NUMPY).tensor.data).astype(np.int64)
    if places.ndim > 1 and places.shape[-1] == 1:
        places = places.reshape(places.shape[:-1])
    highest = int(np.max(places, initial=-1))
    count = highest + 1 if num_classes is None else num_classes
    if not isinstance(count, int) or highest >= count or np.min(places, initial=0) < 0:
        raise value_error(f"classes go from 0 to {count} - 1, got {highest}")
    m.budget.array((*places.shape, count))
    return m.leaf((places[..., None] == np.arange(count)).astype(np.float64), NUMPY)


BACKEND = {"clear_session": lambda m: m.layers.clear(), "epsilon": lambda m: 1e-7}
UTILS = {"set_random_seed": set_random_seed, "to_categorical": _to_categorical}
KERAS = namespace(
    "keras",
    {
        "__version__": "3.15.1",
        "backend": namespace("keras.backend", BACKEND),
        "utils": namespace("keras.utils", UTILS),
        "activations": namespace("keras.activations", {**ACTIVATIONS, **SOFTMAX}),
        "callbacks": namespace("keras.callbacks", CALLBACKS),
        "losses": LOSS_MODULE,
        "metrics": namespace("keras.metrics", {**METRICS, **FIT_FUNCTIONS}),
        "optimizers": OPTIMIZER_MODULE,
        "initializers": INITIALIZER_MODULE,
        "layers": namespace(
            "keras.layers",
            {
                **LAYERS,
                **IMAGE_LAYERS,
                **NORMALIZING,
                **GROUPS,
                **RECURRENT,
                **MERGING,
                **ATTENTION,
                "Input": input_of,
            },
        ),
        "models": namespace("keras.models", {"Sequential": SEQUENTIAL, "Model": MODEL}),
        "Sequential": SEQUENTIAL,
        "Model": MODEL,
        "Input": input_of,
        "Layer": LAYERS["Layer"],
    },
)
