"""model.compile, fit, evaluate and predict: Keras's own training loop, batch by batch.

Each batch is a pass of the trace, as in a loop of the program. What is printed has neither bars nor
times: they differ from run to run.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from app.engine import OPS, GradientTape
from app.engine import primitives as p
from app.language.builtins import call
from app.language.dialects.common import array
from app.language.dialects.keras_losses import LOSSES
from app.language.dialects.keras_metrics import fit_of
from app.language.dialects.keras_modules import check_begun, variables
from app.language.dialects.keras_optimizers import OPTIMIZERS
from app.language.dialects.tensorflow_data import DATASET
from app.language.dialects.tensorflow_stream import stream
from app.language.dialects.tensorflow_tape import gradient
from app.language.errors import type_error, unexpected_keyword, unsupported, value_error
from app.language.machine import Machine
from app.language.values import (
    NUMPY,
    TENSORFLOW,
    Array,
    Builtin,
    Function,
    Instance,
    Record,
    Tape,
    Value,
    type_name,
)
from app.language.walks import iterate

TF = TENSORFLOW
Batch = tuple[Array, Array | None]


def _compile(
    m: Machine,
    model: Instance,
    optimizer: Value = "rmsprop",
    loss: Value = None,
    metrics: Value = None,
    **settings: Value,
) -> None:
    """Keeps what training goes by. Names are those of Keras: "sgd", "mse", "accuracy"."""
    check_begun(model, "_dtype_policy")
    wrong = next((name for name in settings if name not in ("run_eagerly", "jit_compile")), None)
    if wrong is not None:
        raise unexpected_keyword("compile", wrong, ("optimizer", "loss", "metrics"))
    if isinstance(optimizer, str):
        makers = {name.lower(): maker for name, maker in OPTIMIZERS.items()}
        if optimizer.lower() not in makers:
            raise value_error(f"Could not interpret optimizer identifier: {optimizer}")
        optimizer = makers[optimizer.lower()](m)
    if not isinstance(optimizer, Record) or "apply_gradients" not in optimizer.methods:
        raise value_error(f"Could not interpret optimizer identifier: {type_name(optimizer)}")
    if isinstance(loss, str) and loss not in LOSSES:
        raise value_error(f"Could not interpret loss identifier: {loss}")
    named = [metrics] if isinstance(metrics, str) else list(metrics or [])
    if not all(isinstance(one, str | Instance) for one in named):
        raise unsupported("a metric that is neither a name nor an object of keras.metrics")
    model.values |= {"optimizer": optimizer, "loss": loss, "metrics": named}


def _compiled(model: Instance) -> None:
    check_begun(model, "compiled")
    if "optimizer" not in model.values:
        raise value_error("You must call `compile()` before using the model.")


def _loss_of(m: Machine, model: Instance, y_true: Array, y_pred: Array) -> Array:
    loss = model.values["loss"]
    if isinstance(loss, str):
        loss = Builtin(loss, LOSSES[loss])
    if not isinstance(loss, Builtin | Function | Record | Instance):
        raise value_error("No loss to compute. Provide a `loss` argument in `compile()`.")
    found = call(m, loss, y_true, y_pred)
    if not isinstance(found, Array):
        raise type_error(f"a loss is a tensor, not {type_name(found)}")
    if found.tensor.ndim:
        found = m.apply(lambda t: p.reductions.reduce(OPS["mean"], t), found)
    return found


class Tally:
    """Means over an epoch, each batch by its number of examples."""

    def __init__(self, model: Instance):
        self.loss = self.count = 0.0
        self.fits: dict[str, list[float]] = {}
        self.metrics = model.values["metrics"]
        for one in self.metrics:
            if isinstance(one, Instance):
                one.values["total"] = one.values["count"] = 0.0

    def add(self, m: Machine, loss: Array, y_true: Array, y_pred: Array) -> None:
        size = int(y_true.tensor.shape[0]) if y_true.tensor.ndim else 1
        self.loss += float(loss.tensor.data) * size
        self.count += size
        for one in self.metrics:
            if isinstance(one, str):
                values = np.asarray(fit_of(m, one, y_true, y_pred), np.float64)
                kept = self.fits.setdefault(one, [0.0, 0.0])
                kept[0] += float(np.sum(values))
                kept[1] += float(values.size)
            else:
                one.of.methods["update_state"](m, one, y_true, y_pred)

    def result(self, m: Machine) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for one in self.metrics:
            if isinstance(one, str):
                total, count = self.fits.get(one, [0.0, 1.0])
                found[one] = float(np.float32(total / max(count, 1.0)))
            else:
                found[one.values["name"]] = float(one.of.methods["result"](m, one).tensor.data)
        return {**found, "loss": float(np.float32(self.loss / max(self.count, 1.0)))}


def _data(m: Machine, x: Value) -> Any:
    data = np.asarray(array(m, x, TF).tensor.data)
    return data.astype(np.float32) if data.dtype == np.float64 else data


def _batches(
    m: Machine, x: Value, y: Value, batch_size: Value, shuffle: bool
) -> tuple[int, Callable[[], Iterator[Batch]]]:
    """How many batches there are, and a walk through them."""
    if isinstance(x, Instance) and DATASET in x.of.line():

        def walk() -> Iterator[Batch]:
            for element in iterate(m, x):
                pair = element if isinstance(element, tuple) else (element, None)
                yield pair[0], pair[1]

        return int(x.of.methods["cardinality"](m, x).tensor.data), walk
    inputs, targets = _data(m, x), None if y is None else _data(m, y)
    count = len(inputs)
    if targets is not None and len(targets) != count:
        words = "Data cardinality is ambiguous. Make sure all arrays contain the same number of "
        raise value_error(f"{words}samples.'x' sizes: {count}\n'y' sizes: {len(targets)}")
    size = 32 if batch_size is None else batch_size
    if not isinstance(size, int) or size < 1:
        raise value_error(f"batch_size is a positive whole number, got {size}")

    def slices() -> Iterator[Batch]:
        order = stream(m).permutation(count) if shuffle else np.arange(count)
        for at in range(0, count, size):
            places = order[at : at + size]
            y_part = None if targets is None else m.leaf(targets[places], TF)
            yield m.leaf(inputs[places], TF), y_part

    return -(-count // size), slices


def _step(m: Machine, model: Instance, x: Array, y: Array | None, tally: Tally) -> None:
    """One batch: forward under a tape, backward, and the optimizer's move."""
    from app.language.blocks import open_tape

    if y is None:
        raise value_error("fit() needs targets: fit(x, y)")
    tape = Tape(GradientTape(False, True))
    close = open_tape(m, tape)
    try:
        y_pred = call(m, model, x, training=True)
        loss = _loss_of(m, model, y, y_pred)
    finally:
        close()
    moved = list(variables(m, model, trainable=True))
    found = gradient(m, tape, loss, moved)
    optimizer = model.values["optimizer"]
    optimizer.methods["apply_gradients"](m, optimizer, list(zip(found, moved, strict=True)))
    tally.add(m, loss, y, y_pred)


