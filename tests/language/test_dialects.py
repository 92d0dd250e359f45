"""Tapes and autograd do what TensorFlow and PyTorch do, kinks and ties included; NumPy likewise."""

import contextlib
import io
import math
import re
import warnings

import numpy as np
import pytest

from app.language.budget import Limits
from app.language.run import execute

CASES = [
    "torch_autograd",
    "torch_own_gradients",
    "torch_hooks",
    "torch_optim",
    "torch_layers",
    "torch_attention",
    "torch_functions",
    "torch_arrays",
    "torch_steps",
    "torch_functionals",
    "torch_modules",
    "torch_images",
    "torch_random",
    "torch_courses",
    "torch_scripts",
    "torch_programs",
    "torch_networks",
    "tf_tape",
    "tf_own_gradients",
    "tf_functions",
    "tf_arrays",
    "tf_layers",
    "tf_recurrent",
    "tf_courses",
    "tf_scripts",
    "tf_images",
    "tf_training",
    "tf_fitting",
    "tf_attention",
    "tf_programs",
    "tf_data",
    "tf_keras",
    "tf_losses",
    "numpy",
    "numpy_functions",
    "numpy_arrays",
    "numpy_whole",
    "numpy_courses",
]


def by_numpy(source: str) -> str:
    """What CPython prints with the installed NumPy."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer ones still do it
        exec(compile(source, "<case>", "exec"), {"np": np, "math": math})
    return out.getvalue()


NUMBER = re.compile(r"-?(?:\d+\.?\d*(?:e[+-]?\d+)?|inf|nan)")
EXACT = [family for family in CASES if family in ("torch_autograd", "tf_tape", "numpy")]


def same_text(found: str, wanted: str) -> None:
    """Equal words, and numbers equal but for the last digit of a float32: every library has its
    own sine."""
    assert _words(found) == _words(wanted)
    numbers = ([float(x) for x in NUMBER.findall(text)] for text in (found, wanted))
    np.testing.assert_allclose(*numbers, rtol=1e-6, atol=1e-7)


def _words(text: str) -> str:
    return NUMBER.sub("#", text).replace(" ", "")


# whole programs and networks: what they print, without the pictures of their many operations
UNDRAWN = ("torch_attention", "torch_networks", "torch_programs")
UNDRAWN += ("tf_attention", "tf_fitting", "tf_programs")


def undrawn(source: str) -> str:
    """What a program prints, its graphs left undrawn; it must end well."""
    run = execute({"source": source}, Limits(), drawn=False)
    assert run.problem is None, run.problem.diagnostic()
    return "".join(run.machine.printed)


def test_prints_as_the_framework_does(printed, case):
    wanted = by_numpy(case["source"]) if case["family"].startswith("numpy") else case["stdout"]
    found = (undrawn if case["family"] in UNDRAWN else printed)(case["source"])
    if case["family"] in EXACT:
        assert found == wanted
    else:
        same_text(found, wanted)


MADE = [
    "torch.tensor(0.30001, dtype=torch.float64)",
    "torch.tensor([0.30001], dtype=torch.float64)",
    "torch.as_tensor([0.30001], dtype=torch.double)",
    "torch.DoubleTensor([0.30001])",
    "torch.full((1,), 0.30001, dtype=torch.float64)",
    "tf.constant(0.30001, dtype=tf.float64)",
    "tf.Variable([0.30001], dtype=tf.float64)",
]


@pytest.mark.parametrize("made", MADE)
def test_a_number_goes_to_its_type_without_losing_digits(traced, made):
    answer = traced(f"x = {made}\n")
    assert np.ravel(answer["variables"]["x"]["value"]).tolist() == [0.30001]


STREAMS = {
    "import tensorflow as tf\ntf.random.set_seed(1)\nx = tf.random.normal((2,))\n"
    "y = tf.random.normal((2,))": [3],
    "import tensorflow as tf\nx = tf.random.normal((2,))": [],
    "import tensorflow as tf\ntf.random.set_seed(1)": [],
    "import tensorflow as tf\nf = tf.keras.initializers.GlorotUniform(seed=1)\nw = f((2, 2))": [3],
    "import keras\nkeras.utils.set_random_seed(0)\nlayer = keras.layers.Dense(2)\n"
    "net = keras.Sequential([keras.Input((2,)), layer])": [4],
    "import torch\ntorch.manual_seed(0)\nx = torch.randn(20)": [],
    "import numpy as np\nnp.random.seed(0)\nx = np.random.rand(2)": [],
}


@pytest.mark.parametrize("source", STREAMS)
def test_a_seed_whose_numbers_are_not_the_framework_s_is_told_once(traced, source):
    answer = traced(source)
    assert answer["status"] == "ok", answer["diagnostic"]
    told = [note for note in answer["notes"] if note["code"] == "own_stream"]
    assert [note["span"][0] for note in told] == STREAMS[source]
    assert all("TensorFlow" in note["text"][lang] for note in told for lang in ("en", "ko"))


@pytest.mark.parametrize("line", ["np.linalg.eig(A).eigenvalues", "np.linalg.eigvals(A)"])
def test_real_eigenvalues_are_real_numbers(printed, traced, line):
    """As in NumPy before 2.5, which makes them complex always."""
    source = "A = np.array([[2.0, 0.0], [1.0, 3.0]])\nprint({})"
    assert printed(source.format(line)) == "[3. 2.]\n"
    turned = traced(
        source.format(line).replace("[1.0, 3.0]", "[1.0, 2.0]").replace("0.0]", "-1.0]")
    )
    assert "complex eigenvalues" in turned["diagnostic"]["message"]
