"""torch.optim.lr_scheduler: rates that rise and fall, and one that waits for a plateau."""

import math
from collections.abc import Callable
from typing import Any

from app.engine import N_
from app.language.builtins import call
from app.language.dialects.common import number_of
from app.language.dialects.torch_schedules import At, get_last_lr, of_optimizer, power, schedule
from app.language.errors import unsupported, value_error
from app.language.machine import Machine
from app.language.values import Record, Value


def _each(optimizer: Value, name: str, value: Value) -> list[Any]:
    """A number for each group of parameters."""
    count = len(of_optimizer(optimizer))
    if not isinstance(value, list | tuple):
        return [value] * count
    if len(value) != count:
        words = f"{name} must have the same length as optimizer.param_groups. {name} has "
        raise value_error(f"{words}{len(value)} values, param_groups has {count}.")
    return list(value)


def _inertia(optimizer: Record, wanted: Value) -> str | None:
    """The option that goes the other way than the rate."""
    if not wanted:
        return None
    for name in ("betas", "momentum"):
        if name in optimizer.members["defaults"]:
            return name
    words = "optimizer must support momentum or beta1 with `cycle_momentum` option enabled"
    raise value_error(words)


def _kept(group: dict[str, Value], option: str, value: Any) -> None:
    group[option] = (value, *group["betas"][1:]) if option == "betas" else value


def _cyclic(
    m: Machine,
    optimizer: Value,
    base_lr: Value,
    max_lr: Value,
    step_size_up: Value = 2000,
    step_size_down: Value = None,
    mode: Value = "triangular",
    gamma: Value = 1.0,
    scale_fn: Value = None,
    scale_mode: Value = "cycle",
    cycle_momentum: Value = True,
    base_momentum: Value = 0.8,
    max_momentum: Value = 0.9,
    last_epoch: Value = -1,
) -> Record:
    """Up from base_lr to max_lr and down again, over and over. Source: Smith 2017."""
    groups = of_optimizer(optimizer)
    lows, highs = _each(optimizer, "base_lr", base_lr), _each(optimizer, "max_lr", max_lr)
    for group, low in zip(groups, lows, strict=True):
        group["lr"] = low
    up = float(step_size_up)
    total = up + (up if step_size_down is None else float(step_size_down))
    part = up / total
    if scale_fn is None:
        if mode not in ("triangular", "triangular2", "exp_range"):
            raise value_error("mode is invalid and scale_fn is None")
        scale_mode = "iterations" if mode == "exp_range" else "cycle"

    def scale(x: int) -> Any:
        if scale_fn is not None:
            return call(m, scale_fn, x)
        return {"triangular": 1.0, "triangular2": 1 / 2.0 ** (x - 1)}.get(mode) or power(
            m, gamma, x
        )

    option = _inertia(optimizer, cycle_momentum)
    least, most = (
        _each(optimizer, name, value)
        for name, value in (("base_momentum", base_momentum), ("max_momentum", max_momentum))
    )
    if option is not None:
        for group, low, high in zip(groups, least, most, strict=True):
            _kept(group, option, high)
            group |= {"max_momentum": high, "base_momentum": low}

    def rate(m: Machine, at: At) -> Any:
        cycle = math.floor(1 + at.epoch / total)
        x = 1.0 + at.epoch / total - cycle
        height = x / part if x <= part else (x - 1) / (part - 1)
        by = cycle if scale_mode == "cycle" else at.epoch
        if option is not None:
            low, high = least[at.group], most[at.group]
            _kept(groups[at.group], option, high - (high - low) * height * scale(by))
        low, high = lows[at.group], highs[at.group]
        return low + (high - low) * height * scale(by)

    return schedule(m, "CyclicLR", optimizer, rate, last_epoch)


