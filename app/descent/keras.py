"""The optimizers with Keras's rules, which differ from PyTorch's in where epsilon stands.

Momentum holds the rate within; Adagrad starts its sum at 0.1 and, like RMSprop, has epsilon under
the root; Adam does not correct epsilon for bias. Options bear Keras's names and defaults.
Source: keras.io, optimizers, version 3.
"""

from collections.abc import Callable

import numpy as np

from app.descent.optimizer import Link, Optimizer, Option, Options, State, Step, Vector
from app.descent.optimizers import remember

Update = Callable[[Vector, State, Step, Options], tuple[Vector, State]]
RATE = Option(0.001, 0.0, 10.0)
EPSILON = Option(1e-7, 0.0, 1.0)


def _momentum(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    speed = o["momentum"] * state["velocity"] - g * o["learning_rate"]
    if o["nesterov"]:
        return speed * o["momentum"] - g * o["learning_rate"], {"velocity": speed}
    return speed, {"velocity": speed}


def _adagrad(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    start = o["initial_accumulator_value"] if step.number == 1 else 0
    total = state["accumulator"] + start + g * g
    return -(o["learning_rate"] * g / np.sqrt(total + o["epsilon"])), {"accumulator": total}


def _rms(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    square = o["rho"] * state["velocity"] + (1 - o["rho"]) * (g * g)
    memory = {**state, "velocity": square}
    if o["centered"]:
        memory["average_gradient"] = mean = (
            o["rho"] * state["average_gradient"] + (1 - o["rho"]) * g
        )
        square = square - mean * mean
    move = o["learning_rate"] * g / np.sqrt(square + o["epsilon"])
    memory["momentum"] = speed = o["momentum"] * state["momentum"] + move
    return -speed, memory


def _adam(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    m = state["momentum"] + (g - state["momentum"]) * (1 - o["beta_1"])
    v = state["velocity"] + (g * g - state["velocity"]) * (1 - o["beta_2"])
    memory = {"momentum": m, "velocity": v, "velocity_hat": state["velocity_hat"]}
    if o["amsgrad"]:
        memory["velocity_hat"] = v = np.maximum(state["velocity_hat"], v)
    b1, b2 = (np.asarray(o[name], g.dtype)[()] for name in ("beta_1", "beta_2"))  # as Keras does
    corrected = (1 - b2**step.number) ** 0.5 / (1 - b1**step.number)
    return -(m * (o["learning_rate"] * corrected) / (np.sqrt(v) + o["epsilon"])), memory


def _adamw(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    move, memory = _adam(g, state, step, o)
    return move - step.position * o["weight_decay"] * o["learning_rate"], memory


def link(name: str, update: Update, *memories: str) -> Link:
    """A link whose memories start at zero."""
    return Link(name, remember(*memories), update)


MOMENTUM = link("momentum", _momentum, "velocity")
SUM = link("divide by the root of all squares", _adagrad, "accumulator")
RMS = link("divide by the root of recent squares", _rms, "velocity", "momentum", "average_gradient")
ADAM = link("mean over root of squares", _adam, "momentum", "velocity", "velocity_hat")
ADAMW = link("mean over root of squares", _adamw, "momentum", "velocity", "velocity_hat")
BETAS = {"beta_1": Option(0.9), "beta_2": Option(0.999)}

KERAS: dict[str, Optimizer] = {
    optimizer.name: optimizer
    for optimizer in (
        Optimizer(
            "SGD",
            {
                "learning_rate": Option(0.01, 0.0, 10.0),
                "momentum": Option(0.0),
                "nesterov": Option(False),
            },
            lambda options: (MOMENTUM,),
            r"v \leftarrow \mu v - \eta g, \quad \theta \leftarrow \theta + v",
            "Polyak 1964; Nesterov 1983",
        ),
        Optimizer(
            "Adagrad",
            {
                "learning_rate": RATE,
                "initial_accumulator_value": Option(0.1, 0.0, 1e6),
                "epsilon": EPSILON,
            },
            lambda options: (SUM,),
            r"s \leftarrow s + g^2, \quad"
            r" \theta \leftarrow \theta - \eta g / \sqrt{s + \epsilon}",
            "Duchi, Hazan, Singer 2011",
        ),
        Optimizer(
            "RMSprop",
            {
                "learning_rate": RATE,
                "rho": Option(0.9),
                "momentum": Option(0.0),
                "epsilon": EPSILON,
                "centered": Option(False),
            },
            lambda options: (RMS,),
            r"v \leftarrow \rho v + (1 - \rho) g^2, \quad"
            r" \theta \leftarrow \theta - \eta g / \sqrt{v + \epsilon}",
            "Hinton 2012",
        ),
        Optimizer(
            "Adam",
            {"learning_rate": RATE, **BETAS, "epsilon": EPSILON, "amsgrad": Option(False)},
            lambda options: (ADAM,),
            r"\theta \leftarrow \theta - \eta \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t}"
            r" m / (\sqrt v + \epsilon)",
            "Kingma, Ba 2015",
        ),
        Optimizer(
            "AdamW",
            {
                "learning_rate": RATE,
                "weight_decay": Option(0.004),
                **BETAS,
                "epsilon": EPSILON,
                "amsgrad": Option(False),
            },
            lambda options: (ADAMW,),
            r"\theta \leftarrow (1 - \eta \lambda) \theta - \eta"
            r" \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t} m / (\sqrt v + \epsilon)",
            "Loshchilov, Hutter 2019",
        ),
    )
}
