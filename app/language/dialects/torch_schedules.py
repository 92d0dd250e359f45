"""torch.optim.lr_scheduler: rates that change from one epoch to the next.

Each follows PyTorch's own steps, in which a rate comes from the one before it, so that the numbers
are the same to the last digit. Source: torch/optim/lr_scheduler.py.
"""

import ast
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.engine import N_
from app.language.builtins import call, iterate
from app.language.dialects.common import number_of
from app.language.errors import type_error, unsupported, value_error
from app.language.machine import Machine
from app.language.operators import binary
from app.language.values import Record, Value, type_name


@dataclass(frozen=True)
class At:
    """Where a schedule stands: the rate now, the rate at first, the epoch, which group it is for,
    and whether this is the first step, which the schedule takes itself."""

    lr: Any
    base: Any
    epoch: int
    group: int = 0
    first: bool = False


Rate = Callable[[Machine, At], Any]


def times(m: Machine, x: Value, y: Value) -> Value:
    """x * y, of the program's own numbers"""
    return binary(m, ast.Mult, x, y)


def power(m: Machine, x: Value, y: Value) -> Value:
    """x ** y, of the program's own numbers"""
    return binary(m, ast.Pow, x, y)


class Schedule(Record):
    """A scheduler of an optimizer. closed: the rate of an epoch by itself, where there is one."""

    rate: Rate
    closed: Rate

    def move(self, m: Machine, rate: Rate, first: bool = False) -> None:
        """Sets the rates of all groups."""
        epoch = self.members["last_epoch"]
        groups, bases = self.members["optimizer"].members["param_groups"], self.members["base_lrs"]
        for i, (group, base) in enumerate(zip(groups, bases, strict=False)):
            m.budget.step()
            lr = rate(m, At(number_of(group["lr"]), number_of(base), epoch, i, first))
            if isinstance(lr, int):
                m.budget.integer(lr.bit_length())
            group["lr"] = lr

    def begin(self, m: Machine) -> None:
        self.members["last_epoch"] += 1
        self.move(m, self.rate, first=True)


def of_optimizer(optimizer: Value) -> list[dict[str, Value]]:
    """The groups of parameters of an optimizer."""
    if not isinstance(optimizer, Record) or "param_groups" not in optimizer.members:
        raise type_error(f"{type_name(optimizer)} is not an Optimizer")
    return optimizer.members["param_groups"]  # type: ignore[no-any-return]


def schedule(
    m: Machine,
    kind: str,
    optimizer: Value,
    rate: Rate,
    last_epoch: Value = -1,
    closed: Rate | None = None,
    step: Callable[..., None] | None = None,
) -> Schedule:
    """A scheduler, whose first step is taken."""
    groups = of_optimizer(optimizer)
    if last_epoch != -1:
        raise unsupported(
            N_("{kind} with last_epoch; make the scheduler before training begins"), kind=kind
        )
    for group in groups:
        group.setdefault("initial_lr", group["lr"])
    members: dict[str, Value] = {
        "optimizer": optimizer,
        "last_epoch": -1,
        "base_lrs": [group["initial_lr"] for group in groups],
    }
    methods: dict[str, Any] = {"step": step or _step, "get_last_lr": get_last_lr}
    made = Schedule(kind, members, None, methods)
    made.rate, made.closed = rate, closed or rate
    made.begin(m)
    return made


def _step(m: Machine, scheduler: Schedule, epoch: Value = None) -> None:
    if epoch is not None:
        raise unsupported(N_("scheduler.step(epoch); call scheduler.step() once in each epoch"))
    scheduler.members["last_epoch"] += 1
    scheduler.move(m, scheduler.rate)


def get_last_lr(m: Machine, scheduler: Record) -> list[Value]:
    return [group["lr"] for group in of_optimizer(scheduler.members["optimizer"])]


# -- the rates


