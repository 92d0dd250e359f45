"""Names that a student writes and that are not here: what to write in their place."""

from collections.abc import Iterator

from app.engine import N_
from app.language.errors import close_names
from app.language.left_out import BUILTINS
from app.language.values import Namespace

_DATA = BUILTINS["open"]
_IMAGES = N_(
    "Draw images and classes at random: torch.rand(64, 1, 28, 28), torch.randint(0, 10, (64,)); or "
    "write a few small ones as lists."
)
_FILES = N_("Files are neither read nor written here: leave the line out, or print the value.")
_OLD = N_(
    "This is TensorFlow 1. In TensorFlow 2 a line is computed at once: tf.Variable, "
    "tf.GradientTape and tf.keras.optimizers take its place."
)
_SYSTEM = N_("Leave the line out: a program runs alone here, without files or a system.")

MODULES: dict[str, str] = {
    "sklearn": N_(
        "Write the data as arrays and the model itself: a linear fit is x @ w + b with a loss."
    ),
    "pandas": N_("Write each column as an array: x = np.array([1.0, 2.0, 3.0])."),
    "torchvision": _IMAGES,
    "tensorflow_datasets": _IMAGES,
    "PIL": _IMAGES,
    "cv2": _IMAGES,
    "scipy": N_("Write the function with NumPy; its minimum is sought in the optimizer lab."),
    "jax": N_("Write it with NumPy names, np for jnp, or as a formula: the gradient is shown."),
    "abc": N_("Leave it out: a method that raises NotImplementedError says the same."),
    "contextlib": N_("Write a class with __enter__ and __exit__, or leave the block out."),
    "requests": _DATA,
    "urllib": _DATA,
    "csv": _DATA,
    "json": _DATA,
    "pickle": _DATA,
    **dict.fromkeys(("pathlib", "shutil", "subprocess", "argparse", "google"), _SYSTEM),
    **dict.fromkeys(("torchsummary", "torchinfo"), N_("Write print(model): it names each layer.")),
}
MEMBERS: dict[str, str] = {
    **dict.fromkeys(
        (
            *("numpy.load", "numpy.loadtxt", "numpy.genfromtxt", "numpy.fromfile", "torch.load"),
            *("tensorflow.io", "tensorflow.saved_model"),
        ),
        _DATA,
    ),
    **dict.fromkeys(("numpy.save", "numpy.savez", "numpy.savetxt", "torch.save"), _FILES),
    **dict.fromkeys(("os.listdir", "os.remove", "os.getcwd", "os.walk", "os.chdir"), _FILES),
    **dict.fromkeys(("os.system", "os.popen", "sys.argv", "sys.modules"), _SYSTEM),
    "sys.exit": BUILTINS["exit"],
    **dict.fromkeys(
        (
            *("tensorflow.Session", "tensorflow.placeholder", "tensorflow.get_variable"),
            *("tensorflow.global_variables_initializer", "tensorflow.layers", "tensorflow.train"),
            *("tensorflow.compat", "tensorflow.InteractiveSession", "tensorflow.app"),
            *("tensorflow.random_normal", "tensorflow.random_uniform", "tensorflow.contrib"),
            *("tensorflow.truncated_normal", "tensorflow.reset_default_graph"),
            *("tensorflow.set_random_seed", "tensorflow.initialize_all_variables"),
        ),
        _OLD,
    ),
}
MEMBERS |= {
    "tensorflow.autodiff": N_(
        "Take the gradient with tf.GradientTape; forward mode is here as torch.func.jvp(f, (x,), "
        "(v,))."
    ),
    "keras.layers.Masking": N_(
        "Give the mask to the layer itself: lstm(x, mask=tf.reduce_any(x != 0.0, axis=-1))."
    ),
    "torch.distributions": N_(
        "Draw with torch.normal, torch.bernoulli or torch.multinomial, and write the logarithm of "
        "the density as a formula."
    ),
    "keras.datasets": N_(
        "Draw images and classes at random: tf.random.uniform((64, 28, 28)), "
        "tf.random.uniform((64,), 0, 10, tf.int32); or write a few small ones as lists."
    ),
    "tensorflow.random.randn": N_("Write tf.random.normal((2, 3))."),
    "random.randn": N_("Write random.gauss(0, 1), or np.random.randn(3)."),
    "math.squareroot": N_("Write math.sqrt(x)."),
    "tensorflow.random.rand": N_("Write tf.random.uniform((2, 3))."),
}
MEMBERS |= {
    "torch.set_default_dtype": N_(
        "Give the type where a tensor is made: torch.tensor(1.0, dtype=torch.float64)."
    ),
    **dict.fromkeys(
        ("torch.autograd.set_detect_anomaly", "torch.autograd.detect_anomaly"),
        N_("Leave it out: every value is on the page, and where nan begins is to be seen there."),
    ),
    **dict.fromkeys(
        ("torch.autocast", "torch.amp", "torch.cuda.amp"),
        N_("Leave it out: everything is computed in the types that the program gives."),
    ),
    **dict.fromkeys(
        ("torch.compile", "torch.jit"), N_("Leave the line out: the model is the same without it.")
    ),
}
SHORT = {"numpy": "np", "tensorflow": "tf"}
ALIASES = {"pd": "pandas", "tfds": "tensorflow_datasets", "jnp": "jax"}
NAMED: dict[str, str] = {  # names without a value, and what is meant
    **dict.fromkeys(("true", "TRUE"), "True"),
    **dict.fromkeys(("false", "FALSE"), "False"),
    **dict.fromkeys(("null", "NULL", "none", "NONE", "nil", "undefined"), "None"),
    "string": "str",
    "integer": "int",
    "println": "print",
    "printf": "print",
    "size": "len",
    "length": "len",
}
IMPORTED: dict[str, str] = {  # names that an import line is missing for
    "nn": "import torch.nn as nn",
    "F": "import torch.nn.functional as F",
    "optim": "import torch.optim as optim",
    "keras": "from tensorflow import keras",
    "layers": "from tensorflow.keras import layers",
    "random": "import random",
    "plt": "import matplotlib.pyplot as plt",
    **{
        name: f"from torch.utils.data import {name}"
        for name in ("DataLoader", "TensorDataset", "Dataset")
    },
    **{
        name: f"from tensorflow.keras.layers import {name}"
        for name in ("Dense", "Flatten", "Conv2D", "Dropout", "MaxPooling2D", "Input")
    },
    "Sequential": "from tensorflow.keras import Sequential",
    "deepcopy": "from copy import deepcopy",
    "os": "import os",
    "sys": "import sys",
    "tqdm": "from tqdm import tqdm",
}
IMPORT = N_("Import it at the top of the program: {line}")
OF_ARRAYS = N_("A list is no array: write np.array(xs), torch.tensor(xs) or tf.constant(xs) first.")
OF_NUMBERS = N_("This is a plain number already: use it as it is.")
_KEEP = N_("Collect the values in a list, xs.append(x), and make an array of it at the end.")
_NO_GRAPH = N_("NumPy records no gradient: write torch.tensor(x, requires_grad=True), or a tape.")
_TAPE = N_(
    "In TensorFlow a tape gives the gradient: with tf.GradientTape() as tape: … and then "
    "tape.gradient(loss, w)."
)
_VARIABLE = N_("A constant never changes: make it a variable, w = tf.Variable(1.0).")
_REDUCED = N_("TensorFlow writes it as a function: tf.reduce_mean(x), tf.reduce_sum(x).")
ARRAY_NAMES = (
    *("shape", "mean", "sum", "T", "dot", "reshape", "max", "min", "std", "numpy", "item"),
    *("backward", "grad", "detach", "size", "astype", "ndim", "dtype", "tolist", "flatten"),
)
ATTRIBUTES: dict[tuple[str, str], str] = {
    **{(kind, name): OF_ARRAYS for kind in ("list", "tuple") for name in ARRAY_NAMES},
    **{(kind, name): OF_NUMBERS for kind in ("float", "int") for name in ("numpy", "item", "data")},
    **{("ndarray", name): _NO_GRAPH for name in ("backward", "grad", "requires_grad", "detach")},
    **{(kind, "append"): _KEEP for kind in ("ndarray", "Tensor", "EagerTensor")},
    **{(kind, name): _TAPE for kind in ("EagerTensor", "ResourceVariable")
       for name in ("backward", "grad", "requires_grad", "detach", "zero_grad")},
    **{("EagerTensor", name): _VARIABLE for name in ("assign", "assign_add", "assign_sub")},
    ("list", "add"): N_("Write xs.append(x)."),
    ("list", "push"): N_("Write xs.append(x)."),
    ("Dense", "kernel"): N_("A layer has no weights before its first call: call it once first."),
    ("list", "length"): N_("Write len(xs)."),
    ("list", "len"): N_("Write len(xs)."),
    ("dict", "append"): N_("Write d['key'] = value."),
    ("ndarray", "length"): N_("Write len(x), or x.size for all of its entries."),
    ("dict", "add"): N_("Write d['key'] = value."),
    ("dict", "has_key"): N_("Write 'key' in d."),
    ("Tensor", "astype"): N_("Write x.float(), x.long() or x.to(torch.float32)."),
    ("Tensor", "copy"): N_("Write x.clone()."),
    ("Tensor", "assign_sub"): N_("Write w -= lr * w.grad in a block with torch.no_grad():"),
    ("SGD", "minimize"): N_(
        "Write gradients = tape.gradient(loss, variables), then "
        "optimizer.apply_gradients(zip(gradients, variables))."
    ),
    ("EagerTensor", "reshape"): N_("Write tf.reshape(x, (2, 3))."),
    ("EagerTensor", "view"): N_("Write tf.reshape(x, (2, 3))."),
    ("EagerTensor", "T"): N_("Write tf.transpose(x)."),
    ("EagerTensor", "transpose"): N_("Write tf.transpose(x)."),
    ("EagerTensor", "astype"): N_("Write tf.cast(x, tf.float32)."),
    ("EagerTensor", "size"): N_("Write tf.size(x), or x.shape."),
    ("EagerTensor", "item"): N_("Write x.numpy(), or float(x)."),
    **{
        ("EagerTensor", name): _REDUCED
        for name in ("mean", "sum", "max", "min", "prod", "std")
    },
}  # fmt: skip


def close_members(name: str, module: Namespace) -> list[str]:
    """Members that may be meant, as they are written: in other letters, with a word before it, in
    a module inside; else those that look like it."""
    short = SHORT.get(module.name, module.name)
    same = [one for one in module.members if one.lower() == name.lower()]
    same = same or [one for one in module.members if one == f"reduce_{name}"]
    if not same and (inside := next(_inside(name, module, short), None)) is not None:
        return [inside]
    return [f"{short}.{one}" for one in same or close_names(name, module.members)]


def _inside(name: str, module: Namespace, path: str, depth: int = 2) -> Iterator[str]:
    """The name in the modules inside this one, as it is written from outside."""
    inner = {key: one for key, one in module.members.items() if isinstance(one, Namespace)}
    for key, one in inner.items():
        if name in one.members:
            yield f"{path}.{key}.{name}"
        elif depth:
            yield from _inside(name, one, f"{path}.{key}", depth - 1)
