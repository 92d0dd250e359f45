"""The optimizers by name, with PyTorch's options, defaults and rules."""

from collections.abc import Callable

import numpy as np

from app.descent.optimizer import Link, Optimizer, Option, Options, State, Step, Vector

# -- links


def _none(position: Vector) -> State:
    return {}


def _decay(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    return g + o["weight_decay"] * step.position, state


def _momentum(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    kept = o["momentum"] * state["momentum_buffer"]
    buffer = g if step.number == 1 else kept + (1 - o["dampening"]) * g
    move = g + o["momentum"] * buffer if o["nesterov"] else buffer
    return move, {"momentum_buffer": buffer}


def _descend(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    return -o["lr"] * g, state


def _descend_decaying(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    return -o["lr"] / (1 + (step.number - 1) * o["lr_decay"]) * g, state


def _accumulate(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    total = state["sum"] + (o["initial_accumulator_value"] if step.number == 1 else 0) + g * g
    return g / (np.sqrt(total) + o["eps"]), {"sum": total}


def _rms(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    square = o["alpha"] * state["square_avg"] + (1 - o["alpha"]) * (g * g)
    if not o["centered"]:
        return g / (np.sqrt(square) + o["eps"]), {"square_avg": square}
    mean = state["grad_avg"] + (1 - o["alpha"]) * (g - state["grad_avg"])
    spread = square - mean * mean
    return g / (np.sqrt(spread) + o["eps"]), {"square_avg": square, "grad_avg": mean}


def _heavy(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    buffer = o["momentum"] * state["momentum_buffer"] + g
    return buffer, {"momentum_buffer": buffer}


def _adam(g: Vector, state: State, step: Step, o: Options) -> tuple[Vector, State]:
    b1, b2 = o["betas"]
    m = state["exp_avg"] + (1 - b1) * (g - state["exp_avg"])
    v = b2 * state["exp_avg_sq"] + (1 - b2) * (g * g)
    memory = {"exp_avg": m, "exp_avg_sq": v}
    if o["amsgrad"]:
        memory["max_exp_avg_sq"] = v = np.maximum(state["max_exp_avg_sq"], v)
    root = np.sqrt(v) / (1 - b2**step.number) ** 0.5 + o["eps"]
    return m / (1 - b1**step.number) / root, memory


def remember(*names: str) -> Callable[[Vector], State]:
    """The state of a link before its first step: zeros."""
    return lambda position: {name: np.zeros_like(position) for name in names}


DECAY = Link("weight decay", _none, _decay)
MOMENTUM = Link("momentum", remember("momentum_buffer"), _momentum)
HEAVY = Link("momentum", remember("momentum_buffer"), _heavy)
SUM = Link("divide by the root of all squares", remember("sum"), _accumulate)
RMS = Link("divide by the root of recent squares", remember("square_avg"), _rms)
CENTERED = Link("divide by the recent spread", remember("square_avg", "grad_avg"), _rms)
ADAM = Link("mean over root of squares", remember("exp_avg", "exp_avg_sq"), _adam)
AMSGRAD = Link(
    "mean over root of largest squares",
    remember("exp_avg", "exp_avg_sq", "max_exp_avg_sq"),
    _adam,
)
RATE = Link("learning rate", _none, _descend)
DECAYING_RATE = Link("learning rate", _none, _descend_decaying)

# -- optimizers: PyTorch keeps no memory that an option leaves unused


def _sgd(o: Options) -> tuple[Link, ...]:
    return (DECAY, MOMENTUM, RATE) if o["momentum"] else (DECAY, RATE)


def _rmsprop(o: Options) -> tuple[Link, ...]:
    scaled = (DECAY, CENTERED if o["centered"] else RMS)
    return (*scaled, HEAVY, RATE) if o["momentum"] else (*scaled, RATE)


def _moments(o: Options) -> Link:
    return AMSGRAD if o["amsgrad"] else ADAM


LR = 10.0
BETAS = Option((0.9, 0.999), 0.0, 0.999999)
EPS = Option(1e-8, 0.0, 1.0)
WEIGHT_DECAY = Option(0.0, 0.0, 10.0)

# Adam's two moments, and both without their bias towards the zeros they begin with
MOMENTS = (
    r"m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad"
    r" v \leftarrow \beta_2 v + (1 - \beta_2) g^2, \quad"
    r" \hat m = m / (1 - \beta_1^t), \quad \hat v = v / (1 - \beta_2^t)"
)

OPTIMIZERS: dict[str, Optimizer] = {
    optimizer.name: optimizer
    for optimizer in (
        Optimizer(
            "sgd",
            {
                "lr": Option(1e-3, 0.0, LR),
                "momentum": Option(0.0, 0.0, 0.9999),
                "dampening": Option(0.0, 0.0, 1.0),
                "nesterov": Option(False),
                "weight_decay": WEIGHT_DECAY,
            },
            _sgd,
            r"g \leftarrow g + \lambda \theta, \quad b \leftarrow \mu b + (1 - \tau) g, \quad"
            r" \theta \leftarrow \theta - \eta b",
            "Polyak 1964; Nesterov 1983",
        ),
        Optimizer(
            "adagrad",
            {
                "lr": Option(1e-2, 0.0, LR),
                "lr_decay": Option(0.0, 0.0, 10.0),
                "weight_decay": WEIGHT_DECAY,
                "initial_accumulator_value": Option(0.0, 0.0, 1e6),
                "eps": Option(1e-10, 0.0, 1.0),
            },
            lambda options: (DECAY, SUM, DECAYING_RATE),
            r"g \leftarrow g + \lambda \theta, \quad s \leftarrow s + g^2, \quad"
            r" \theta \leftarrow \theta - \eta g / (\sqrt{s} + \epsilon)",
            "Duchi, Hazan, Singer 2011",
        ),
        Optimizer(
            "rmsprop",
            {
                "lr": Option(1e-2, 0.0, LR),
                "alpha": Option(0.99, 0.0, 0.999999),
                "eps": EPS,
                "weight_decay": WEIGHT_DECAY,
                "momentum": Option(0.0, 0.0, 0.9999),
                "centered": Option(False),
            },
            _rmsprop,
            r"g \leftarrow g + \lambda \theta, \quad"
            r" v \leftarrow \alpha v + (1 - \alpha) g^2, \quad"
            r" b \leftarrow \mu b + g / (\sqrt{v} + \epsilon), \quad"
            r" \theta \leftarrow \theta - \eta b",
            "Hinton 2012",
        ),
        Optimizer(
            "adam",
            {
                "lr": Option(1e-3, 0.0, LR),
                "betas": BETAS,
                "eps": EPS,
                "weight_decay": WEIGHT_DECAY,
                "amsgrad": Option(False),
            },
            lambda options: (DECAY, _moments(options), RATE),
            r"g \leftarrow g + \lambda \theta, \quad" + MOMENTS + r", \quad"
            r" \theta \leftarrow \theta - \eta \hat m / (\sqrt{\hat v} + \epsilon)",
            "Kingma, Ba 2015",
        ),
        Optimizer(
            "adamw",
            {
                "lr": Option(1e-3, 0.0, LR),
                "betas": BETAS,
                "eps": EPS,
                "weight_decay": Option(1e-2, 0.0, 10.0),
                "amsgrad": Option(False),
            },
            lambda options: (_moments(options), DECAY, RATE),
            MOMENTS + r", \quad \theta \leftarrow \theta"
            r" - \eta (\hat m / (\sqrt{\hat v} + \epsilon) + \lambda \theta)",
            "Loshchilov, Hutter 2019",
        ),
    )
}
