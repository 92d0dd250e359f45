"""Formulas, as LaTeX and as MathML, printed from the operations themselves.

Text from a user's program enters only as escaped names; latex2mathml sees our own templates only.
A symbol that stands for a number of the trace carries `data-ref`, so that a page can put the
number in its place.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

import numpy as np
from latex2mathml.converter import convert

from app.engine import Each, Op, Recording, Tensor, ones_like, record
from app.engine.primitives.own import again, is_long
from app.story.numbers import text_of

ATOM = 5
SLOT = re.compile(r"\{(?P<index>\d)(?P<mark>[!*]?)\}")
ARGUMENT = re.compile(r"([\^_}]|\\[a-z]+)$")  # what LaTeX groups itself: after ^, _, \\frac, }
UNSEEN = {
    "reshape",
    "broadcast_to",
    "cast",
    "flat_in",
    "guard",
    "held",
    "stand_in",
}  # arrangement, no arithmetic: a rule reads better bare
LISTED = 4  # operands of an operation of any number that its formula names
FIRST_SLOT = 0xE000  # a private-use letter per slot: survives latex2mathml, is in no template


@dataclass(frozen=True)
class Formula:
    """A formula in both notations, and how tightly it binds (see Op.level)."""

    latex: str
    mathml: str
    level: int = ATOM

    def as_json(self) -> dict[str, str]:
        return {
            "latex": self.latex,
            "mathml": f'<math xmlns="http://www.w3.org/1998/Math/MathML">{self.mathml}</math>',
        }


def symbol(name: str, ref: str) -> Formula:
    """A name that stands for the number `ref` of the trace."""
    return Formula(_latex_name(name), f'<mi data-ref="{ref}">{escape(name)}</mi>')


def gradient_symbol(name: str, ref: str) -> Formula:
    """The gradient of what is called `name`: the name under a bar."""
    bar = '<mo stretchy="true">&#x00AF;</mo>'
    return Formula(
        rf"\bar {_latex_name(name)}" if len(name) == 1 else rf"\overline{{{_latex_name(name)}}}",
        f'<mrow data-ref="{ref}"><mover><mi>{escape(name)}</mi>{bar}</mover></mrow>',
    )


def number(value: Any) -> Formula:
    """A literal number."""
    text = text_of(value)
    level = 2 if text.startswith("-") else ATOM
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return Formula(text, f"<mn>{escape(text)}</mn>", level)
    power = str(int(exponent))
    mathml = f"<mn>{mantissa}</mn><mo>·</mo><msup><mn>10</mn><mn>{power}</mn></msup>"
    return Formula(rf"{mantissa} \cdot 10^{{{power}}}", f"<mrow>{mathml}</mrow>", 2)


def standing(op: Op, inputs: tuple[Any, ...], node: type) -> list[Any]:
    """The inputs that stand in a formula: nodes, numbers, and whatever the formula has a place for;
    but behind any number of nodes all else is a setting."""
    if isinstance(op.rules, Each):
        return [x for x in inputs if isinstance(x, node)]
    numbers = (int, float, np.number, node)
    places = {int(match["index"]) for match in SLOT.finditer(op.latex)}
    return [
        x
        for slot, x in enumerate(inputs)
        if slot in places or (isinstance(x, numbers) and not isinstance(x, bool))
    ]


def constant(x: Any) -> Formula:
    """An operand that is no node: a number, or a dot for an array."""
    return number(x) if np.ndim(x) == 0 else Formula(r"\cdot", "<mo>·</mo>")


def applied(op: Op, *operands: Formula) -> Formula:
    """The operation written with these operands."""
    latex = _listed(op.latex, len(operands))

    def inserted(match: re.Match[str]) -> str:
        inside = _grouped(operands[int(match["index"])], op, match)
        return f"{{{inside.latex}}}" if _is_argument(match) else inside.latex

    mathml = _template(latex)
    for match in SLOT.finditer(latex):
        inside = _grouped(operands[int(match["index"])], op, match)
        slot = chr(FIRST_SLOT + int(match["index"]))
        mathml = mathml.replace(f"<mi>{slot}</mi>", inside.mathml)
    return Formula(SLOT.sub(inserted, latex), f"<mrow>{mathml}</mrow>", op.level)


def _listed(latex: str, count: int) -> str:
    """The template with `{...}` written out: all operands, or the first ones and dots."""
    shown = [f"{{{i}*}}" for i in range(min(count, LISTED))]
    return latex.replace("{...}", r",\ ".join(shown + [r"\dots"] * (count > LISTED)))


def _is_argument(match: re.Match[str]) -> bool:
    return bool(ARGUMENT.search(match.string[: match.start()]))


def _grouped(operand: Formula, op: Op, match: re.Match[str]) -> Formula:
    """The operand, in parentheses where it binds too weakly for its place."""
    strict = match["mark"] == "!"
    weak = operand.level < op.level or (strict and operand.level == op.level < ATOM)
    free = match["mark"] == "*" or _is_argument(match)
    return _parenthesised(operand) if weak and not free else operand


def _parenthesised(operand: Formula) -> Formula:
    return Formula(
        rf"\left({operand.latex}\right)", f"<mrow><mo>(</mo>{operand.mathml}<mo>)</mo></mrow>"
    )


@cache
def _template(latex: str) -> str:
    """The MathML of one of our templates, with a private letter in each slot."""
    slots = SLOT.sub(lambda match: f"{{{chr(FIRST_SLOT + int(match['index']))}}}", latex)
    document = convert(slots)
    return document[document.index(">") + 1 : document.rindex("</math>")]


def rule_of(
    op: Op,
    values: tuple[Any, ...],
    slot: int,
    names: Mapping[int, Formula],
    g: Formula,
    z: Formula,
    around: Callable[[Tensor], Formula | None] = lambda x: None,
) -> Formula:
    """The gradient that `op` sends to its input `slot`, as its own rule says it.

    The rule is run on stand-ins for the values, and what it builds is printed.
    names: the formula of each input that is not a literal, by its index. around: of another Tensor,
    which a gradient function of the program has read.
    """
    return Rules(op, values, names, g, z, around).of(slot)


class Rules:
    """The gradients that one operation sends to its inputs, see `rule_of`."""

    def __init__(
        self,
        op: Op,
        values: tuple[Any, ...],
        names: Mapping[int, Formula],
        g: Formula,
        z: Formula,
        around: Callable[[Tensor], Formula | None],
    ):
        self._op, self._values, self._g, self._around = op, values, g, around
        data = op.forward(*values)
        self._upstream, self._result = Tensor(ones_like(data)), Tensor(data)
        self._known: dict[int, Formula] = {id(self._upstream): g, id(self._result): z}
        self._stands: list[Tensor] = []
        self._operands = [
            Tensor(value) if i in names else value
            for i, value in enumerate(again(values, self._stand))
        ]
        self._known |= {id(self._operands[i]): formula for i, formula in names.items()}

    def _stand(self, x: Tensor) -> Tensor | None:
        formula = self._around(x)
        if formula is None:
            return None
        self._stands.append(Tensor(x.data))
        self._known[id(self._stands[-1])] = formula
        return self._stands[-1]

    def of(self, slot: int) -> Formula:
        rule = self._op.rules[slot]
        assert rule is not None
        if is_long(self._values, slot):
            g = self._g
            mathml = f"<mrow><mi>own</mi><mrow><mo>(</mo>{g.mathml}<mo>)</mo></mrow></mrow>"
            return Formula(rf"\mathrm{{own}}\left({g.latex}\right)", mathml)
        with record(Recording.EVERYTHING):
            part = rule(self._upstream, self._result, *self._operands)
        if part is None:
            return number(0)
        printed = _printed(part, self._known)
        if part.shape != self._operands[slot].shape:
            inside = printed if printed.level > 1 else _parenthesised(printed)
            mathml = f"<mrow><mo>&#x2211;</mo>{inside.mathml}</mrow>"
            return Formula(rf"\sum {inside.latex}", mathml, 2)
        return printed


def _printed(x: Any, known: Mapping[int, Formula]) -> Formula:
    """What a rule built, written down; factors of one and powers of one are left out."""
    if id(x) in known:
        return known[id(x)]
    if not isinstance(x, Tensor):
        return constant(x)
    if x.op is None:
        return constant(x.data)
    if x.op.name in UNSEEN:
        return _printed(x.inputs[0], known)
    operands = [_printed(y, known) for y in standing(x.op, x.inputs, Tensor)]
    if x.op.name in ("multiply", "product_or_zero", "gate"):
        rest = [formula for formula in operands if formula.latex not in ("1", "1.0")]
        if len(rest) < 2:
            return rest[0] if rest else operands[0]
    if x.op.name in ("power", "power_plain", "divide") and operands[1].latex in ("1", "1.0"):
        return operands[0]
    return applied(x.op, *operands)


def _latex_name(name: str) -> str:
    if len(name) == 1 and name.isascii():
        return name
    if name.isascii():
        return rf"\mathrm{{{_escaped(name)}}}"
    return rf"\text{{{_escaped(name)}}}"


def _escaped(name: str) -> str:
    return re.sub(r"([_%&#${}])", r"\\\1", name.replace("\\", ""))
