"""Optimizers of PyTorch that programs may name: relatives of Adam, averages, and steps by signs."""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.descent.optimizer import Link, Optimizer, Option, Options, State, Step, Vector
from app.descent.optimizers import BETAS, DECAY, EPS, LR, RATE, WEIGHT_DECAY, remember


def _scalar(value: Any, vector: Vector) -> Vector:
    """A number that PyTorch keeps in float32, whatever the parameter's type."""
    return np.asarray(np.float32(value), vector.dtype)


def _adadelta(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    rho, eps = o["rho"], o["eps"]
    square = rho * state["square_avg"] + (1 - rho) * (g * g)
    delta = np.sqrt(state["acc_delta"] + eps) / np.sqrt(square + eps) * g
    later = rho * state["acc_delta"] + (1 - rho) * (delta * delta)
    return delta, {"square_avg": square, "acc_delta": later}


def _mean(g: Vector, state: State, o: Options) -> Vector:
    mean: Vector = state["exp_avg"] + (1 - o["betas"][0]) * (g - state["exp_avg"])
    return mean


def _adamax(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    b1, b2 = o["betas"]
    m = _mean(g, state, o)
    top = np.maximum(b2 * state["exp_inf"], np.abs(g) + o["eps"])
    return m / (1 - b1**step.number) / top, {"exp_avg": m, "exp_inf": top}


def _moments(g: Vector, state: State, o: Options) -> tuple[Vector, Vector]:
    b2 = o["betas"][1]
    return _mean(g, state, o), b2 * state["exp_avg_sq"] + (1 - b2) * (g * g)


def _nadam(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    (b1, b2), n = o["betas"], step.number
    now, later = (b1 * (1.0 - 0.5 * 0.96 ** (i * o["momentum_decay"])) for i in (n, n + 1))
    product = _scalar((1 if n == 1 else state["mu_product"]) * now, g)
    m, v = _moments(g, state, o)
    root = np.sqrt(v / (1 - b2**n)) + o["eps"]
    move = (1.0 - now) / (1.0 - product) * g / root + later / (1.0 - product * later) * m / root
    return move, {"exp_avg": m, "exp_avg_sq": v, "mu_product": product}


def _radam(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    (b1, b2), n = o["betas"], step.number
    m, v = _moments(g, state, o)
    memory = {"exp_avg": m, "exp_avg_sq": v}
    mean, rest = m / (1 - b1**n), 1 - b2**n
    most = 2 / (1 - b2) - 1
    length = most - 2 * n * b2**n / rest
    if length <= 5.0:
        return mean, memory
    rect = (length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length)
    return mean * (rest**0.5 / (np.sqrt(v) + o["eps"])) * rect**0.5, memory


def _asgd(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    lr, n = o["lr"], step.number
    eta = _scalar(lr, g) if n == 1 else state["eta"]
    mu = _scalar(1.0, g) if n == 1 else state["mu"]
    move = -o["lambd"] * eta * step.position - eta * g
    new = step.position + move
    mean = new if mu == 1 else state["ax"] + (new - state["ax"]) * mu
    eta = _scalar(lr / (1 + o["lambd"] * lr * n) ** o["alpha"], g)
    return move, {"ax": mean, "eta": eta, "mu": _scalar(1 / max(1, n - o["t0"]), g)}


def _rprop(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    (less, more), (low, high) = o["etas"], o["step_sizes"]
    turn = np.sign(g * state["prev"])
    factor = np.where(turn > 0, more, np.where(turn < 0, less, 1))
    size = np.full_like(g, o["lr"]) if step.number == 1 else state["step_size"]
    size = np.clip(size * factor, low, high)
    g = np.where(turn < 0, 0, g)
    return -np.sign(g) * size, {"prev": g, "step_size": size}


def _apart(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    """The decay beside the move, not within the gradient."""
    return g + o["weight_decay"] * step.position, state


ADADELTA = Link("by the root of recent moves", remember("square_avg", "acc_delta"), _adadelta)
ADAMAX = Link("mean over largest", remember("exp_avg", "exp_inf"), _adamax)
NADAM = Link("mean ahead", remember("exp_avg", "exp_avg_sq", "mu_product"), _nadam)
RADAM = Link("mean over rectified root", remember("exp_avg", "exp_avg_sq"), _radam)
ASGD = Link("descent and its average", remember("ax", "eta", "mu"), _asgd)
RPROP = Link("steps by signs", remember("prev", "step_size"), _rprop)
APART = Link("weight decay", remember(), _apart)


def _around(link: Link) -> Callable[[Options], tuple[Link, ...]]:
    """Weight decay within the gradient, or beside the move."""
    return lambda o: (link, APART, RATE) if o["decoupled_weight_decay"] else (DECAY, link, RATE)


ADAMS = {"betas": BETAS, "eps": EPS, "weight_decay": WEIGHT_DECAY}
FURTHER: dict[str, Optimizer] = {
    optimizer.name: optimizer
    for optimizer in (
        Optimizer(
            "adadelta",
            {
                "lr": Option(1.0, 0.0, LR),
                "rho": Option(0.9),
                "eps": Option(1e-6),
                "weight_decay": WEIGHT_DECAY,
            },
            lambda o: (DECAY, ADADELTA, RATE),
            r"v \leftarrow \rho v + (1 - \rho) g^2, \quad"
            r" \theta \leftarrow \theta - \eta g \sqrt{u + \epsilon} / \sqrt{v + \epsilon}",
            "Zeiler 2012",
        ),
        Optimizer(
            "adamax",
            {"lr": Option(2e-3, 0.0, LR), **ADAMS},
            lambda o: (DECAY, ADAMAX, RATE),
            r"u \leftarrow \max(\beta_2 u, |g| + \epsilon), \quad"
            r" \theta \leftarrow \theta - \eta \hat m / u",
            "Kingma, Ba 2015",
        ),
        Optimizer(
            "nadam",
            {
                "lr": Option(2e-3, 0.0, LR),
                **ADAMS,
                "momentum_decay": Option(4e-3),
                "decoupled_weight_decay": Option(False),
            },
            _around(NADAM),
            r"\theta \leftarrow \theta - \eta (\mu_{t+1} \hat m + (1 - \mu_t) \hat g)"
            r" / (\sqrt{\hat v} + \epsilon)",
            "Dozat 2016",
        ),
        Optimizer(
            "radam",
            {
                "lr": Option(1e-3, 0.0, LR),
                **ADAMS,
                "decoupled_weight_decay": Option(False),
            },
            _around(RADAM),
            r"\theta \leftarrow \theta - \eta r_t \hat m / (\sqrt{\hat v} + \epsilon)",
            "Liu 2020",
        ),
        Optimizer(
            "asgd",
            {
                "lr": Option(1e-2, 0.0, LR),
                "lambd": Option(1e-4),
                "alpha": Option(0.75),
                "t0": Option(1e6),
                "weight_decay": WEIGHT_DECAY,
            },
            lambda o: (DECAY, ASGD),
            r"\theta \leftarrow (1 - \lambda \eta) \theta - \eta g",
            "Polyak, Juditsky 1992",
        ),
        Optimizer(
            "rprop",
            {
                "lr": Option(1e-2, 0.0, LR),
                "etas": Option((0.5, 1.2)),
                "step_sizes": Option((1e-6, 50)),
            },
            lambda o: (RPROP,),
            r"\theta \leftarrow \theta - \eta_i \, \mathrm{sign}(g)",
            "Riedmiller, Braun 1993",
        ),
    )
}