def _one_cycle(
    m: Machine,
    optimizer: Value,
    max_lr: Value,
    total_steps: Value = None,
    epochs: Value = None,
    steps_per_epoch: Value = None,
    pct_start: Value = 0.3,
    anneal_strategy: Value = "cos",
    cycle_momentum: Value = True,
    base_momentum: Value = 0.85,
    max_momentum: Value = 0.95,
    div_factor: Value = 25.0,
    final_div_factor: Value = 10000.0,
    three_phase: Value = False,
    last_epoch: Value = -1,
) -> Record:
    """Once up to max_lr and down far below where it began. Source: Smith, Topin 2018."""
    groups = of_optimizer(optimizer)
    for name, value in (
        ("total_steps", total_steps),
        ("epochs", epochs),
        ("steps_per_epoch", steps_per_epoch),
    ):
        if value is not None and (not isinstance(value, int) or value <= 0):
            raise value_error(f"Expected positive integer {name}, but got {value}")
    if total_steps is None:
        if epochs is None or steps_per_epoch is None:
            words = "You must define either total_steps OR (epochs AND steps_per_epoch)"
            raise value_error(words)
        total_steps = epochs * steps_per_epoch
    if not isinstance(pct_start, float) or not 0 <= pct_start <= 1:
        raise value_error(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
    if anneal_strategy not in ("cos", "linear"):
        words = "anneal_strategy must be one of 'cos' or 'linear', instead got "
        raise value_error(f"{words}{anneal_strategy}")
    first = float(pct_start * total_steps) - 1
    last = total_steps - 1
    phases = [
        (first, "initial_lr", "max_lr", "max_momentum", "base_momentum"),
        (last, "max_lr", "min_lr", "base_momentum", "max_momentum"),
    ]
    if three_phase:
        second = float(2 * pct_start * total_steps) - 2
        phases[1:] = [
            (second, "max_lr", "initial_lr", "base_momentum", "max_momentum"),
            (last, "initial_lr", "min_lr", "max_momentum", "max_momentum"),
        ]
    option = _inertia(optimizer, cycle_momentum)
    ends = zip(
        groups,
        _each(optimizer, "max_lr", max_lr),
        _each(optimizer, "max_momentum", max_momentum),
        _each(optimizer, "base_momentum", base_momentum),
        strict=True,
    )
    for group, top, high, low in ends:
        group |= {"initial_lr": top / div_factor, "max_lr": top}
        group["min_lr"] = group["initial_lr"] / final_div_factor
        if option is not None:
            _kept(group, option, high)
            group |= {"max_momentum": high, "base_momentum": low}

    def between(start: Any, end: Any, part: float) -> Any:
        if anneal_strategy == "linear":
            return (end - start) * part + start
        return end + (start - end) / 2.0 * (math.cos(math.pi * part) + 1)

    def rate(m: Machine, at: At) -> Any:
        if at.epoch > total_steps:
            words = f"Tried to step {at.epoch} times. The specified number of total steps is "
            raise value_error(f"{words}{total_steps}")
        group, start = groups[at.group], 0.0
        for phase in phases[:-1]:
            if at.epoch <= phase[0]:
                break
            start = phase[0]
        else:
            phase = phases[-1]
        end, rises, falls, before, after = phase
        part = (at.epoch - start) / (end - start)
        if option is not None:
            _kept(group, option, between(group[before], group[after], part))
        return between(group[rises], group[falls], part)

    return schedule(m, "OneCycleLR", optimizer, rate, last_epoch)


def _plateau(
    m: Machine,
    optimizer: Value,
    mode: Value = "min",
    factor: Value = 0.1,
    patience: Value = 10,
    threshold: Value = 1e-4,
    threshold_mode: Value = "rel",
    cooldown: Value = 0,
    min_lr: Value = 0,
    eps: Value = 1e-8,
) -> Record:
    """The rate falls when a number has not become better for some epochs."""
    if factor >= 1.0:
        raise value_error("Factor should be < 1.0.")
    groups = of_optimizer(optimizer)
    least = list(min_lr) if isinstance(min_lr, list | tuple) else [min_lr] * len(groups)
    if len(least) != len(groups):
        raise value_error(f"expected {len(groups)} min_lrs, got {len(least)}")
    if mode not in ("min", "max"):
        raise value_error(f"mode {mode} is unknown!")
    if threshold_mode not in ("rel", "abs"):
        raise value_error(f"threshold mode {threshold_mode} is unknown!")
    sign = 1 if mode == "min" else -1
    members: dict[str, Value] = {
        "optimizer": optimizer,
        "last_epoch": 0,
        "best": sign * math.inf,
        "num_bad_epochs": 0,
        "cooldown_counter": 0,
    }

    def better(value: float) -> bool:
        best = members["best"]
        if threshold_mode == "rel":
            best = best * (1.0 - threshold if mode == "min" else threshold + 1.0)
        else:
            best = best - sign * threshold
        return bool(value < best if mode == "min" else value > best)

    def step(m: Machine, scheduler: Record, metrics: Value, epoch: Value = None) -> None:
        if epoch is not None:
            raise unsupported(N_("scheduler.step(loss, epoch); call scheduler.step(loss)"))
        value = float(number_of(metrics))
        members["last_epoch"] += 1
        if better(value):
            members["best"], members["num_bad_epochs"] = value, 0
        else:
            members["num_bad_epochs"] += 1
        if members["cooldown_counter"] > 0:
            members["cooldown_counter"] -= 1
            members["num_bad_epochs"] = 0
        if members["num_bad_epochs"] > patience:
            for group, low in zip(groups, least, strict=False):
                m.budget.step()
                new = max(float(group["lr"]) * factor, low)
                group["lr"] = new if group["lr"] - new > eps else group["lr"]
            members["cooldown_counter"], members["num_bad_epochs"] = cooldown, 0

    methods: dict[str, Any] = {"step": step, "get_last_lr": get_last_lr}
    return Record("ReduceLROnPlateau", members, None, methods)


CYCLES: dict[str, Callable[..., Record]] = {
    "CyclicLR": _cyclic,
    "OneCycleLR": _one_cycle,
    "ReduceLROnPlateau": _plateau,
}
