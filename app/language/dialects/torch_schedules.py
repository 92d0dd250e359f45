"""torch.optim.lr_scheduler: rates that change from one epoch to the next."""

from collections.abc import Callable
from typing import Any

from app.language.builtins import call, iterate
from app.language.errors import type_error
from app.language.machine import Machine
from app.language.values import Record, Value, type_name

Rate = Callable[[Machine, float, float, int], float]  # rate now, rate at first, epoch: the next


def _scheduler(kind: str, optimizer: Value, rate: Rate) -> Record:
    """A scheduler of an optimizer."""
    if not isinstance(optimizer, Record) or "param_groups" not in optimizer.members:
        raise type_error(f"{type_name(optimizer)} is not an Optimizer")
    groups = optimizer.members["param_groups"]
    start = [group["lr"] for group in groups]
    members: dict[str, Value] = {"last_epoch": 0, "base_lrs": start}

    def step(m: Machine, scheduler: Record, *epoch: Value) -> None:
        members["last_epoch"] += 1
        for group, initial in zip(groups, start, strict=False):
            group["lr"] = rate(m, group["lr"], initial, members["last_epoch"])

    methods: dict[str, Any] = {
        "step": step,
        "get_last_lr": lambda m, scheduler: [group["lr"] for group in groups],
    }
    return Record(kind, members, None, methods)


def _step_lr(m: Machine, optimizer: Value, step_size: Value, gamma: Value = 0.1) -> Record:
    return _scheduler(
        "StepLR", optimizer, lambda m, lr, initial, n: lr if n % step_size else lr * gamma
    )


def _multi_step(m: Machine, optimizer: Value, milestones: Value, gamma: Value = 0.1) -> Record:
    turns = list(iterate(m, milestones))
    return _scheduler(
        "MultiStepLR", optimizer, lambda m, lr, initial, n: lr * gamma ** turns.count(n)
    )


def _exponential(m: Machine, optimizer: Value, gamma: Value) -> Record:
    return _scheduler("ExponentialLR", optimizer, lambda m, lr, initial, n: lr * gamma)


def _lambda(m: Machine, optimizer: Value, lr_lambda: Value) -> Record:
    def rate(m: Machine, lr: float, initial: float, epoch: int) -> float:
        return initial * call(m, lr_lambda, epoch)  # type: ignore[no-any-return]

    found = _scheduler("LambdaLR", optimizer, rate)
    for group in optimizer.members["param_groups"]:
        group["lr"] = rate(m, group["lr"], group["lr"], 0)
    return found


SCHEDULERS: dict[str, Callable[..., Record]] = {
    "StepLR": _step_lr,
    "MultiStepLR": _multi_step,
    "ExponentialLR": _exponential,
    "LambdaLR": _lambda,
}
