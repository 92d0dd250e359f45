"""An Op: one primitive operation, whole in one place.

    sin = Op("sin", np.sin, lambda g, z, x: g * np.cos(x), latex=r"\\sin {0!}", why="…")

is all that differentiating needs to know of the sine: how to compute it, and the chain rule for it.
`sin(x)` computes np.sin(x.data) and, where x wants a gradient, keeps in the result what was done:
the Op, its inputs and their values. `gradients` (backward.py) later calls the rule with g, the
gradient of the result, and gets that of x.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from types import MappingProxyType
from typing import Any

import numpy as np

from app.engine.errors import Misfit, Singular
from app.engine.modes import Recording, recording
from app.engine.sides import Sides
from app.engine.tensor import (
    NUMPY,
    Tensor,
    Value,
    float64,
    held,
    made,
    new,
    next_tick,
    plain,
    settled,
)
from app.engine.work import Work

Rule = Callable[..., Any]
OPS: dict[str, "Op"] = {}  # every primitive by its name
SLOT = re.compile(r"\{(\.\.\.|-?\d+)\}")
NEVER: Mapping[str, str] = MappingProxyType({})
LANGUAGES = ("numpy", "torch", "tensorflow")  # that a program can be written in


def N_(sentence: str) -> str:
    """Marks a sentence for translation (gettext's usual name); story translates it."""
    return sentence


class Each:
    """The rules of an Op of any number of inputs: `rule(slot, g, z, *inputs)` serves every slot
    from `first` on; no gradient goes to those before."""

    def __init__(self, rule: Rule, first: int = 0):
        self._rule, self._first = rule, first

    def __getitem__(self, slot: int) -> Rule | None:
        return partial(self._rule, slot) if slot >= self._first else None

    def __iter__(self) -> Iterator[Rule | None]:
        return (self[slot] for slot in count())


class Op:
    """One primitive: how to compute it, one gradient rule per input, and how to write it down.

    A rule gets `g`, the gradient of the result, `z`, the result, then the inputs; it returns the
    gradient of its input, and the backward loop sums that to the input's shape where NumPy had
    broadcast it. Rules are plain NumPy over Python constants, so they run on arrays (numbers), on
    Tensors (a graph: higher orders) and, printed, give their own LaTeX. Inputs without a rule
    (axis, shape) are settings and come last. An Op without any rule passes no gradient; one of any
    number of inputs (concatenate) has one `Each`.

    latex: `{0}` is the first input, put in parentheses when it binds weaker than `level`, `{0!}`
    also when it binds equally, `{0*}` never; nor where LaTeX itself groups, as in `\\frac{0}{1}`.
    `{...}` is all inputs, with commas between.
    level: 1 sums, 2 products, 3 functions and signs, 4 powers, 5 atoms.
    sign: what a graph node shows. text: the formula in plain text, for sentences (default: a call).
    why: the derivative in one sentence.
    code, torch, tensorflow: the operation as Python writes it for NumPy, PyTorch and TensorFlow;
    `{0}` is the first input, `{-1}` the last setting, `{...}` all inputs before such settings.
    python: the same for all three. code is by default a call of the NumPy function or else of
    `forward` by the Op's name.
    differs: by language, where that spelling follows another convention than the rules here.
    alike: the name of an Op of equal inputs and values under another convention (each is the
    other's `twin`), and where they differ: its spelling serves where there is no own one.
    saves: whether a rule reads its operands (PyTorch frees those after `backward`).
    sides: of an Op in pieces, what tells them apart, of the result and the inputs (see sides.py).
    work: what it takes, of the inputs, where that is more than a step per entry (see work.py).
    listed: whether it stands in the registry, as all do that are operations by themselves.
    """

    def __init__(
        self,
        name: str,
        forward: Callable[..., Value],
        *rules: Rule | Each | None,
        latex: str,
        why: str,
        sign: str = "",
        text: str = "",
        python: str = "",
        code: str = "",
        torch: str = "",
        tensorflow: str = "",
        level: int = 3,
        numpy: Any = None,
        elementwise: bool = True,
        saves: bool = True,
        example: tuple[Any, ...] = (),
        differs: Mapping[str, str] = NEVER,
        alike: tuple[str, str] | None = None,
        sides: Sides | None = None,
        work: Callable[..., Work] | None = None,
        listed: bool = True,
    ):
        self.name, self.forward = name, forward
        self.rules: Any = rules[0] if rules and isinstance(rules[0], Each) else rules
        self.latex, self.why, self.sign, self.level = latex, why, sign or name, level
        self.text = text
        given = {"numpy": code, "torch": torch, "tensorflow": tensorflow}
        self.spelled = {language: text or python for language, text in given.items()}
        self.elementwise, self.saves, self.example = elementwise, saves, example
        self.differs, self.twin = differs, self._paired(alike)
        self.sides, self.work = sides, work
        self._one = self.unary()
        self._two = self.binary() if not rules or (len(rules) == 2 and None not in rules) else None
        if listed:
            OPS[name] = self
        if numpy is not None:
            NUMPY[numpy] = self
            self.spelled["numpy"] = code or python or f"np.{numpy.__name__}({{...}})"

    def _paired(self, alike: tuple[str, str] | None) -> "tuple[Op, str] | None":
        if alike is None:
            return None
        other, where = OPS[alike[0]], alike[1]
        other.twin = (self, where)
        return other, where

    def __call__(self, *inputs: Any) -> Tensor:
        """The result, with its history where one is kept: tracked where a gradient can pass.

        A history is kept where an input is tracked, or all is recorded (see modes.py). One Tensor
        and two operands, which most operations have, take the roads below, unrolled for speed.
        """
        count = len(inputs)
        if count == 1 and type(inputs[0]) is Tensor:
            return self._one(inputs[0])
        if count == 2 and self._two is not None and Tensor in map(type, inputs):
            return self._two(*inputs)
        inputs = tuple([x if type(x) is Tensor else held(x) for x in inputs])
        values = tuple([x.data if type(x) is Tensor else x for x in inputs])
        try:
            data = settled(self.forward(*values))
        except ValueError as problem:
            raise self._misfit(values, problem) from problem
        mode = recording.get()
        if mode is Recording.NOTHING:
            return plain(data)
        recorded = tracked = False
        for slot, x in enumerate(inputs):
            if type(x) is Tensor and (x.tracked or mode is Recording.EVERYTHING):
                recorded = True
                if x.tracked and self.passes(slot):
                    tracked = True
                    break
        return made(data, tracked, self, inputs, values) if recorded else plain(data)

    def passes(self, slot: int) -> bool:
        """Whether a gradient goes to this input."""
        rules = self.rules
        return (type(rules) is Each or slot < len(rules)) and rules[slot] is not None

    def unary(self) -> Callable[[Tensor], Tensor]:
        """`__call__` for one Tensor, unrolled: three times as fast; Tensor's -x and abs(x)."""
        forward, smooth, mode = self.forward, self.passes(0), recording.get
        nothing, everything = Recording.NOTHING, Recording.EVERYTHING

        def operate(x: Tensor) -> Tensor:
            a = x.data
            try:
                data = forward(a)
            except ValueError as problem:
                raise self._misfit((a,), problem) from problem
            if type(data) is not float64:
                data = settled(data)
            now = mode()
            if now is everything or (x.tracked and now is not nothing):
                return made(data, smooth and x.tracked, self, (x,), (a,))
            return plain(data)

        return operate

    def binary(self) -> Callable[[Any, Any], Tensor]:
        """`__call__` for two operands, at least one a Tensor, unrolled: Tensor's x + y, x * y …"""
        forward, smooth, mode = self.forward, bool(self.rules), recording.get
        nothing, everything, ndarray = Recording.NOTHING, Recording.EVERYTHING, np.ndarray

        def operate(x: Any, y: Any) -> Tensor:
            if type(x) is Tensor:
                a, tracked = x.data, x.tracked
            else:
                a, tracked = x, False
                if type(x) is ndarray:
                    x = a = held(x)
            if type(y) is Tensor:
                b, tracked = y.data, tracked or y.tracked
            else:
                b = y
                if type(y) is ndarray:
                    y = b = held(y)
            try:
                data = forward(a, b)
            except ValueError as problem:
                raise self._misfit((a, b), problem) from problem
            if type(data) is not float64:
                data = settled(data)
            now = mode()
            if not (now is everything or (tracked and now is not nothing)):
                return plain(data)
            result: Tensor = new(Tensor)  # `made`, without the call
            result.data, result.tracked, result.op = data, smooth and tracked, self
            result.inputs, result.values, result.tick = (x, y), (a, b), next_tick()
            result.grad = result.origin = None
            return result

        return operate

    def _misfit(self, values: tuple[Any, ...], problem: ValueError) -> ValueError:
        """NumPy's error, with the operation and the shapes."""
        if isinstance(problem, np.exceptions.AxisError):
            return problem
        kind = Singular if isinstance(problem, np.linalg.LinAlgError) else Misfit
        return kind(self.name, tuple(x.shape for x in values if hasattr(x, "shape")), problem)

    def spell(self, language: str, operands: Sequence[str]) -> str | None:
        """The operation as one of LANGUAGES writes it, on operands that are written already.

        None where that language has no such spelling.
        """
        template = self.spelled[language]
        if not template:
            return f"{self.name}({', '.join(operands)})" if language == "numpy" else None
        last = {slot for slot in SLOT.findall(template) if slot.startswith("-")}
        every = ", ".join(operands[: len(operands) - len(last)])
        return SLOT.sub(lambda at: every if at[1] == "..." else operands[int(at[1])], template)

    def __repr__(self) -> str:
        return f"Op({self.name})"
