"""model.compile: what training goes by, the loss of a batch, and how well predictions fit."""

from typing import Any

import numpy as np

from app.engine import N_
from app.engine import primitives as p
from app.language.builtins import call
from app.language.classes import find, make, special
from app.language.dialects.common import FLOAT32, cast
from app.language.dialects.keras_losses import LOSSES, reduced
from app.language.dialects.keras_metrics import (
    FITS,
    METRIC,
    METRICS,
    SHORT,
    add,
    direction,
    fit_of,
    known_fit,
)
from app.language.dialects.keras_modules import check_begun, snake
from app.language.dialects.keras_optimizers import OPTIMIZERS
from app.language.errors import type_error, unsupported, value_error
from app.language.machine import Machine
from app.language.text import repr_of
from app.language.values import (
    TENSORFLOW,
    Array,
    Builtin,
    Class,
    Function,
    Instance,
    Record,
    Value,
    type_name,
)

TF = TENSORFLOW
TRACKER, SCORES = "_loss_tracker", "_compile_metrics"  # attributes of a model


def compile_(
    m: Machine,
    model: Instance,
    optimizer: Value = "rmsprop",
    loss: Value = None,
    loss_weights: Value = None,
    metrics: Value = None,
    weighted_metrics: Value = None,
    run_eagerly: Value = False,
    steps_per_execution: Value = 1,
    jit_compile: Value = "auto",
    auto_scale_loss: Value = True,
) -> None:
    """Keeps what training goes by. Names are those of Keras: "sgd", "mse", "accuracy".

    The last four say how Keras carries it out, and change no number here."""
    check_begun(model, "_dtype_policy")
    if isinstance(optimizer, str):
        makers = {name.lower(): maker for name, maker in OPTIMIZERS.items()}
        if optimizer.lower() not in makers:
            raise value_error(f"Could not interpret optimizer identifier: {optimizer}")
        optimizer = makers[optimizer.lower()](m)
    if not isinstance(optimizer, Record) or "apply_gradients" not in optimizer.methods:
        raise value_error(f"Could not interpret optimizer identifier: {type_name(optimizer)}")
    if isinstance(loss, list | tuple | dict) or loss_weights is not None:
        raise unsupported(N_("a loss for each output of a model; give one loss"))
    if isinstance(loss, str) and loss not in LOSSES:
        raise value_error(f"Could not interpret loss identifier: {loss}")
    scores = Instance(COMPILE_METRICS)
    scores.values |= {"name": "compile_metrics", "_entries": []}
    for given, weighted in ((metrics, False), (weighted_metrics, True)):
        for one in _listed(model, given):
            metric = _metric(m, one)
            plain = metric.of is METRICS["Mean"]  # the mean of what a name or a function stands for
            scores.values["_entries"].append((metric, one if plain else metric, weighted))
    tracker = Instance(METRICS["Mean"])
    tracker.values |= {"name": "loss", "total": 0.0, "count": 0.0}
    model.values |= {"optimizer": optimizer, "loss": loss, TRACKER: tracker, SCORES: scores}


def _listed(model: Instance, metrics: Value) -> list[Value]:
    """Metrics as they stand in a list, also where it is the one of an output."""
    if isinstance(metrics, dict):
        layers = model.values.get("layers") or []
        last = layers[-1].values.get("name") if layers else None
        wrong = next((name for name in metrics if name != last), None)
        if wrong is not None:
            raise unsupported(
                N_("metrics for an output called {name}; give a list of metrics"),
                name=repr_of(wrong),
            )
        metrics = list(metrics.values())
    if metrics is None:
        return []
    if not isinstance(metrics, list | tuple):
        return [metrics]
    found: list[Value] = []
    for one in metrics:
        found += one if isinstance(one, list | tuple) else [one]
    return found


def _metric(m: Machine, given: Value) -> Instance:
    """What keeps the mean of a metric: the program's own object, or one by its name."""
    if isinstance(given, Instance) and METRIC in given.of.line():
        return given
    if isinstance(given, str) and given.lower() not in (*SHORT, *FITS, "accuracy"):
        for kind, of in METRICS.items():
            if given in (kind, snake(kind)):
                made: Instance = make(m, of, name=given)
                return made
    if isinstance(given, str):
        name = given
    elif isinstance(given, Function | Builtin):
        name = "lambda" if given.name == "<lambda>" else given.name.rpartition(".")[2]
    elif isinstance(given, Record) and given.call is not None:
        name = type_name(given).lower()
    else:
        raise unsupported(N_("a metric that is neither a name, a function nor of keras.metrics"))
    mean = Instance(METRICS["Mean"])
    mean.values |= {"name": name, "total": 0.0, "count": 0.0}
    return mean


def compiled(model: Instance) -> None:
    check_begun(model, "compiled")
    if "optimizer" not in model.values:
        raise value_error("You must call `compile()` before using the model.")
    for _, given, _ in model.values[SCORES].values["_entries"]:
        if isinstance(given, str):
            known_fit(given)  # raises where there is none, before anything is done


# -- the loss of a batch