def _step_lr(
    m: Machine, optimizer: Value, step_size: Value, gamma: Value = 0.1, last_epoch: Value = -1
) -> Record:
    def rate(m: Machine, at: At) -> Any:
        return at.lr if at.epoch == 0 or at.epoch % step_size else at.lr * gamma

    def closed(m: Machine, at: At) -> Any:
        return at.base * power(m, gamma, at.epoch // step_size)

    return schedule(m, "StepLR", optimizer, rate, last_epoch, closed)


def _multi_step(
    m: Machine, optimizer: Value, milestones: Value, gamma: Value = 0.1, last_epoch: Value = -1
) -> Record:
    turns = list(iterate(m, milestones))

    def rate(m: Machine, at: At) -> Any:
        return at.lr * power(m, gamma, turns.count(at.epoch))

    def closed(m: Machine, at: At) -> Any:
        return at.base * power(m, gamma, sum(turn <= at.epoch for turn in turns))

    return schedule(m, "MultiStepLR", optimizer, rate, last_epoch, closed)


def _exponential(m: Machine, optimizer: Value, gamma: Value, last_epoch: Value = -1) -> Record:
    def rate(m: Machine, at: At) -> Any:
        return at.lr if at.first else at.lr * gamma

    def closed(m: Machine, at: At) -> Any:
        return at.base * power(m, gamma, at.epoch)

    return schedule(m, "ExponentialLR", optimizer, rate, last_epoch, closed)


def _factors(optimizer: Value, lr_lambda: Value) -> list[Value]:
    """A function of the epoch for each group."""
    count = len(of_optimizer(optimizer))
    found = list(lr_lambda) if isinstance(lr_lambda, list | tuple) else [lr_lambda] * count
    if len(found) != count:
        raise value_error(f"Expected {count} lr_lambdas, but got {len(found)}")
    return found


def _lambda(m: Machine, optimizer: Value, lr_lambda: Value, last_epoch: Value = -1) -> Record:
    factors = _factors(optimizer, lr_lambda)

    def rate(m: Machine, at: At) -> Any:
        return times(m, at.base, call(m, factors[at.group], at.epoch))

    return schedule(m, "LambdaLR", optimizer, rate, last_epoch)


def _multiplicative(
    m: Machine, optimizer: Value, lr_lambda: Value, last_epoch: Value = -1
) -> Record:
    factors = _factors(optimizer, lr_lambda)

    def rate(m: Machine, at: At) -> Any:
        return at.lr if at.first else times(m, at.lr, call(m, factors[at.group], at.epoch))

    return schedule(m, "MultiplicativeLR", optimizer, rate, last_epoch)


def _constant(
    m: Machine,
    optimizer: Value,
    factor: Value = 1.0 / 3,
    total_iters: Value = 5,
    last_epoch: Value = -1,
) -> Record:
    if not 0 <= factor <= 1:
        raise value_error("Constant multiplicative factor expected to be between 0 and 1.")

    def rate(m: Machine, at: At) -> Any:
        if at.epoch == 0:
            return at.lr * factor
        return at.lr if at.epoch != total_iters else at.lr * (1.0 / factor)

    def closed(m: Machine, at: At) -> Any:
        return at.base * (factor + (at.epoch >= total_iters) * (1 - factor))

    return schedule(m, "ConstantLR", optimizer, rate, last_epoch, closed)


def _linear(
    m: Machine,
    optimizer: Value,
    start_factor: Value = 1.0 / 3,
    end_factor: Value = 1.0,
    total_iters: Value = 5,
    last_epoch: Value = -1,
) -> Record:
    if not 0 < start_factor <= 1:
        words = "Starting multiplicative factor expected to be greater than 0 and less or equal "
        raise value_error(f"{words}to 1.")
    if not 0 <= end_factor <= 1:
        raise value_error("Ending multiplicative factor expected to be between 0 and 1.")
    rise = end_factor - start_factor

    def rate(m: Machine, at: At) -> Any:
        if at.epoch == 0:
            return at.lr * start_factor
        if at.first or at.epoch > total_iters:
            return at.lr
        return at.lr * (1.0 + rise / (total_iters * start_factor + (at.epoch - 1) * rise))

    def closed(m: Machine, at: At) -> Any:
        return at.base * (start_factor + rise * min(total_iters, at.epoch) / total_iters)

    return schedule(m, "LinearLR", optimizer, rate, last_epoch, closed)


def _polynomial(
    m: Machine,
    optimizer: Value,
    total_iters: Value = 5,
    power: Value = 1.0,
    last_epoch: Value = -1,
) -> Record:
    def rate(m: Machine, at: At) -> Any:
        if at.first or at.epoch > total_iters:
            return at.lr
        before = 1.0 - (at.epoch - 1) / total_iters
        return at.lr * ((1.0 - at.epoch / total_iters) / before) ** power

    def closed(m: Machine, at: At) -> Any:
        return at.base * (1.0 - min(total_iters, at.epoch) / total_iters) ** power

    return schedule(m, "PolynomialLR", optimizer, rate, last_epoch, closed)


def _cosine(
    m: Machine, optimizer: Value, T_max: Value, eta_min: Value = 0.0, last_epoch: Value = -1
) -> Record:
    def rate(m: Machine, at: At) -> Any:
        if at.first:
            return at.lr
        if (at.epoch - 1 - T_max) % (2 * T_max) == 0:
            return at.lr + (at.base - eta_min) * (1 - math.cos(math.pi / T_max)) / 2
        now, before = (1 + math.cos(math.pi * n / T_max) for n in (at.epoch, at.epoch - 1))
        return now / before * (at.lr - eta_min) + eta_min

    def closed(m: Machine, at: At) -> Any:
        turn = 1 + math.cos(math.pi * at.epoch / T_max)
        return eta_min + (at.base - eta_min) * turn / 2

    return schedule(m, "CosineAnnealingLR", optimizer, rate, last_epoch, closed)


def _warm(
    m: Machine,
    optimizer: Value,
    T_0: Value,
    T_mult: Value = 1,
    eta_min: Value = 0.0,
    last_epoch: Value = -1,
) -> Record:
    """Down a cosine, and again from the top; each time T_mult times as long."""
    if not isinstance(T_0, int) or T_0 <= 0:
        raise value_error(f"Expected positive integer T_0, but got {T_0}")
    if not isinstance(T_mult, int) or T_mult < 1:
        raise value_error(f"Expected integer T_mult >= 1, but got {T_mult}")
    now = {"at": 0.0, "of": float(T_0)}  # how far it is, and how long this time

    def rate(m: Machine, at: At) -> Any:
        turn = 1 + math.cos(math.pi * now["at"] / now["of"])
        return eta_min + (at.base - eta_min) * turn / 2

    def step(m: Machine, scheduler: Schedule, epoch: Value = None) -> None:
        if epoch is None:
            epoch = scheduler.members["last_epoch"] + 1
            now["at"] += 1
            if now["at"] >= now["of"]:
                now["at"] %= now["of"]
                now["of"] *= T_mult
        elif number_of(epoch) < 0:
            raise value_error(f"Expected non-negative epoch, but got {epoch}")
        elif T_mult == 1 or epoch < T_0:
            now["at"], now["of"] = epoch % T_0 if epoch >= T_0 else epoch, T_0
        else:
            n = int(math.log(epoch / T_0 * (T_mult - 1) + 1, T_mult))
            now["at"] = epoch - T_0 * (T_mult**n - 1) / (T_mult - 1)
            now["of"] = T_0 * T_mult**n
        scheduler.members["last_epoch"] = math.floor(epoch)
        scheduler.move(m, rate)

    kind = "CosineAnnealingWarmRestarts"
    return schedule(m, kind, optimizer, rate, last_epoch, step=step)


# -- schedules of schedules


def _parts(kind: str, optimizer: Value, schedulers: Value) -> list[Schedule]:
    found = list(schedulers) if isinstance(schedulers, list | tuple) else []
    if not found:
        raise value_error(f"{kind} expects at least one scheduler, but got no scheduler.")
    for i, one in enumerate(found):
        if not isinstance(one, Schedule):
            raise unsupported(
                N_("{kind} of a {type}; call step() of each by itself"),
                kind=kind,
                type=type_name(one),
            )
        if one.members["optimizer"] is not optimizer:
            words = f"{kind} expects all schedulers to belong to the same optimizer, but got "
            raise value_error(f"{words}scheduler {one.kind} at index {i}")
    return found


def _sequential(
    m: Machine, optimizer: Value, schedulers: Value, milestones: Value, last_epoch: Value = -1
) -> Record:
    found, turns = _parts("SequentialLR", optimizer, schedulers), list(iterate(m, milestones))
    if last_epoch != -1:
        raise unsupported(N_("SequentialLR with last_epoch; make it before training begins"))
    if len(turns) != len(found) - 1:
        words = "Sequential Schedulers expects number of schedulers provided to be one more than "
        words += f"the number of milestone points, but got number of schedulers {len(found)} and "
        raise value_error(f"{words}the number of milestones to be equal to {len(turns)}")
    for group in of_optimizer(optimizer):
        group["lr"] = group["initial_lr"]
    for one in found:
        one.members["last_epoch"] -= 1
    found[sum(turn <= 0 for turn in turns)].begin(m)
    members: dict[str, Value] = {"optimizer": optimizer, "last_epoch": 0}

    def step(m: Machine, scheduler: Record) -> None:
        members["last_epoch"] += 1
        epoch = members["last_epoch"]
        at = sum(turn <= epoch for turn in turns)
        if at and turns[at - 1] == epoch:
            found[at].members["last_epoch"] = 0
            found[at].move(m, found[at].closed)
        else:
            found[at].methods["step"](m, found[at])

    return Record("SequentialLR", members, None, {"step": step, "get_last_lr": get_last_lr})


def _chained(m: Machine, schedulers: Value, optimizer: Value = None) -> Record:
    first = schedulers[0] if isinstance(schedulers, list | tuple) and schedulers else None
    if optimizer is None and isinstance(first, Schedule):
        optimizer = first.members["optimizer"]
    found = _parts("ChainedScheduler", optimizer, schedulers)

    def step(m: Machine, scheduler: Record) -> None:
        for one in found:
            one.methods["step"](m, one)

    methods = {"step": step, "get_last_lr": get_last_lr}
    return Record("ChainedScheduler", {"optimizer": optimizer}, None, methods)


SCHEDULERS: dict[str, Callable[..., Record]] = {
    "StepLR": _step_lr,
    "MultiStepLR": _multi_step,
    "ExponentialLR": _exponential,
    "LambdaLR": _lambda,
    "MultiplicativeLR": _multiplicative,
    "ConstantLR": _constant,
    "LinearLR": _linear,
    "PolynomialLR": _polynomial,
    "CosineAnnealingLR": _cosine,
    "CosineAnnealingWarmRestarts": _warm,
    "SequentialLR": _sequential,
    "ChainedScheduler": _chained,
}
