"""The states of a gradient, each with its cause."""

import pytest

from app.story.states import CAUSES
from app.story.words import both


def taped(before: str, within: str, ask: str) -> str:
    lines = "".join(f"    {line}\n" for line in within.split("; "))
    return f"{before}\nwith tf.GradientTape() as t:\n{lines}g = t.gradient({ask})\n"


def torched(*lines: str) -> str:
    return "w = torch.tensor(2.0, requires_grad=True)\n" + "\n".join(lines)


W = "w = tf.Variable(2.0)"
# program, then node: (state, cause, the node that is to blame)
TABLE = {
    "value": (taped(W, "y = w * w", "y, w"), {"w": ("value", None, None)}),
    "constant": (
        taped(f"{W}; c = tf.constant(3.0)", "y = w * c", "y, w"),
        {"c": ("untracked", "constant", None), "w": ("value", None, None)},
    ),
    "not watched": (
        taped(f"{W}; c = tf.constant(3.0)", "y = w * c", "y, [w, c]"),
        {"c": ("none", "not_watched", None)},
    ),
    "not connected": (
        taped(f"{W}; u = tf.Variable(3.0)", "y = w * 2.0", "y, [w, u]"),
        {"u": ("none", "not_connected", None)},
    ),
    "cut by stop_gradient": (
        taped(W, "s = tf.stop_gradient(w); y = s * 2.0", "y, w"),
        {"w": ("none", "cut", "s"), "s": ("value", None, None)},
    ),
    "cut by floor": (
        taped("w = tf.Variable(2.5)", "f = tf.floor(w); y = f * 2.0", "y, w"),
        {"w": ("none", "cut", "f")},
    ),
    "cut by detach": (
        torched("d = (w * 3).detach()", "y = d * w", "y.backward()"),
        {"d": ("untracked", "cut", None), "w": ("value", None, None)},
    ),
    "integer": (taped("w = tf.Variable(2)", "y = w * w", "y, w"), {"w": ("none", "integer", None)}),
    "integer of PyTorch": (
        torched("n = torch.tensor(3)", "y = w * n", "y.backward()"),
        {"n": ("untracked", "integer", None)},
    ),
    "no tape": (
        taped(f"{W}; o = w * 3.0", "y = o * 2.0", "y, w"),
        {"w": ("none", "no_tape", "o"), "o": ("untracked", "no_tape", None)},
    ),
    "no grad": (
        torched("with torch.no_grad():", "    n = w * 3", "y = n * w", "y.backward()"),
        {"n": ("untracked", "no_grad", None)},
    ),
    "from constants": (
        taped(f"{W}; c = tf.constant(3.0)", "k = c * 2.0; y = w * k", "y, w"),
        {"k": ("untracked", "from_constants", None)},
    ),
    "flat": (
        taped("w = tf.Variable(-2.0)", "r = tf.nn.relu(w); y = r * 2.0", "y, w"),
        {"w": ("zero", "flat", "r")},
    ),
    "flat further up": (
        taped("w = tf.Variable(-2.0)", "a = w * 3.0; r = tf.nn.relu(a); y = r * 2.0", "y, w"),
        {"w": ("zero", "flat", "r"), "a": ("zero", "flat", "r")},
    ),
    "zero factor": (
        taped(f"{W}; x = tf.constant(0.0)", "y = w * x", "y, w"),
        {"w": ("zero", "zero_factor", "x")},
    ),
    "zero seed": (
        taped(W, "r = w * 2.0; y = r * 3.0", "y, w, output_gradients=tf.constant(0.0)"),
        {"y": ("zero", "zero_seed", None), "r": ("zero", "zero_upstream", "y")},
    ),
    "cancelled": (taped(W, "y = w - w", "y, w"), {"w": ("zero", "cancelled", None)}),
    "an array of zeros": (
        taped("w = tf.Variable([-1.0, -2.0])", "y = tf.nn.relu(w)", "y, w"),
        {"w": ("zero", "flat", "y")},
    ),
    "one entry is enough": (
        taped("w = tf.Variable([-1.0, 2.0])", "y = tf.nn.relu(w)", "y, w"),
        {"w": ("value", None, None)},
    ),
    "nan is a value": (
        taped("w = tf.Variable(0.0)", "y = w ** 0.0 + tf.sqrt(w) * 0.0", "y, w"),
        {"w": ("value", None, None)},
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_state_cause_and_culprit(told, name):
    source, wanted = TABLE[name]
    trace = told(source)
    for symbol, state in wanted.items():
        assert trace.state(symbol) == state
    assert set(trace.answer["causes"]) >= {cause for _, cause, _ in wanted.values() if cause}


def test_pytorch_holds_what_earlier_calls_left(told):
    trace = told(torched("for i in range(3):", "    y = w * w", "    y.backward()"))
    assert trace.column("gradient", "w") == [4, 4, 4]
    assert trace.column("held", "w") == [None, 4, 8]
    assert trace.column("grad", "w") == [4, 8, 12]


def test_zeroed_gradients_are_held_as_zero(told):
    lines = "for i in range(2):", "    y = w * w", "    y.backward()", "    w.grad.zero_()"
    trace = told(torched(*lines))
    assert trace.column("held", "w") == [None, 0]
    assert trace.column("grad", "w") == [4, 4]
    assert [tick[0] for tick in trace.ticks()][-1] == "event"


def test_states_of_the_second_call_are_its_own(told):
    source = taped(f"{W}; u = tf.Variable(-3.0)", "y = w * 2.0; z = tf.nn.relu(u)", "y, w")
    source = source.replace("GradientTape()", "GradientTape(persistent=True)")
    trace = told(source + "h = t.gradient(z, [w, u])\n")
    assert trace.state("w") == ("value", None, None)
    assert trace.state("w", 1) == ("none", "not_connected", None)
    assert trace.state("u", 1) == ("zero", "flat", "z")


@pytest.mark.parametrize("code", sorted(CAUSES))
def test_every_cause_has_a_sentence_in_both_languages(code):
    words = both(CAUSES[code])
    assert words["en"].endswith(".")
    assert words["ko"] != words["en"]
    assert ("{node}" in words["en"]) == ("{node}" in words["ko"])
