"""model.fit, evaluate and predict: Keras's own training loop, batch by batch.

Each batch is a pass of the trace, as in a loop of the program. A model's own train_step, test_step
or predict_step is what a batch is given to. What is printed has neither bars nor times: they differ
from run to run.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine import N_, GradientTape
from app.language.builtins import call
from app.language.classes import run
from app.language.dialects.common import number_of
from app.language.dialects.drawing import whole
from app.language.dialects.keras_batches import (
    Batch,
    Batches,
    batches_of,
    held,
    split,
    unpacked,
)
from app.language.dialects.keras_callbacks import Callbacks
from app.language.dialects.keras_compiling import (
    SCORES,
    compile_,
    compiled,
    compute_loss,
    compute_metrics,
    counted,
    own,
    reset,
    results,
)
from app.language.dialects.keras_modules import check_begun, variables
from app.language.dialects.tensorflow_data import is_dataset
from app.language.dialects.tensorflow_tape import gradient
from app.language.errors import unsupported, value_error
from app.language.machine import Machine
from app.language.values import NUMPY, Array, Instance, Record, Tape, Value, type_name

Logs = dict[str, Value]


# -- steps: one batch each


def _train(m: Machine, model: Instance, batch: Batch) -> None:
    """Forward under a tape, backward, and the optimizer's move."""
    from app.language.blocks import open_tape

    x, y, weight = batch
    tape = Tape(GradientTape(False, True))
    close = open_tape(m, tape)
    try:
        y_pred = call(m, model, x, training=True)
        loss = compute_loss(m, model, x, y, y_pred, weight)
    finally:
        close()
    moved = list(variables(m, model, trainable=True))
    found = gradient(m, tape, loss, moved)
    optimizer = model.values["optimizer"]
    optimizer.methods["apply_gradients"](m, optimizer, list(zip(found, moved, strict=True)))
    counted(m, model, loss, x)
    _scored(m, model, batch, y_pred)


def _test(m: Machine, model: Instance, batch: Batch) -> None:
    x, y, weight = batch
    y_pred = call(m, model, x, training=False)
    counted(m, model, compute_loss(m, model, x, y, y_pred, weight, False), x)
    _scored(m, model, batch, y_pred)


def _scored(m: Machine, model: Instance, batch: Batch, y_pred: Value) -> None:
    _, y, weight = batch
    scores = model.values[SCORES]
    scores.of.methods["update_state"](m, scores, y, y_pred, weight)


def _train_step(m: Machine, model: Instance, data: Value) -> Logs:
    compiled(model)
    _train(m, model, unpacked(data))
    return results(m, model)


def _test_step(m: Machine, model: Instance, data: Value) -> Logs:
    compiled(model)
    _test(m, model, unpacked(data))
    return results(m, model)


def _predict_step(m: Machine, model: Instance, data: Value) -> Value:
    return call(m, model, unpacked(data)[0], training=False)


STEPS = {"train_step": _train, "test_step": _test}


def _stepped(m: Machine, model: Instance, name: str, batch: Batch) -> Logs | None:
    """Carries out a step; its logs where the model has its own way of it."""
    written = own(m, model, name)
    if written is None:
        STEPS[name](m, model, batch)
        return None
    x, y, weight = batch
    data = (x,) if y is None else (x, y) if weight is None else batch
    found = run(m, written, data if y is not None else x)
    if not isinstance(found, dict):
        raise value_error(f"{name} gives a dictionary of metrics, not {type_name(found)}")
    return found


def _logs(m: Machine, model: Instance, last: Logs | None) -> dict[str, float]:
    """What an epoch tells, by the alphabet. last: what the model's own step gave for its last
    batch, which counts where it is not of the model's metrics."""
    found = results(m, model)
    return _numbers(last if last and set(last) != set(found) else found)


def _numbers(logs: Logs) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, value in sorted(logs.items()):
        if isinstance(value, dict):
            found |= _numbers(value)
        else:
            found[name] = float(number_of(value))
    return found


def _in_order(m: Machine, model: Instance, logs: dict[str, float]) -> Value:
    """The loss and the metrics as compile was given them; alone it is no list."""
    order = [name for name in results(m, model) if name in logs]
    found = [logs[name] for name in (*order, *(name for name in logs if name not in order))]
    return found[0] if len(found) == 1 else found


