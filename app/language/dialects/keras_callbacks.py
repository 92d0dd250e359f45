"""keras.callbacks: what fit and evaluate tell of their progress, and who acts on it.

Source: keras.io, callbacks, version 3.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine import N_
from app.language.builtins import call
from app.language.classes import instance_attribute, run
from app.language.comparisons import truth
from app.language.dialects.common import number_of
from app.language.dialects.keras_compiling import upwards
from app.language.dialects.keras_modules import variables
from app.language.errors import ProgramError, type_error, unsupported, value_error
from app.language.items import replace
from app.language.machine import Machine
from app.language.text import text_of
from app.language.values import NUMPY, Array, Class, Instance, Record, Value, type_name

Logs = dict[str, Value]
MOMENTS = ("begin", "end")


class Callbacks:
    """Those that are told: of a model, in the order in which they were given."""

    def __init__(self, m: Machine, model: Instance, given: Value, params: Logs):
        self.told: list[Instance] = []
        waiting = [] if given is None else [given]
        while waiting:
            m.budget.step()
            one = waiting.pop(0)
            if isinstance(one, list | tuple):
                waiting = [*one, *waiting]
                continue
            if not isinstance(one, Instance) or CALLBACK not in one.of.line():
                words = f"'{type_name(one)}' object has no attribute 'set_model'"
                raise ProgramError("attribute", framework=f"AttributeError: {words}",
                                   owner=type_name(one), name="set_model", close=[])  # fmt: skip
            self.told.append(one)
        for one in self.told:
            run(m, instance_attribute(m, one, "set_model"), model)
            run(m, instance_attribute(m, one, "set_params"), params)

    def tell(self, m: Machine, moment: str, *given: Value) -> None:
        """on_epoch_end(epoch, logs), and the like, of each."""
        for one in self.told:
            m.budget.step()
            call(m, instance_attribute(m, one, moment), *given)


def _hook(m: Machine, one: Instance, *given: Value, **named: Value) -> None:
    """What a callback does where it says nothing of a moment."""


def _batch(moment: str) -> Callable[..., None]:
    """on_train_batch_end(batch, logs), which is on_batch_end where that is all there is."""

    def tell(m: Machine, one: Instance, batch: Value, logs: Value = None) -> None:
        call(m, instance_attribute(m, one, f"on_batch_{moment}"), batch, logs=logs)

    return tell


def _set(name: str) -> Callable[..., None]:
    def keep(m: Machine, one: Instance, value: Value) -> None:
        one.values[name] = value

    return keep


CALLBACK = Class(
    "Callback",
    methods={
        "__init__": lambda m, one: None,
        **{
            f"on_{what}{batch}_{moment}": _hook
            for what in ("train", "test", "predict", "epoch", "batch")
            for batch in ("", "_batch")
            for moment in MOMENTS
            if (what, batch) not in (("epoch", "_batch"), ("batch", "_batch"))
        },
        **{f"on_train_batch_{moment}": _batch(moment) for moment in MOMENTS},
        "set_model": _set("model"),
        "set_params": _set("params"),
    },
)
GENERAL = [name for name in CALLBACK.methods if name.startswith("on_")]


def _lambda(m: Machine, one: Instance, *given: Value, **named: Value) -> None:
    """LambdaCallback(on_epoch_end=lambda epoch, logs: …)"""
    order = [f"on_{what}_{moment}" for what in ("epoch", "train", "train_batch")
             for moment in MOMENTS]  # fmt: skip
    if len(given) > len(order):
        words = f"from 1 to {len(order) + 1} positional arguments but {len(given) + 1} were given"
        raise type_error(f"LambdaCallback.__init__() takes {words}")
    hooks = dict(zip(order, given, strict=False)) | named
    for name in hooks:
        if name not in GENERAL:
            raise unsupported(N_("LambdaCallback with {name}"), name=name)
    one.values |= {name: hook for name, hook in hooks.items() if hook is not None}


# -- what is watched


def _watch(
    one: Instance, monitor: Value, mode: Value, min_delta: Value, patience: Value, verbose: Value
) -> None:
    one.values |= {"monitor": monitor, "mode": mode, "best": None, "wait": 0, "verbose": verbose}
    one.values |= {"min_delta": abs(float(number_of(min_delta))), "up": None}
    one.values["patience"] = number_of(patience)


def _way(m: Machine, one: Instance) -> None:
    """Finds out whether more of what is watched is better."""
    v = one.values
    if v["up"] is not None:
        return
    name = str(v["monitor"]).removeprefix("val_")
    if v["mode"] in ("min", "max"):
        v["up"] = v["mode"] == "max"
    elif name == "loss":
        v["up"] = False
    else:
        v["up"] = upwards(m, v["model"], name)
    if v["up"] is None:
        words = f"{one.of.name} callback received monitor={v['monitor']}, but Keras isn't able to "
        words += "automatically determine whether that metric should be maximized or minimized. "
        words += "Pass `mode='max'` in order to monitor based on the highest metric value, or pass "
        raise value_error(f"{words}`mode='min'` in order to use the lowest value.")


def _better(one: Instance, value: float, than: Value) -> bool:
    v = one.values
    if than is None:
        return True
    last = float(number_of(than))
    return bool(value - v["min_delta"] > last if v["up"] else value + v["min_delta"] < last)


def _seen(m: Machine, one: Instance, logs: Value) -> float | None:
    """The number that is watched; None, and Keras warns, where there is none."""
    value = logs.get(one.values["monitor"]) if isinstance(logs, dict) else None
    if value is None:
        known = ",".join(map(str, logs)) if isinstance(logs, dict) else ""
        m.note("no_monitor", f"{one.values['monitor']} ({known})")
        return None
    return float(number_of(value))


def _early(
    m: Machine,
    one: Instance,
    monitor: Value = "val_loss",
    min_delta: Value = 0,
    patience: Value = 0,
    verbose: Value = 0,
    mode: Value = "auto",
    baseline: Value = None,
    restore_best_weights: Value = False,
    start_from_epoch: Value = 0,
) -> None:
    _watch(one, monitor, mode, min_delta, patience, verbose)
    one.values |= {"restore_best_weights": bool(restore_best_weights), "best_weights": None}
    one.values["baseline"] = baseline
    one.values |= {"start_from_epoch": number_of(start_from_epoch), "stopped_epoch": 0}


def _early_begin(m: Machine, one: Instance, logs: Value = None) -> None:
    one.values |= {"wait": 0, "stopped_epoch": 0, "best": None, "best_weights": None}
    one.values["best_epoch"] = 0


def _weights(m: Machine, model: Instance) -> list[Value]:
    return [m.leaf(np.array(x.tensor.data), NUMPY) for x in variables(m, model)]


def _early_epoch(m: Machine, one: Instance, epoch: Value, logs: Value = None) -> None:
    v = one.values
    _way(m, one)
    current = _seen(m, one, logs)
    if current is None or epoch < v["start_from_epoch"]:
        return
    if v["restore_best_weights"] and v["best_weights"] is None:
        v |= {"best_weights": _weights(m, v["model"]), "best_epoch": epoch}
    v["wait"] += 1
    if _better(one, current, v["best"]):
        v |= {"best": current, "best_epoch": epoch}
        if v["restore_best_weights"]:
            v["best_weights"] = _weights(m, v["model"])
        if _better(one, current, v["baseline"]):
            v["wait"] = 0
    elif v["wait"] >= v["patience"] and epoch > 0:
        v["stopped_epoch"] = epoch
        v["model"].values["stop_training"] = True


def _early_end(m: Machine, one: Instance, logs: Value = None) -> None:
    v = one.values
    told = truth(m, v["verbose"])
    if v["stopped_epoch"] > 0 and told:
        m.write(f"Epoch {v['stopped_epoch'] + 1}: early stopping\n")
    if v["restore_best_weights"] and v["best_weights"] is not None:
        if told:
            words = "Restoring model weights from the end of the best epoch: "
            m.write(f"{words}{v['best_epoch'] + 1}.\n")
        for x, kept in zip(variables(m, v["model"]), v["best_weights"], strict=True):
            replace(m, x, kept.tensor.data)


# -- the rate


def _rate(one: Instance) -> float:
    """The learning rate of the model's optimizer."""
    rate = one.values["model"].values["optimizer"].members["learning_rate"]
    if isinstance(rate, Record):
        raise unsupported(
            N_("{kind} beside a schedule of the optimizer; give learning_rate a number"),
            kind=one.of.name,
        )
    return float(number_of(rate))


