"""The frameworks as programs spell them: one table of names for each.

A dialect turns a framework's names, defaults and error texts into operations of the engine; it
computes nothing itself. `MODULES` holds what can be imported, `KNOWN` what courses use without an
import line.
"""

from app.language.dialects.chance import RANDOM
from app.language.dialects.collecting import COLLECTIONS
from app.language.dialects.copying import COPY
from app.language.dialects.data_classes import DATACLASSES
from app.language.dialects.iterating import ITERTOOLS
from app.language.dialects.keras import KERAS
from app.language.dialects.mathematics import MATH
from app.language.dialects.numpy import NP
from app.language.dialects.partials import FUNCTOOLS
from app.language.dialects.progress import PROGRESS
from app.language.dialects.surroundings import OS, SYS
from app.language.dialects.tensorflow import TENSORFLOW_MODULE
from app.language.dialects.torch import TORCH_MODULE
from app.language.dialects.warning import WARNINGS
from app.language.values import Value

MODULES: dict[str, Value] = {
    "numpy": NP,
    "math": MATH,
    "random": RANDOM,
    "copy": COPY,
    "collections": COLLECTIONS,
    "dataclasses": DATACLASSES,
    "itertools": ITERTOOLS,
    "functools": FUNCTOOLS,
    "tqdm": PROGRESS,
    "warnings": WARNINGS,
    "os": OS,
    "sys": SYS,
    "tensorflow": TENSORFLOW_MODULE,
    "torch": TORCH_MODULE,
    "keras": KERAS,
}
KNOWN: dict[str, Value] = {
    "np": NP,
    "numpy": NP,
    "math": MATH,
    "tf": TENSORFLOW_MODULE,
    "torch": TORCH_MODULE,
}

__all__ = ["KNOWN", "MODULES"]