def compute_loss(
    m: Machine,
    model: Instance,
    x: Value = None,
    y: Value = None,
    y_pred: Value = None,
    sample_weight: Value = None,
    training: Value = True,
) -> Array:
    loss = model.values.get("loss")
    if isinstance(loss, str):
        loss = Builtin(loss, LOSSES[loss])
    if not isinstance(loss, Builtin | Function | Record | Instance):
        raise value_error("No loss to compute. Provide a `loss` argument in `compile()`.")
    if y is None:
        raise value_error("the loss needs targets: fit(x, y)")
    if not isinstance(y_pred, Array):
        raise unsupported(N_("training of a model with several outputs"))
    true, pred = _alike(m, y, y_pred)
    weighs: dict[str, Value] = {} if sample_weight is None else {"sample_weight": sample_weight}
    if isinstance(loss, Record | Instance):
        found = call(m, loss, true, pred, **weighs)
    else:
        found = call(m, loss, true, pred)
    if not isinstance(found, Array):
        raise type_error(f"a loss is a tensor, not {type_name(found)}")
    if not isinstance(loss, Record | Instance):
        found = reduced(m, found, sample_weight, "sum_over_batch_size")
    return found if not found.tensor.ndim else reduced(m, found, None, "sum_over_batch_size")


def _alike(m: Machine, y: Value, pred: Array) -> tuple[Array, Array]:
    """Targets and predictions as a loss has them: of one number type, and of as many axes where
    one of them has a last axis of one."""
    true = y if isinstance(y, Array) else m.leaf(np.asarray(m.numbers(y)), TF)
    if true.tensor.dtype != FLOAT32:
        true = cast(m, true, FLOAT32)
    a, b = true.tensor, pred.tensor
    if a.ndim == b.ndim + 1 and a.shape[-1] == 1:
        if b.ndim == 1:
            return true, _reshaped(m, pred, (*b.shape, 1))
        return _reshaped(m, true, tuple(a.shape[:-1])), pred
    if b.ndim == a.ndim + 1 and b.shape[-1] == 1:
        if a.ndim == 1:
            return _reshaped(m, true, (*a.shape, 1)), pred
        return true, _reshaped(m, pred, tuple(b.shape[:-1]))
    return true, pred


def _reshaped(m: Machine, x: Array, shape: tuple[int, ...]) -> Array:
    return m.apply(lambda t: p.shaping.reshape(t, shape), x)


# -- how well predictions fit


def _update(
    m: Machine,
    scores: Instance,
    y_true: Value,
    y_pred: Value,
    sample_weight: Value = None,
) -> None:
    for metric, given, weighted in scores.values["_entries"]:
        weight = sample_weight if weighted else None
        if metric is given:
            weighs = {} if weight is None else {"sample_weight": weight}
            special(m, metric, "update_state", y_true, y_pred, **weighs)
        elif isinstance(given, str):
            add(m, metric, fit_of(m, given, y_true, y_pred), weight)
        else:
            found = call(m, given, y_true, y_pred)
            if not isinstance(found, Array | int | float):
                raise type_error(f"a metric is a tensor, not {type_name(found)}")
            data = found.tensor.data if isinstance(found, Array) else found
            add(m, metric, data, weight)


def _result(m: Machine, scores: Instance) -> dict[str, Value]:
    entries = scores.values["_entries"]
    return {one.values["name"]: special(m, one, "result") for one, _, _ in entries}


def _reset(m: Machine, scores: Instance) -> None:
    for metric, _, _ in scores.values["_entries"]:
        special(m, metric, "reset_state")


COMPILE_METRICS = Class(
    "CompileMetrics",
    base=METRIC,
    methods={"update_state": _update, "result": _result, "reset_state": _reset},
)


def metrics_of(m: Machine, model: Instance) -> list[Instance]:
    """The mean of the loss, the metrics of compile, and those that the program's model holds."""
    found = [model.values[key] for key in (TRACKER, SCORES) if key in model.values]
    if len(found) == 2 and not found[1].values["_entries"]:
        found.pop()
    for name, one in model.values.items():
        if name not in (TRACKER, SCORES) and isinstance(one, Instance) and METRIC in one.of.line():
            found.append(one)
    return found


def upwards(m: Machine, model: Instance, name: str) -> bool | None:
    """Whether more of the model's metric of this name is better; None where Keras cannot tell."""
    found = None
    for metric in metrics_of(m, model):
        entries = metric.values.get("_entries")
        pairs = [(metric, metric)] if entries is None else [(one, own) for one, own, _ in entries]
        for one, given in pairs:
            if one.values["name"] == name:
                now = direction(given if isinstance(given, str) else one.of.name)
                if isinstance(given, Builtin) and direction(one.values["name"]) is False:
                    now = False  # a function of keras.losses
                found = found if now is None else now
    return found


def results(m: Machine, model: Instance) -> dict[str, Value]:
    """The result of each metric, by its name."""
    found: dict[str, Value] = {}
    for metric in metrics_of(m, model):
        result = special(m, metric, "result")
        found |= result if isinstance(result, dict) else {metric.values["name"]: result}
    return found


def reset(m: Machine, model: Instance) -> None:
    for metric in metrics_of(m, model):
        special(m, metric, "reset_state")


def compute_metrics(
    m: Machine,
    model: Instance,
    x: Value,
    y: Value,
    y_pred: Value,
    sample_weight: Value = None,
) -> dict[str, Value]:
    if SCORES in model.values and y is not None:
        _update(m, model.values[SCORES], y, y_pred, sample_weight)
    return results(m, model)


def counted(m: Machine, model: Instance, loss: Array, x: Value) -> None:
    """A batch's loss, by its number of examples."""
    first: Any = x[0] if isinstance(x, list | tuple) else x
    size = first.tensor.shape[0] if isinstance(first, Array) and first.tensor.ndim else 1
    add(m, model.values[TRACKER], loss.tensor.data, np.float32(size))


def own(m: Machine, model: Instance, name: str) -> Value:
    """The program's own way of a step, or None."""
    found = find(m, model.of.line(), name, model)
    return found if isinstance(found, Function) else None