def _set_rate(m: Machine, one: Instance, rate: float) -> None:
    optimizer = one.values["model"].values["optimizer"]
    optimizer.keep(m, optimizer, "learning_rate", rate)


def _plateau(
    m: Machine,
    one: Instance,
    monitor: Value = "val_loss",
    factor: Value = 0.1,
    patience: Value = 10,
    verbose: Value = 0,
    mode: Value = "auto",
    min_delta: Value = 1e-4,
    cooldown: Value = 0,
    min_lr: Value = 0.0,
) -> None:
    _watch(one, monitor, mode, min_delta, patience, verbose)
    if number_of(factor) >= 1.0:
        words = "ReduceLROnPlateau does not support a factor >= 1.0. "
        raise value_error(f"{words}Received factor={factor}")
    one.values |= {"factor": number_of(factor), "min_lr": number_of(min_lr)}
    one.values |= {"cooldown": number_of(cooldown), "cooldown_counter": 0}


def _plateau_begin(m: Machine, one: Instance, logs: Value = None) -> None:
    one.values |= {"wait": 0, "best": None, "cooldown_counter": 0}


def _plateau_epoch(m: Machine, one: Instance, epoch: Value, logs: Value = None) -> None:
    v = one.values
    _way(m, one)
    _rate_told(m, one, epoch, logs)
    current = _seen(m, one, logs)
    if current is None:
        return
    if v["cooldown_counter"] > 0:
        v["cooldown_counter"] -= 1
        v["wait"] = 0
    if _better(one, current, v["best"]):
        v |= {"best": current, "wait": 0}
    elif v["cooldown_counter"] <= 0:
        v["wait"] += 1
        old = _rate(one)
        if v["wait"] >= v["patience"] and old > np.float32(v["min_lr"]):
            new = max(old * v["factor"], v["min_lr"])
            _set_rate(m, one, new)
            if truth(m, v["verbose"]):
                words = f"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to "
                m.write(f"{words}{new}.\n")
            v |= {"cooldown_counter": v["cooldown"], "wait": 0}


