"""Optimizers of Keras that programs may name beside the usual ones. Source: keras.io, version 3."""

import numpy as np

from app.descent.keras import BETAS, EPSILON, RATE, link
from app.descent.optimizer import Optimizer, Option, Options, State, Step, Vector


def _adadelta(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    rho, eps = o["rho"], o["epsilon"]
    square = rho * state["accumulated_grad"] + (1 - rho) * (g * g)
    moved = state["accumulated_delta_var"]
    delta = -(np.sqrt(moved + eps) * g / np.sqrt(square + eps))
    later = rho * moved + (1 - rho) * (delta * delta)
    memory = {"accumulated_grad": square, "accumulated_delta_var": later}
    return o["learning_rate"] * delta, memory


def _adamax(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    b1 = np.asarray(o["beta_1"], g.dtype)[()] ** step.number
    m = state["momentum"] + (g - state["momentum"]) * (1 - o["beta_1"])
    top = np.maximum(o["beta_2"] * state["norm"], np.abs(g))
    move: Vector = -(o["learning_rate"] * m / ((1 - b1) * (top + o["epsilon"])))
    return move, {"momentum": m, "norm": top}


def _nadam(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    kind, n = g.dtype.type, step.number
    b1, b2 = kind(o["beta_1"]), kind(o["beta_2"])
    now, later = (b1 * (1 - kind(0.5) * kind(0.96) ** kind(i)) for i in (n, n + 1))
    product: Vector = np.asarray((1 if n == 1 else state["u_product"]) * now)
    m = state["momentum"] + (g - state["momentum"]) * (1 - b1)
    v = state["velocity"] + (g * g - state["velocity"]) * (1 - b2)
    mean = later * m / (1 - product * later) + (1 - now) * g / (1 - product)
    root = np.sqrt(v / (1 - b2 ** kind(n))) + o["epsilon"]
    return -(mean * o["learning_rate"] / root), {"momentum": m, "velocity": v, "u_product": product}


def _lion(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    b1, b2 = (g.dtype.type(o[name]) for name in ("beta_1", "beta_2"))
    way = np.sign(state["momentum"] * b1 + g * (1 - b1))
    return -(o["learning_rate"] * way), {"momentum": state["momentum"] * b2 + g * (1 - b2)}


def _ftrl(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    x, rate, power = step.position, o["learning_rate"], -o["learning_rate_power"]
    l1 = o["l1_regularization_strength"]
    l2 = o["l2_regularization_strength"] + o["beta"] / (2.0 * rate)
    begin = o["initial_accumulator_value"] if step.number == 1 else 0
    old: Vector = state["accumulator"] + g.dtype.type(begin)
    new: Vector = old + g * g
    pulled = g + 2 * o["l2_shrinkage_regularization_strength"] * x
    linear = state["linear"] + (pulled - (new**power - old**power) / rate * x)
    square = new**power / rate + 2 * l2
    found = (np.clip(linear, -l1, l1) - linear) / square
    return found - x, {"accumulator": new, "linear": linear}


LINKS = {
    "Adadelta": link("Adadelta", _adadelta, "accumulated_grad", "accumulated_delta_var"),
    "Adamax": link("Adamax", _adamax, "momentum", "norm"),
    "Nadam": link("Nadam", _nadam, "momentum", "velocity", "u_product"),
    "Lion": link("Lion", _lion, "momentum"),
    "Ftrl": link("Ftrl", _ftrl, "accumulator", "linear"),
}

KERAS_FURTHER: dict[str, Optimizer] = {
    optimizer.name: optimizer
    for optimizer in (
        Optimizer(
            "Adadelta",
            {"learning_rate": RATE, "rho": Option(0.95), "epsilon": EPSILON},
            lambda o: (LINKS["Adadelta"],),
            r"\theta \leftarrow \theta - \eta g \sqrt{u + \epsilon} / \sqrt{v + \epsilon}",
            "Zeiler 2012",
        ),
        Optimizer(
            "Adamax",
            {"learning_rate": RATE, **BETAS, "epsilon": EPSILON},
            lambda o: (LINKS["Adamax"],),
            r"\theta \leftarrow \theta - \eta \hat m / (u + \epsilon)",
            "Kingma, Ba 2015",
        ),
        Optimizer(
            "Nadam",
            {"learning_rate": RATE, **BETAS, "epsilon": EPSILON},
            lambda o: (LINKS["Nadam"],),
            r"\theta \leftarrow \theta - \eta \hat m / (\sqrt{\hat v} + \epsilon)",
            "Dozat 2016",
        ),
        Optimizer(
            "Lion",
            {"learning_rate": RATE, "beta_1": Option(0.9), "beta_2": Option(0.99)},
            lambda o: (LINKS["Lion"],),
            r"\theta \leftarrow \theta - \eta \, \mathrm{sign}(\beta_1 m + (1 - \beta_1) g)",
            "Chen 2023",
        ),
        Optimizer(
            "Ftrl",
            {
                "learning_rate": RATE,
                "learning_rate_power": Option(-0.5, -1.0, 0.0),
                "initial_accumulator_value": Option(0.1),
                "l1_regularization_strength": Option(0.0),
                "l2_regularization_strength": Option(0.0),
                "l2_shrinkage_regularization_strength": Option(0.0),
                "beta": Option(0.0),
            },
            lambda o: (LINKS["Ftrl"],),
            r"\theta \leftarrow (\mathrm{clip}(z) - z) / q",
            "McMahan 2013",
        ),
    )
}