def _fit(
    m: Machine,
    model: Instance,
    x: Value = None,
    y: Value = None,
    batch_size: Value = None,
    epochs: Value = 1,
    verbose: Value = "auto",
    callbacks: Value = None,
    validation_split: Value = 0.0,
    validation_data: Value = None,
    shuffle: Value = True,
    initial_epoch: Value = 0,
    **settings: Value,
) -> Record:
    _compiled(model)
    if settings or callbacks:
        raise unsupported(f"fit() with {next(iter(settings), 'callbacks')}")
    if validation_split:
        inputs, targets = _data(m, x), _data(m, y)
        cut = int(len(inputs) * (1 - validation_split))
        x, y = m.leaf(inputs[:cut], TF), m.leaf(targets[:cut], TF)
        validation_data = (m.leaf(inputs[cut:], TF), m.leaf(targets[cut:], TF))
    count, walk = _batches(m, x, y, batch_size, bool(shuffle))
    history: dict[str, Value] = {}
    outermost = m.loops == 0
    m.loops += 1
    try:
        for epoch in range(initial_epoch, epochs):
            m.budget.step()
            m.budget.container(epoch - initial_epoch + 1)
            tally = Tally(model)
            for inputs, targets in walk():
                if outermost:
                    m.recorder.turn()
                m.budget.step()
                _step(m, model, inputs, targets, tally)
            found = tally.result(m)
            if validation_data is not None:
                whole = isinstance(validation_data, Instance)
                pair = (validation_data, None) if whole else tuple(validation_data)[:2]
                seen = _evaluated(m, model, pair[0], pair[1], batch_size)
                found |= {f"val_{name}": value for name, value in seen.items()}
            for name, value in found.items():
                history.setdefault(name, []).append(value)
            if verbose not in (0, False):
                m.write(f"Epoch {epoch + 1}/{epochs}\n")
                m.write(_line(count, found))
    finally:
        m.loops -= 1
        if outermost:
            m.recorder.turn()
    members = {"history": history, "epoch": list(range(initial_epoch, epochs)), "model": model}
    made = Record("History", members)
    model.values["history"] = made
    return made


def _line(count: int, found: dict[str, Value]) -> str:
    numbers = (f"{name}: {value:.4f}" for name, value in found.items())
    steps = f"{count}/{count} - " if count >= 0 else ""
    return f"{steps}{' - '.join(numbers)}\n"


def _evaluated(
    m: Machine, model: Instance, x: Value, y: Value = None, batch_size: Value = None
) -> dict[str, Value]:
    tally = Tally(model)
    _, walk = _batches(m, x, y, batch_size, False)
    for inputs, targets in walk():
        m.budget.step()
        if targets is None:
            raise value_error("evaluate() needs targets: evaluate(x, y)")
        y_pred = call(m, model, inputs, training=False)
        tally.add(m, _loss_of(m, model, targets, y_pred), targets, y_pred)
    return tally.result(m)


def _evaluate(
    m: Machine,
    model: Instance,
    x: Value = None,
    y: Value = None,
    batch_size: Value = None,
    verbose: Value = "auto",
    return_dict: Value = False,
    **settings: Value,
) -> Value:
    """The loss, or a list of it and the metrics."""
    _compiled(model)
    if settings:
        raise unsupported(f"evaluate() with {next(iter(settings))}")
    count, _ = _batches(m, x, y, batch_size, False)
    found = _evaluated(m, model, x, y, batch_size)
    if verbose not in (0, False):
        m.write(_line(count, found))
    if return_dict:
        return found
    loss = found.pop("loss")
    return [loss, *found.values()] if found else loss


def _predict(
    m: Machine,
    model: Instance,
    x: Value,
    batch_size: Value = None,
    verbose: Value = "auto",
    steps: Value = None,
) -> Array:
    """The model's outputs for all examples, as an array of NumPy."""
    check_begun(model, "_distribute_strategy")
    _, walk = _batches(m, x, None, batch_size, False)
    found = [call(m, model, inputs, training=False) for inputs, _ in walk()]
    if not found or not all(isinstance(one, Array) for one in found):
        raise unsupported("predict() of a model with several outputs, or of no examples")
    return m.leaf(np.concatenate([one.tensor.data for one in found]), NUMPY)


TRAINING: dict[str, Callable[..., Any]] = {
    "compile": _compile,
    "fit": _fit,
    "evaluate": _evaluate,
    "predict": _predict,
}
