"""An Op: one primitive operation, whole in one place."""

from collections.abc import Callable
from typing import Any

from app.engine.modes import Recording, recording
from app.engine.tensor import NUMPY, Tensor, Value, made, plain

Rule = Callable[..., Any]
OPS: dict[str, "Op"] = {}  # every primitive by its name


def N_(sentence: str) -> str:
    """Marks a sentence for translation (gettext's usual name); story translates it."""
    return sentence


class Op:
    """One primitive: how to compute it, one gradient rule per input, and how to write it down.

    A rule gets `g`, the gradient of the result, `z`, the result, then the inputs; it returns the
    gradient of its input, and the backward loop sums that to the input's shape where NumPy had
    broadcast it. Rules are plain NumPy over Python constants, so they run on arrays (numbers), on
    Tensors (a graph: higher orders) and, printed, give their own LaTeX. Inputs without a rule
    (axis, shape) are settings. An Op without any rule passes no gradient.

    latex: `{0}` is the first input, put in parentheses when it binds weaker than `level`, `{0!}`
    also when it binds equally, `{0*}` never; nor where LaTeX itself groups, as in `\\frac{0}{1}`.
    level: 1 sums, 2 products, 3 functions and signs, 4 powers, 5 atoms.
    sign: what a graph node shows. text: the formula in plain text, for sentences (default: a call).
    why: the derivative in one sentence.
    saves: whether a rule reads its operands (PyTorch frees those after `backward`).
    """

    def __init__(
        self,
        name: str,
        forward: Callable[..., Value],
        *rules: Rule | None,
        latex: str,
        why: str,
        sign: str = "",
        text: str = "",
        level: int = 3,
        numpy: Any = None,
        elementwise: bool = True,
        saves: bool = True,
        example: tuple[Any, ...] = (),
    ):
        self.name, self.forward, self.rules = name, forward, rules
        self.latex, self.why, self.sign, self.level = latex, why, sign or name, level
        self.text = text
        self.elementwise, self.saves, self.example = elementwise, saves, example
        OPS[name] = self
        if numpy is not None:
            NUMPY[numpy] = self

    def __call__(self, *inputs: Any) -> Tensor:
        values = tuple([x.data if isinstance(x, Tensor) else x for x in inputs])
        data = self.forward(*values)
        mode = recording.get()
        if mode is not Recording.NOTHING:
            for x in inputs:
                if isinstance(x, Tensor) and (x.tracked or mode is Recording.EVERYTHING):
                    return made(data, self, inputs, values)
        return plain(data)

    def __repr__(self) -> str:
        return f"Op({self.name})"