# -- loops


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
    class_weight: Value = None,
    sample_weight: Value = None,
    initial_epoch: Value = 0,
    steps_per_epoch: Value = None,
    validation_steps: Value = None,
    validation_batch_size: Value = None,
    validation_freq: Value = 1,
) -> Record:
    compiled(model)
    checks = None
    share = number_of(validation_split)
    if not 0 <= share <= 1:
        raise value_error(f"validation_split is a share between 0 and 1, got {share}")
    if share and validation_data is None:
        if is_dataset(x):
            words = "Argument `validation_split` is only supported for tensors or NumPy arrays."
            raise value_error(f"{words}Found incompatible type in the input: Dataset")
        x, validation_data = split(held(m, x, y, sample_weight), share)
        y = sample_weight = None
    batches = batches_of(m, x, y, sample_weight, batch_size, shuffle, steps_per_epoch, class_weight)
    if validation_data is not None:
        size = batch_size if validation_batch_size is None else validation_batch_size
        parts = validation_data if isinstance(validation_data, list | tuple) else [validation_data]
        checks = batches_of(m, *unpacked(parts), size, False, validation_steps)
    last, first = whole(epochs), whole(initial_epoch)
    every = whole(validation_freq)
    if every < 1:
        raise value_error(f"validation_freq is a positive whole number, got {every}")
    history: dict[str, Value] = {}
    known = {"verbose": verbose, "epochs": last, "steps": batches.count}
    made = Record("History", {"history": history, "epoch": [], "model": model, "params": known})
    model.values |= {"history": made, "stop_training": False}
    heard = Callbacks(m, model, callbacks, dict(known))
    outermost = m.loops == 0
    m.loops += 1
    try:
        heard.tell(m, "on_train_begin", {})
        found: Logs = {}
        for epoch in range(first, last):
            m.budget.step()
            m.budget.container(epoch - first + 1)
            heard.tell(m, "on_epoch_begin", epoch, {})
            if verbose not in (0, False):
                m.write(f"Epoch {epoch + 1}/{last}\n")
            found = dict(_epoch(m, model, batches, outermost, heard))
            if checks is not None and (epoch + 1) % every == 0:
                seen = _evaluated(m, model, checks, heard)
                found |= {f"val_{name}": value for name, value in seen.items()}
            logs = dict(found)  # what callbacks put in is told of the epoch, not of the whole
            heard.tell(m, "on_epoch_end", epoch, logs)
            for name, value in logs.items():
                history.setdefault(name, []).append(value)
            made.members["epoch"].append(epoch)
            if verbose not in (0, False):
                m.write(_line(batches.count, logs))
            if model.values["stop_training"]:
                break
        heard.tell(m, "on_train_end", found)
    finally:
        m.loops -= 1
        if outermost:
            m.recorder.turn()
    return made


def _epoch(
    m: Machine, model: Instance, batches: Batches, outermost: bool, heard: Callbacks
) -> dict[str, float]:
    reset(m, model)
    logs: Logs | None = None
    empty = True
    for step, batch in enumerate(batches.epoch()):
        if outermost:
            m.recorder.turn()
        m.budget.step()
        heard.tell(m, "on_train_batch_begin", step, {})
        logs, empty = _stepped(m, model, "train_step", batch), False
        if heard.told:
            heard.tell(m, "on_train_batch_end", step, dict(_logs(m, model, logs)))
        if model.values["stop_training"]:
            break
    if empty:
        raise value_error("there are no batches to train with")
    return _logs(m, model, logs)


def _line(count: int, found: Logs) -> str:
    numbers = (f"{name}: {_short(float(number_of(value)))}" for name, value in found.items())
    steps = f"{count}/{count} - " if count >= 0 else ""
    return f"{steps}{' - '.join(numbers)}\n"


def _short(value: float) -> str:
    return f"{value:.4f}" if abs(value) > 1e-3 else f"{value:.4e}"


