"""Verdicts on true and on deliberately faulty gradients at every scale: none may lie."""

from itertools import product

import numpy as np
import pytest

from app.engine import OPS, Tensor, grad, with_fault
from app.engine.check import check
from app.engine.op import Op

FUNCTIONS = {
    "line": lambda x, c: 3 * x * c,
    "square": lambda x, c: (c * x) ** 2,
    "cube": lambda x, c: (c * x) * (c * x) * (c * x),
    "sqrt": lambda x, c: np.sqrt(x * c),
    "log": lambda x, c: np.log(x * c),
    "exp": lambda x, c: np.exp(x * c),
    "tanh": lambda x, c: np.tanh(x * c),
    "sin": lambda x, c: np.sin(x * c),
    "reciprocal": lambda x, c: 1 / (x * c),
    "offset": lambda x, c: x * c + 3.0,
    "cancelled": lambda x, c: (x * c + 1e10) - 1e10,
    "lost": lambda x, c: (x * c + 1e16) - 1e16,
    "sigmoid": lambda x, c: 1 / (1 + np.exp(-x * c)),
    "logsumexp": lambda x, c: np.log(np.exp(x * c) + np.exp(1.0)),
    "cube root": lambda x, c: (x * c) ** (1 / 3),
    "wave on a hill": lambda x, c: np.sin(x * c) + 1e10,
    "one": lambda x, c: np.sin(x * c) ** 2 + np.cos(x * c) ** 2,
    "polynomial": lambda x, c: ((x * c - 1) ** 2) * (x * c - 2),
    "relu": lambda x, c: OPS["relu"](x * c - 0.5) * 2,
    "absolute": lambda x, c: np.abs(x * c - 0.5),
    "maximum": lambda x, c: np.maximum(x * c, 1.0),
}
AT = [1e-300, 1e-200, 1e-100, 1e-30, 1e-10, 1e-5, 0.3, 0.5, 1.0, 1.7, 10.0, 1e5, 1e10, 1e100, 1e300]
SCALES = [1e-300, 1e-100, 1e-9, 1.0, 1e9, 1e13, 1e16, 1e20, 1e100]
# what a faulty rule makes of g: a g + b
FAULTS = [(1, 0), (1.001, 0), (1.00001, 0), (2, 0), (0.5, 0), (0, 0), (-1, 0), (1e6, 0), (1, 200)]
STEPS = [None, [1e-15], [1e-1, 1e-2], [1e-5]]
SAMPLE = 1_500


def with_rule(a, b):
    """x, with a rule that gives a g + b."""
    op = Op("of_a_test", lambda x: x + 0.0, lambda g, z, x: a * g + b, latex="{0}", why="")
    del OPS["of_a_test"]
    return op


def told(f, x, fault=(1, 0), steps=None):
    rule = with_rule(*fault)
    (one,) = check(lambda x: f(rule(x)), x, steps=steps).checked
    return one


def cases():
    every = list(product(FUNCTIONS, AT, SCALES, FAULTS, STEPS))
    return [every[i] for i in np.random.default_rng(7).permutation(len(every))[:SAMPLE]]


def test_no_verdict_lies_at_any_scale():
    kinds = {}
    for name, x, c, fault, steps in cases():
        if not 0 < x * c < np.inf:
            continue
        with np.errstate(all="ignore"):
            truth = float(grad(lambda x, f=FUNCTIONS[name], c=c: f(x, c), x))
        one = told(lambda x, f=FUNCTIONS[name], c=c: f(x, c), x, fault, steps)
        verdict, case = one.verdict, (name, x, c, fault, steps, truth, one.analytic, one.verdict)
        if verdict.kind == "wrong":
            assert one.analytic != truth, case
        if verdict.kind == "fine" and np.isfinite(truth):
            assert abs(one.analytic - truth) <= verdict.doubt + 1e-12 * abs(truth), case
        kinds[verdict.kind] = kinds.get(verdict.kind, 0) + 1
    assert min(kinds[kind] for kind in ("fine", "kink", "undecided", "wrong")) > 20, kinds


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("x", [0.3, 1.7])
def test_at_ordinary_scales_every_fault_is_found(name, fault, x):
    one = told(lambda x: FUNCTIONS[name](x, 1.0), x, fault)
    truth = grad(lambda x: FUNCTIONS[name](x, 1.0), x)
    expected = "fine" if one.analytic == truth else "wrong"
    if name in ("cancelled", "wave on a hill", "lost"):  # a large summand hides all but some digits
        blunt = expected == "wrong" and abs(one.analytic - truth) <= (one.verdict.doubt or np.inf)
        assert one.verdict.kind in (expected, "undecided", *(["fine"] if blunt else []))
    else:
        assert one.verdict.kind == expected


def test_a_gradient_that_is_overwritten_is_found():
    with with_fault("overwrite"):
        (one,) = check(lambda x: x * x, 3.0).checked
    assert one.analytic == 3 and one.verdict.kind == "wrong"


@pytest.mark.parametrize(
    ("f", "x", "steps", "reason"),
    [
        (lambda x: x * x, 1e-300, None, "rounding"),
        (lambda x: x * x, 0.5, [1e-15], "rounding"),
        (np.exp, 1.0, [1e-1], "coarse"),
        (lambda x: np.sin(x * 1e16), 0.5, None, "precision"),
        (lambda x: (x + 1e16) - 1e16, 0.5, None, "rounding"),
        (lambda x: np.sin(x * 1e9), 0.5, [1e-1, 1e-2, 1e-3], "unsettled"),
        (np.sqrt, 0.0, None, "infinite"),
        (np.sqrt, 1e-9, [1e-1, 1e-2], "not_finite"),
        (lambda x: 3 * x, 1e300, [1e-5], "unmoved"),
        (np.abs, 1e-3, [1e-1, 1e-2], "crossed"),
    ],
)
def test_what_cannot_be_decided_says_why(f, x, steps, reason):
    with np.errstate(all="ignore"):
        one = told(f, x, steps=steps)
    assert (one.verdict.kind, one.verdict.reason) == ("undecided", reason), one.verdict


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: np.sin(x * 1e9), 0.5),
        (lambda x: 3 * x, 1e300),
        (np.sqrt, 1e-300),
        (np.log, 1e200),
    ],
)
def test_right_gradients_at_strange_scales_are_fine(f, x):
    assert told(f, x).verdict.kind == "fine"


KINKS = {
    "abs": (np.abs, (-1.0, 1.0)),
    "relu": (lambda x: OPS["relu"](x), (0.0, 1.0)),
    "max of equals": (lambda x: np.maximum(x, -2 * x), (-2.0, 1.0)),
}


@pytest.mark.parametrize("name", KINKS)
def test_on_a_kink_both_slopes_are_told(name):
    f, sides = KINKS[name]
    verdict = told(f, 0.0).verdict
    assert (verdict.kind, verdict.reason) == ("kink", "sides")
    assert verdict.sides == pytest.approx(sides, abs=1e-9)


@pytest.mark.parametrize("f", [lambda x: x * np.abs(x), lambda x: OPS["relu"](x) ** 2])
def test_where_both_sides_agree_a_kink_is_none(f):
    assert told(f, 0.0).verdict.kind == "fine"


@pytest.mark.parametrize("x", [0.0, 1.0])
def test_a_branch_exactly_at_its_boundary_is_a_kink(x):
    verdict = told(lambda y: y * y if y > x else -y, x).verdict
    assert (verdict.kind, verdict.reason) == ("kink", "branch")
    leaf = Tensor(x)
    assert told(lambda y: y * y if y > leaf else -y, x + 0.5).verdict.kind == "fine"
