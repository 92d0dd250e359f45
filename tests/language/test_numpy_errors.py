"""NumPy's warnings of overflow and its kin: in its words, once for a line, where it warns."""

import warnings

import numpy as np
import pytest

WARNED = [
    "np.exp(np.array([1000.0]))",
    "np.exp(1000)",
    "np.log(np.array([0.0, 1]))",
    "np.log(-1.0)",
    "np.sqrt(np.array([-1.0]))",
    "np.array([1.0]) / 0",
    "np.array([0.0]) / 0",
    "np.float64(1) / 0",
    "np.float64(0) / np.float64(0)",
    "np.array([1e200]) ** 2",
    "np.float64(1e200) ** 2",
    "np.float64(1e200) * 1e200",
    "np.array([1e308, 1e308]).sum()",
    "np.mean(np.array([1e308, 1e308]))",
    "np.array([[1e200]]) @ np.array([[1e200]])",
    "np.dot(np.array([1e200]), np.array([1e200]))",
    "1 / (1 + np.exp(-np.array([-1000.0])))",
    "np.array([1, 2]) / np.array([0, 1])",
    "np.array([1, 2]) // np.array([0, 1])",
    "np.square(np.array([1e200]))",
    "np.reciprocal(np.array([0.0]))",
    "np.power(np.array([0.0]), -1)",
    "np.array([np.inf]) - np.array([np.inf])",
    "np.array([np.nan]).astype(int)",
    "np.array([-8.0]) ** (1 / 3)",
    "np.array([1e30], dtype=np.float32) * np.float32(1e30)",
    "np.cumsum(np.array([1e308, 1e308]))",
    "-np.log(np.array([0.0])) * 0",
    "np.exp(np.array([-1000.0]))",
    "np.maximum(np.array([1.0]), np.nan)",
    "np.logaddexp(1000.0, 1000.0)",
]


def told(answer):
    notes = [note for note in answer["notes"] if note["code"] == "numpy_warning"]
    return [(n["span"][0], n["text"]["en"].partition("RuntimeWarning: ")[2]) for n in notes]


@pytest.mark.parametrize("expression", WARNED)
def test_is_told_in_the_words_of_numpy(traced, expression):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        eval(expression, {"np": np})
    words = {str(one.message) for one in caught}
    assert {text for _, text in told(traced(f"x = {expression}"))} == words


def test_is_told_once_for_a_line(traced):
    source = "x = np.array([0.0])\nfor i in range(3):\n    y = np.log(x)\nz = np.log(x)\n"
    words = "divide by zero encountered in log"
    assert told(traced(source)) == [(3, words), (4, words)]


@pytest.mark.parametrize(
    "source",
    [
        "x = torch.log(torch.zeros(1))\ny = torch.zeros(1) / 0\nprint(x, y)",
        "x = tf.math.log(tf.zeros(1))",
        "x = torch.zeros(1, requires_grad=True)\ntorch.sqrt(x).sum().backward()",
        "a = np.ones(1)\nx = torch.zeros(1, requires_grad=True)\n(1 / x).sum().backward()",
        "np.seterr(all='ignore')\nx = np.log(0)",
        "with np.errstate(divide='ignore'):\n    x = np.log(0)",
    ],
)
def test_what_numpy_does_not_say_is_not_told(traced, source):
    assert told(traced(source)) == []