def _scheduler(m: Machine, one: Instance, schedule: Value, verbose: Value = 0) -> None:
    one.values |= {"schedule": schedule, "verbose": verbose}


def _scheduled(m: Machine, one: Instance, epoch: Value, logs: Value = None) -> None:
    schedule, rate, depth = one.values["schedule"], _rate(one), m.budget.depth
    try:
        new = call(m, schedule, epoch, rate)
    except ProgramError as problem:
        if not (problem.framework or "").startswith("TypeError"):
            raise
        m.budget.depth = depth
        new = call(m, schedule, epoch)
    plain = isinstance(new, Array) and new.is_scalar and new.tensor.dtype.kind == "f"
    if not isinstance(new, float) and not plain:
        words = f"The output of the `schedule` function should be a float. Got: {text_of(new)}"
        raise value_error(words)
    _set_rate(m, one, float(number_of(new)))
    if truth(m, one.values["verbose"]):
        words = f"\nEpoch {epoch + 1}: LearningRateScheduler setting learning rate to "
        m.write(f"{words}{text_of(new)}.\n")


def _rate_told(m: Machine, one: Instance, epoch: Value, logs: Value = None) -> None:
    if isinstance(logs, dict):
        logs["learning_rate"] = _rate(one)


def _finite(m: Machine, one: Instance, batch: Value, logs: Value = None) -> None:
    loss = logs.get("loss") if isinstance(logs, dict) else None
    if loss is None or np.isfinite(float(number_of(loss))):
        return
    if one.values["raise_error"]:
        words = f"NaN or Inf loss encountered at batch {batch}. Loss value: {text_of(loss)}. "
        words += "Terminating training immediately."
        raise ProgramError("raised", framework=f"RuntimeError: {words}", detail=words)
    m.write(f"Batch {batch}: Invalid loss, terminating training\n")
    one.values["model"].values["stop_training"] = True


def _no_nan(m: Machine, one: Instance, raise_error: Value = False) -> None:
    one.values["raise_error"] = bool(raise_error)


def _kind(name: str, **methods: Callable[..., Any]) -> Class:
    methods["__init__"] = methods.pop("begin")
    return Class(name, base=CALLBACK, methods=methods)


CALLBACKS: dict[str, Class] = {
    "Callback": CALLBACK,
    "LambdaCallback": _kind("LambdaCallback", begin=_lambda),
    "EarlyStopping": _kind(
        "EarlyStopping",
        begin=_early,
        on_train_begin=_early_begin,
        on_epoch_end=_early_epoch,
        on_train_end=_early_end,
    ),
    "ReduceLROnPlateau": _kind(
        "ReduceLROnPlateau",
        begin=_plateau,
        on_train_begin=_plateau_begin,
        on_epoch_end=_plateau_epoch,
    ),
    "LearningRateScheduler": _kind(
        "LearningRateScheduler",
        begin=_scheduler,
        on_epoch_begin=_scheduled,
        on_epoch_end=_rate_told,
    ),
    "TerminateOnNaN": _kind("TerminateOnNaN", begin=_no_nan, on_batch_end=_finite),
}
