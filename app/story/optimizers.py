"""What an optimizer did to a leaf, and that step written out: as formulas, or by a library's own
optimizer.

The rules are PyTorch's and Keras's, as app/descent has them; here they are code of one language.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.story.further_optimizers import FURTHER

MODULES = {"numpy": "np", "torch": "torch", "tensorflow": "tf"}
LETTERS = {  # what a memory is called in formulas
    "momentum_buffer": "buffer", "exp_avg": "m", "exp_avg_sq": "v", "max_exp_avg_sq": "top",
    "sum": "s", "square_avg": "v", "grad_avg": "mean", "velocity": "v", "momentum": "m",
    "velocity_hat": "top", "accumulator": "s", "average_gradient": "mean", "acc_delta": "u",
    "exp_inf": "top", "mu_product": "product", "eta": "eta", "prev": "last", "step_size": "size",
    "accumulated_grad": "v", "accumulated_delta_var": "u", "norm": "top", "u_product": "product",
    "linear": "z",
}  # fmt: skip
# whose formulas have the number of the step in them
COUNTING = ("Adam", "AdamW", "Adamax", "NAdam", "Nadam", "RAdam", "ASGD")
PRODUCTS = ("mu_product", "u_product")  # memories that begin with 1
RATES = ("eta", "step_size")  # memories that begin with the rate


@dataclass(frozen=True)
class Stepped:
    """A step of an optimizer on one leaf.

    library: whose rules it follows, as LANGUAGES names it; kind: its class there; options: all of
    them; defaults: what they are where none is given; number: of the step, from 1; state: what was
    remembered before it, by the library's names; gradient: what it was given; of: the identity of
    the optimizer; group: which of its groups of parameters.
    """

    library: str
    kind: str
    options: Mapping[str, Any]
    defaults: Mapping[str, Any]
    number: int
    state: Mapping[str, Any]
    gradient: Any
    of: int
    group: int = 0

    @property
    def rate(self) -> float:
        return float(self.options[self.rated])

    @property
    def rated(self) -> str:
        """What the option is called that is the rate."""
        return "lr" if self.library == "torch" else "learning_rate"

    @property
    def straight(self) -> bool:
        """Whether it is x − rate × gradient."""
        extra = ("momentum", "weight_decay", "maximize")
        return self.kind == "SGD" and not any(self.options.get(name) for name in extra)

    def follows(self, other: "Stepped") -> bool:
        """Whether it is the next step of the same optimizer, alike but for the rate."""
        mine, theirs = ({**x.options, x.rated: 0} for x in (self, other))
        same = (self.of, self.group, self.number) == (other.of, other.group, other.number + 1)
        return same and mine == theirs

    def given(self) -> dict[str, Any]:
        """The options that are no defaults."""
        return {
            name: value
            for name, value in self.options.items()
            if name == self.rated or value != self.defaults.get(name, False)
        }


@dataclass
class Formulas:
    """The step of one leaf as assignments: what it remembers, and the lines that move it.

    x, g: the leaf and its gradient as they are written; rate, t: the rate and the number of the
    step, likewise; named: gives a memory its name. memories: per name the library's name for it.
    """

    stepped: Stepped
    language: str
    x: str
    g: str
    rate: str
    t: str
    named: Any
    memories: dict[str, str] = field(default_factory=dict)

    def lines(self) -> Iterator[tuple[str, str]]:
        """Pairs (name, expression); the last expression is the leaf's next value."""
        rules = {
            "SGD": self._sgd, "Adagrad": self._adagrad, "RMSprop": self._rmsprop,
            "Adam": self._adam, "AdamW": self._adam,
        }  # fmt: skip
        yield from self._gradient()
        further = FURTHER.get((self.stepped.library, self.stepped.kind))
        yield from further(self) if further else rules[self.stepped.kind]()

    def call(self, name: str, *operands: str) -> str:
        return f"{MODULES[self.language]}.{name}({', '.join(operands)})"

    def memory(self, name: str) -> str:
        own: str = self.named(LETTERS[name])
        self.memories[own] = name
        return own

    def _gradient(self) -> Iterator[tuple[str, str]]:
        """The gradient as the rule begins with it; its name is left in `g`."""
        o = self.stepped.options
        text = f"-{self.g}" if o.get("maximize") else self.g
        apart = self.stepped.kind == "AdamW" or o.get("decoupled_weight_decay")
        if o.get("weight_decay") and not apart:
            text += f" + {o['weight_decay']!r} * {self.x}"
        if text != self.g or not text.isidentifier():
            self.g = self.named("d")
            yield self.g, text

    def next(self, move: str) -> tuple[str, str]:
        return self.x, f"{self.x} - {self.rate} * {move}"

    def _sgd(self) -> Iterator[tuple[str, str]]:
        o = self.stepped.options
        if self.stepped.library == "tensorflow":
            v = self.memory("velocity")
            yield v, f"{o['momentum']!r} * {v} - {self.rate} * {self.g}"
            nesterov = f"{self.x} + {o['momentum']!r} * {v} - {self.rate} * {self.g}"
            yield self.x, nesterov if o["nesterov"] else f"{self.x} + {v}"
            return
        if not o["momentum"]:
            yield self.next(self.g)
            return
        b = self.memory("momentum_buffer")
        later = f"{o['momentum']!r} * {b} + {self.g}"
        if o["dampening"]:
            kept = f"{o['momentum']!r} * {b} + (1 - {o['dampening']!r}) * {self.g}"
            later = f"{self.g} if {self.t} == 1 else {kept}"
        yield b, later
        yield self.next(f"({self.g} + {o['momentum']!r} * {b})" if o["nesterov"] else b)

    def _adagrad(self) -> Iterator[tuple[str, str]]:
        o = self.stepped.options
        if self.stepped.library == "tensorflow":
            s = self.memory("accumulator")
            yield s, f"{s} + {self.g} * {self.g}"
            root = self.call("sqrt", f"{s} + {o['epsilon']!r}")
            yield self.next(f"{self.g} / {root}")
            return
        s = self.memory("sum")
        yield s, f"{s} + {self.g} * {self.g}"
        if o["lr_decay"]:
            self.rate = f"{self.rate} / (1 + ({self.t} - 1) * {o['lr_decay']!r})"
        yield self.next(f"{self.g} / ({self.call('sqrt', s)} + {o['eps']!r})")

    def _rmsprop(self) -> Iterator[tuple[str, str]]:
        o, keras = self.stepped.options, self.stepped.library == "tensorflow"
        decay, epsilon = (o["rho"], o["epsilon"]) if keras else (o["alpha"], o["eps"])
        v = self.memory("velocity" if keras else "square_avg")
        yield v, f"{decay!r} * {v} + (1 - {decay!r}) * {self.g} * {self.g}"
        spread = v
        if o["centered"]:
            mean = self.memory("average_gradient" if keras else "grad_avg")
            yield mean, f"{decay!r} * {mean} + (1 - {decay!r}) * {self.g}"
            spread = f"{v} - {mean} * {mean}"
        if keras:
            move = f"{self.rate} * {self.g} / {self.call('sqrt', f'{spread} + {epsilon!r}')}"
            if o["momentum"]:
                b = self.memory("momentum")
                yield b, f"{o['momentum']!r} * {b} + {move}"
                move = b
            yield self.x, f"{self.x} - {move}"
            return
        move = f"{self.g} / ({self.call('sqrt', spread)} + {epsilon!r})"
        if o["momentum"]:
            b = self.memory("momentum_buffer")
            yield b, f"{o['momentum']!r} * {b} + {move}"
            move = b
        yield self.next(move)

    def _adam(self) -> Iterator[tuple[str, str]]:
        o, keras = self.stepped.options, self.stepped.library == "tensorflow"
        b1, b2 = (o["beta_1"], o["beta_2"]) if keras else o["betas"]
        m = self.memory("momentum" if keras else "exp_avg")
        v = self.memory("velocity" if keras else "exp_avg_sq")
        yield m, f"{b1!r} * {m} + (1 - {b1!r}) * {self.g}"
        yield v, f"{b2!r} * {v} + (1 - {b2!r}) * {self.g} * {self.g}"
        if o["amsgrad"]:
            top = self.memory("velocity_hat" if keras else "max_exp_avg_sq")
            yield top, self.call("maximum", top, v)
            v = top
        first, second = (f"(1 - {self.power(b)})" for b in (b1, b2))
        root, second = self.call("sqrt", v), f"{second} ** 0.5"
        if keras:
            move = f"{second} / {first} * {m} / ({root} + {o['epsilon']!r})"
        else:
            move = f"{m} / {first} / ({root} / {second} + {o['eps']!r})"
        value = f"{self.x} - {self.rate} * {move}"
        if self.stepped.kind == "AdamW" and o["weight_decay"]:
            value += f" - {self.rate} * {o['weight_decay']!r} * {self.x}"
        yield self.x, value

    def power(self, beta: float) -> str:
        """What is left of the zeros that a memory began with; Keras rounds it like the leaf."""
        if self.stepped.library != "tensorflow" or self.stepped.gradient.dtype != np.float32:
            return f"{beta!r}**{self.t}"
        rounded = {"numpy": "np.float32", "torch": "torch.tensor", "tensorflow": "tf.constant"}
        return f"{rounded[self.language]}({beta!r})**{self.t}"

    def begins(self, name: str) -> Any:
        """What a memory holds before this step: a number that fills it, or its own numbers."""
        kept = self.memories[name]
        if self.stepped.number > 1:
            return self.stepped.state[kept]
        if kept in RATES:
            return self.stepped.rate
        first = self.stepped.options.get("initial_accumulator_value", 0.0)
        return 1.0 if kept in PRODUCTS else first if kept in ("accumulator", "sum") else 0.0


def counts(stepped: Stepped) -> bool:
    """Whether its formulas have the number of the step in them."""
    extra = ("dampening", "lr_decay")
    return stepped.kind in COUNTING or any(stepped.options.get(name) for name in extra)


def literal_of(value: Any) -> str:
    """An option as it is written."""
    if isinstance(value, tuple):
        return f"({', '.join(map(literal_of, value))})"
    return repr(value.item() if isinstance(value, np.generic) else value)


def arguments(options: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={literal_of(value)}" for name, value in options.items())