def _evaluated(m: Machine, model: Instance, batches: Batches, heard: Callbacks) -> dict[str, float]:
    heard.tell(m, "on_test_begin", {})
    reset(m, model)
    logs: Logs | None = None
    for step, batch in enumerate(batches.epoch()):
        m.budget.step()
        heard.tell(m, "on_test_batch_begin", step, {})
        logs = _stepped(m, model, "test_step", batch)
        if heard.told:
            heard.tell(m, "on_test_batch_end", step, dict(_logs(m, model, logs)))
    found = _logs(m, model, logs)
    heard.tell(m, "on_test_end", dict(found))
    return found


def _evaluate(
    m: Machine,
    model: Instance,
    x: Value = None,
    y: Value = None,
    batch_size: Value = None,
    verbose: Value = "auto",
    sample_weight: Value = None,
    steps: Value = None,
    callbacks: Value = None,
    return_dict: Value = False,
) -> Value:
    """The loss, or a list of it and the metrics."""
    compiled(model)
    batches = batches_of(m, x, y, sample_weight, batch_size, False, steps)
    known = {"verbose": verbose, "epochs": 1, "steps": batches.count}
    found = _evaluated(m, model, batches, Callbacks(m, model, callbacks, known))
    if verbose not in (0, False):
        m.write(_line(batches.count, found))
    return found if return_dict else _in_order(m, model, found)


def _predict(
    m: Machine,
    model: Instance,
    x: Value,
    batch_size: Value = None,
    verbose: Value = "auto",
    steps: Value = None,
    callbacks: Value = None,
) -> Array:
    """The model's outputs for all examples, as an array of NumPy."""
    check_begun(model, "_distribute_strategy")
    if callbacks:
        raise unsupported(N_("predict() with callbacks"))
    batches = batches_of(m, x, None, None, batch_size, False, steps)
    found = [_predicted(m, model, one) for one, _, _ in batches.epoch()]
    if not found or not all(isinstance(one, Array) for one in found):
        raise unsupported(N_("predict() of a model with several outputs, or of no examples"))
    m.budget.array((sum(one.tensor.size for one in found),))
    return m.leaf(np.concatenate([one.tensor.data for one in found]), NUMPY)


def _predicted(m: Machine, model: Instance, x: Value) -> Value:
    m.budget.step()
    written = own(m, model, "predict_step")
    return call(m, model, x, training=False) if written is None else run(m, written, x)


# -- one batch by itself


def _on_batch(name: str) -> Callable[..., Value]:
    def step(
        m: Machine,
        model: Instance,
        x: Value,
        y: Value = None,
        sample_weight: Value = None,
        class_weight: Value = None,
        return_dict: Value = False,
    ) -> Value:
        compiled(model)
        data = held(m, x, y, sample_weight)
        batches = batches_of(m, data, None, None, data.count(), False, None, class_weight)
        (batch,) = batches.epoch()
        reset(m, model)
        found = _logs(m, model, _stepped(m, model, name, batch))
        return found if return_dict else _in_order(m, model, found)

    return step


def _test_on_batch(
    m: Machine,
    model: Instance,
    x: Value,
    y: Value = None,
    sample_weight: Value = None,
    return_dict: Value = False,
) -> Value:
    return _on_batch("test_step")(m, model, x, y, sample_weight, None, return_dict)


def _predict_on_batch(m: Machine, model: Instance, x: Value) -> Value:
    check_begun(model, "_distribute_strategy")
    data = held(m, x, None)
    (batch,) = batches_of(m, data, size=data.count()).epoch()
    found = _predicted(m, model, batch[0])
    return m.leaf(found.tensor.data, NUMPY) if isinstance(found, Array) else found


TRAINING: dict[str, Callable[..., Any]] = {
    "compile": compile_,
    "compute_loss": compute_loss,
    "compute_metrics": compute_metrics,
    "reset_metrics": reset,
    "get_metrics_result": results,
    "train_step": _train_step,
    "test_step": _test_step,
    "predict_step": _predict_step,
    "fit": _fit,
    "evaluate": _evaluate,
    "predict": _predict,
    "train_on_batch": _on_batch("train_step"),
    "test_on_batch": _test_on_batch,
    "predict_on_batch": _predict_on_batch,
}
