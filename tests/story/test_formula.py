"""Formulas: brackets only where they are needed, rules as they stand, names escaped."""

from xml.etree import ElementTree

import numpy as np
import pytest
from table import ROWS, operands

from app.engine import OPS, Recording, Tensor, gradients, record
from app.story.formula import Formula, applied, gradient_symbol, number, rule_of, symbol
from app.story.trace import Trace

X, Y, W = (symbol(name, f"v{i}") for i, name in enumerate("xyw"))
SUM = applied(OPS["add"], X, Y)
PRODUCT = applied(OPS["multiply"], X, Y)


def xml(formula: Formula) -> ElementTree.Element:
    return ElementTree.fromstring(formula.as_json()["mathml"])


@pytest.mark.parametrize(
    ("formula", "latex"),
    [
        (SUM, "x + y"),
        (applied(OPS["multiply"], SUM, W), r"\left(x + y\right) \, w"),
        (applied(OPS["add"], PRODUCT, W), r"x \, y + w"),
        (applied(OPS["subtract"], X, SUM), r"x - \left(x + y\right)"),
        (applied(OPS["subtract"], SUM, X), "x + y - x"),
        (applied(OPS["power"], SUM, number(2)), r"\left(x + y\right)^{2}"),
        (applied(OPS["power"], X, SUM), "x^{x + y}"),
        (applied(OPS["power"], applied(OPS["power"], X, Y), W), r"\left(x^{y}\right)^{w}"),
        (applied(OPS["divide"], SUM, PRODUCT), r"\frac{x + y}{x \, y}"),
        (applied(OPS["sqrt"], SUM), r"\sqrt{x + y}"),
        (applied(OPS["absolute"], SUM), r"\left|x + y\right|"),
        (applied(OPS["sin"], PRODUCT), r"\sin \left(x \, y\right)"),
        (applied(OPS["negative"], SUM), r"-\left(x + y\right)"),
        (applied(OPS["multiply"], X, number(-2.0)), r"x \, -2"),
        (applied(OPS["exp"], SUM), "e^{x + y}"),
    ],
)
def test_brackets(formula, latex):
    assert formula.latex == latex
    assert xml(formula) is not None


def test_a_symbol_refers_to_its_number():
    (mark,) = [one for one in xml(SUM).iter() if one.get("data-ref") == "v0"]
    assert mark.text == "x" and mark.tag.endswith("}mi")
    (mark,) = [one for one in xml(gradient_symbol("z", "g4")).iter() if one.get("data-ref")]
    assert mark.get("data-ref") == "g4" and mark.tag.endswith("}mrow")


@pytest.mark.parametrize(
    ("value", "latex"),
    [
        (2.0, "2"),
        (-2.0, "-2"),
        (1e-8, r"1 \cdot 10^{-8}"),
        (2.5e20, r"2.5 \cdot 10^{20}"),
        (np.float32(0.1), "0.1"),
        (3, "3"),
        (float("nan"), "NaN"),
    ],
)
def test_numbers(value, latex):
    assert number(value).latex == latex
    assert xml(number(value)) is not None


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("w", "w"),
        ("w1", r"\mathrm{w1}"),
        ("loss_val", r"\mathrm{loss\_val}"),
        ("가중치", r"\text{가중치}"),
        ("α", r"\text{α}"),
    ],
)
def test_names(name, latex):
    formula = symbol(name, "v0")
    assert formula.latex == latex
    assert "".join(xml(formula).itertext()) == name


@pytest.mark.parametrize("name", ["<b>", "a&b", '"', "w.grad", "x′", "x[0]", "</mi><script>"])
def test_names_cannot_leave_their_element(name):
    for formula in (symbol(name, "v0"), gradient_symbol(name, "g0")):
        tree = xml(formula)
        assert name in "".join(tree.itertext())
        assert {one.tag.split("}")[1] for one in tree.iter()} <= {
            "math",
            "mi",
            "mo",
            "mrow",
            "mover",
        }


@pytest.mark.parametrize(
    ("op", "slot", "latex"),
    [
        ("add", 0, r"\bar z"), ("subtract", 1, r"-\bar z"), ("multiply", 0, r"\bar z \, y"),
        ("multiply", 1, r"\bar z \, x"), ("divide", 0, r"\frac{\bar z}{y}"),
        ("sin", 0, r"\bar z \, \cos x"), ("exp", 0, r"\bar z \, z"),
        ("square", 0, r"\bar z \, 2 \, x"),
        ("tanh", 0, r"\bar z \, \left(1 - z \, z\right)"),
        ("sqrt", 0, r"\frac{\bar z}{2 \, z}"), ("absolute", 0, r"\bar z \, \operatorname{sign} x"),
    ],
)  # fmt: skip
def test_rules_print_as_they_stand(op, slot, latex):
    op = OPS[op]
    values = tuple(np.float64(v) for v in (2.0, 3.0)[: len(op.rules)])
    names = dict(enumerate([X, Y][: len(values)]))
    found = rule_of(op, values, slot, names, gradient_symbol("z", "g2"), symbol("z", "v2"))
    assert found.latex == latex
    assert xml(found) is not None


def test_a_rule_that_is_summed_back_says_so():
    values = (np.float64(2.0), np.ones(3))
    found = rule_of(
        OPS["multiply"], values, 0, {0: X, 1: Y}, gradient_symbol("z", "g2"), symbol("z", "v2")
    )
    assert found.latex == r"\sum \bar z \, y"


def test_powers_leave_out_ones():
    values = (np.float64(3.0), 2)
    found = rule_of(OPS["power"], values, 0, {0: X}, gradient_symbol("z", "g2"), symbol("z", "v2"))
    assert found.latex == r"\bar z \, 2 \, x"


# -- every operation, and what its rules are made of, in float32

# An operation of two operands is tried with a number of Python's in place of either, too.
TRIED = [
    (name, number)
    for name, row in ROWS.items()
    if row["cases"]
    for number in (None, 0, 1)
    if number is None
    or (len(row["cases"][0]["inputs"]) == 2 and OPS[name].elementwise and name != "flat_in")
]


@pytest.mark.parametrize(("name", "literal"), TRIED)
def test_every_operation_and_its_gradient_is_drawn_in_float32(name, literal):
    trace, case = Trace(), ROWS[name]["cases"][0]
    leaves, settings = operands(OPS[name], case, np.float32)
    if literal is not None:
        if leaves[literal].dtype.kind != "f" or leaves[literal].ndim:
            return
        leaves[literal] = float(leaves[literal].data)
    with record(Recording.EVERYTHING), np.errstate(all="ignore"):
        result = OPS[name](*leaves, *settings)
    trace.recorder.operation(result, True)
    parts = []
    if result.tracked:
        sources = [leaf for leaf in leaves if isinstance(leaf, Tensor)]
        call = trace.recorder.call("gradient", [(result, None)], sources)
        listener = trace.recorder.listener(call)
        with np.errstate(all="ignore"):
            found = gradients([(result, None)], create_graph=True, listener=listener)
        parts = [found[leaf] for leaf in sources if leaf in found]
        for part in parts:
            trace.recorder.operation(part, True, derived=True)
    trace.recorder.end()
    nodes = [node for graph in trace.as_json()["graphs"] for node in graph["nodes"]]
    drawn = [node["op"] for node in nodes if node["op"]]
    assert name in drawn
    assert all(node["formula"]["latex"] for node in nodes if node["op"])
    assert len(drawn) >= 1 + len({part.op.name for part in parts if part.op})
