"""An Op: one primitive operation, whole in one place."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count
from typing import Any

from app.engine.modes import Recording, recording
from app.engine.tensor import NUMPY, Tensor, Value, made, plain

Rule = Callable[..., Any]
OPS: dict[str, "Op"] = {}  # every primitive by its name
SLOT = re.compile(r"\{(\.\.\.|-?\d+)\}")
LANGUAGES = ("numpy", "torch", "tensorflow")  # that a program can be written in


def N_(sentence: str) -> str:
    """Marks a sentence for translation (gettext's usual name); story translates it."""
    return sentence


class Each:
    """The rules of an Op of any number of inputs: `rule(slot, g, z, *inputs)` serves every slot."""

    def __init__(self, rule: Rule):
        self._rule = rule

    def __getitem__(self, slot: int) -> Rule:
        return partial(self._rule, slot)

    def __iter__(self) -> Iterator[Rule]:
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
    code is by default a call of the NumPy function or else of `forward` by the Op's name.
    saves: whether a rule reads its operands (PyTorch frees those after `backward`).
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
        code: str = "",
        torch: str = "",
        tensorflow: str = "",
        level: int = 3,
        numpy: Any = None,
        elementwise: bool = True,
        saves: bool = True,
        example: tuple[Any, ...] = (),
    ):
        self.name, self.forward = name, forward
        self.rules: Any = rules[0] if rules and isinstance(rules[0], Each) else rules
        self.latex, self.why, self.sign, self.level = latex, why, sign or name, level
        self.text = text
        self.spelled = {"numpy": code, "torch": torch, "tensorflow": tensorflow}
        self.elementwise, self.saves, self.example = elementwise, saves, example
        OPS[name] = self
        if numpy is not None:
            NUMPY[numpy] = self
            self.spelled["numpy"] = code or f"np.{numpy.__name__}({{...}})"

    def __call__(self, *inputs: Any) -> Tensor:
        values = tuple([x.data if isinstance(x, Tensor) else x for x in inputs])
        data = self.forward(*values)
        mode = recording.get()
        if mode is not Recording.NOTHING:
            for x in inputs:
                if isinstance(x, Tensor) and (x.tracked or mode is Recording.EVERYTHING):
                    return made(data, self, inputs, values)
        return plain(data)

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
