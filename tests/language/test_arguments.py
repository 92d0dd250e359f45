"""An argument that is accepted is obeyed, or refused by its name: none is swallowed."""

import ast
from pathlib import Path

import numpy as np
import pytest
from test_odd_arguments import FUNCTIONS, _kind, _machine

from app.engine import Recording, record
from app.language import dialects
from app.language.calls import invoke
from app.language.errors import Diagnosed

DIALECTS = Path(dialects.__file__).parent
# Parameters that change no number and no shape, whatever they are given, in any function.
ANYWHERE = {"name", "own", "device", "num_parallel_calls", "deterministic"}
# Parameters that a function takes and does not read, each with its reason.
UNREAD = {
    "keras_attention._look_shape": "layer",
    "keras_callbacks._early_begin": "logs",
    "keras_callbacks._early_end": "logs",
    "keras_callbacks._hook": "one given named",  # does nothing at any moment
    "keras_callbacks._plateau_begin": "logs",
    "keras_callbacks._rate_told": "epoch",
    "keras_callbacks._scheduled": "logs",
    "keras_callbacks.<lambda>": "one",
    "keras_compiling.compile_": "run_eagerly steps_per_execution jit_compile auto_scale_loss",
    "keras_compiling.compute_loss": "x training",  # as Keras's own
    "keras_compiling.compute_metrics": "x",
    "keras_layers._flatten": "layer",
    "keras_layers._flatten_shape": "layer",
    "keras_layers.apply": "training",  # functions that are the same in training
    "keras_merging._average": "layer",
    "keras_merging.<lambda>": "layer",
    "keras_models._model_shape": "input_shape",  # of Inputs it is known
    "keras_models._summary": "line_length positions",  # of the table that Keras draws
    "keras_modules.<lambda>": "owner input_shape",
    "keras_normalizing.forward": "layer",
    "keras_normalizing.<lambda>": "layer",
    "keras_recurrent._rnn": "unroll",  # how it is worked out, not what
    "keras_training._predict": "verbose",  # of the bar that Keras draws
    "tensorflow_data._length": "m",
    "tensorflow_data._prefetched": "m",
}
ROOM = ("keras", "tensorflow_data", "tensorflow_sources", "torch_data", "torch_loading")
ROOM += ("torch_func", "torch_vmap", "torch_deriving")


def _files() -> list[Path]:
    return [path for path in sorted(DIALECTS.glob("*.py")) if path.stem.startswith(ROOM)]


def _unread(path: Path) -> dict[str, set[str]]:
    """The parameters of a file's functions that their bodies never name."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.FunctionDef | ast.Lambda):
            continue
        given = node.args
        names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
        names += [one.arg for one in (given.vararg, given.kwarg) if one is not None]
        if not names or names[0] not in ("m", "source"):
            continue
        body = node.body if isinstance(node.body, list) else [node.body]
        read = {one.id for part in body for one in ast.walk(part) if isinstance(one, ast.Name)}
        title = f"{path.stem}.{getattr(node, 'name', '<lambda>')}"
        found.setdefault(title, set()).update({*names[1:]} - read - ANYWHERE)
    return {title: names for title, names in found.items() if names}


@pytest.mark.parametrize("path", _files(), ids=lambda path: path.stem)
def test_every_parameter_is_read(path):
    for title, names in _unread(path).items():
        assert names <= set(UNREAD.get(title, "").split()), title


def test_no_exception_is_out_of_date():
    found = {title: names for path in _files() for title, names in _unread(path).items()}
    assert {title: set(names.split()) for title, names in UNREAD.items()} == found


# -- unknown keywords

MODULES = ("tf.keras.", "tf.data.", "torch.utils.data.", "torch.func.", "torch.autograd.functional")
NAMES = [name for name in FUNCTIONS if name.startswith(MODULES)]


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_keyword_is_refused_by_its_name(name):
    _, called = FUNCTIONS[name]
    endings = []
    for count in range(4):
        for filler in (None, 1, "relu", (1,), "array"):
            m = _machine()
            one = m.leaf(np.ones((2, 2), np.float32), _kind(name)) if filler == "array" else filler
            try:
                with record(Recording.EVERYTHING), np.errstate(all="ignore"):
                    invoke(m, called, [one] * count, {"surely_not": 1})
            except Diagnosed as problem:
                told = problem.diagnostic()
                endings.append(f"{told['message']} {told.get('framework_error')}")
            else:
                pytest.fail(f"{name} takes surely_not=1 after {[filler] * count}")
    refused = ("surely_not", "takes no arguments")
    assert any(word in ending for ending in endings for word in refused), endings


MANY = ("torch.utils.data.TensorDataset", "torch.func.vjp")  # take any number by position


@pytest.mark.parametrize("name", [name for name in NAMES if name not in MANY])
def test_too_many_arguments_are_refused(name):
    for filler in (None, 1, "relu", (1,), 0.5):
        m = _machine()
        with pytest.raises(Diagnosed), record(Recording.EVERYTHING), np.errstate(all="ignore"):
            invoke(m, FUNCTIONS[name][1], [filler] * 40, {})


REFUSED = {  # what a framework obeys and we do not, with the word that tells of it
    "tf.keras.layers.Dense(1, kernel_regularizer='l2')": "kernel_regularizer",
    "tf.keras.layers.Dense(1, dtype='float64')": "dtype",
    "tf.keras.layers.Embedding(3, 2, input_length=4)": "input_length",
    "tf.keras.metrics.Mean(dtype='float64')": "dtype",
    "tf.keras.Sequential([]).summary(show_trainable=True)": "summary",
    "tf.data.Dataset.range(3).cache('file')": "cache",
    "tf.sort([float('nan')] * 17)": "16 entries",
    "tf.math.top_k([float('nan'), 1.0, 2.0], 2)": "top_k",
    "torch.utils.data.DataLoader([1], sampler=[0])": "sampler",
    "torch.func.jacfwd(torch.sin, randomness='same')": "randomness",
    "n = tf.keras.Sequential([tf.keras.layers.Dense(1)])\nn.compile('sgd', ['mse'])": "loss",
}


@pytest.mark.parametrize("source", REFUSED)
def test_what_is_not_obeyed_is_refused_by_its_name(traced, source):
    told = traced(source)["diagnostic"]
    assert told["code"] == "unsupported"
    assert REFUSED[source] in told["message"]
