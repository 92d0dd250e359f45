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
        "import warnings\nwarnings.filterwarnings('ignore')\nx = np.log(0)",
        "import warnings\nwarnings.simplefilter(action='ignore')\nx = np.log(0)",
        "from warnings import simplefilter\nsimplefilter('ignore', RuntimeWarning)\nx = np.log(0)",
        "import warnings\nwith warnings.catch_warnings(action='ignore'):\n    x = np.log(0)",
        "import warnings\nwarnings.filterwarnings('ignore', message='Divide by.*')\nx = np.log(0)",
    ],
)
def test_what_numpy_does_not_say_is_not_told(traced, source):
    assert told(traced(source)) == []


@pytest.mark.parametrize(
    "before",
    [
        "warnings.filterwarnings('ignore', category=DeprecationWarning)",
        "warnings.filterwarnings('ignore', module='sklearn')",
        "warnings.filterwarnings('ignore', message='overflow')",
        "with warnings.catch_warnings():\n    warnings.simplefilter('ignore')\n    np.exp(1000)",
        "warnings.simplefilter('ignore')\nwarnings.simplefilter('default')",
        "warnings.simplefilter('ignore')\nwarnings.resetwarnings()",
        "warnings.simplefilter('always')\nwarnings.simplefilter('ignore', append=True)",
    ],
)
def test_other_filters_silence_nothing(traced, before):
    answer = traced(f"import warnings\n{before}\nx = np.log(0)")
    assert [words for _, words in told(answer)] == ["divide by zero encountered in log"]


def test_a_filter_makes_errors_of_warnings(traced):
    source = "import warnings\nwarnings.simplefilter('error')\n"
    source += "try:\n    np.log(0)\nexcept RuntimeWarning as e:\n    print(repr(e))\nnp.exp(1000)"
    answer = traced(source)
    assert answer["stdout"] == "RuntimeWarning('divide by zero encountered in log')\n"
    found = answer["diagnostic"]
    assert found["framework_error"] == "RuntimeWarning: overflow encountered in exp"
    assert found["span"][0] == 7 and told(answer) == []


SIZES = "x = torch.nn.functional.mse_loss(torch.ones(3, 1), torch.ones(3))"


@pytest.mark.parametrize(
    ("before", "codes", "error"),
    [
        ("", ["target_size"], None),
        ("warnings.filterwarnings('ignore')", [], None),
        ("warnings.filterwarnings('ignore', category=RuntimeWarning)", ["target_size"], None),
        (
            "warnings.simplefilter('error')",
            [],
            "UserWarning: Using a target size",
        ),
        ("warnings.warn = lambda *a: None", ["target_size"], None),
    ],
)
def test_what_pytorch_warns_of_is_silenced_as_well(traced, before, codes, error):
    answer = traced(f"import warnings\n{before}\n{SIZES}")
    assert [note["code"] for note in answer["notes"]] == codes
    found = answer["diagnostic"]
    assert found["framework_error"].startswith(error) if error else found is None


@pytest.mark.parametrize(
    "call",
    [
        "filterwarnings('ignore', message='(a+)+$')",
        "filterwarnings('ignore', lineno=3)",
        "catch_warnings(record=True)",
        "simplefilter('nothing')",
        "filterwarnings('ignore', category=print)",
        "filterwarnings(None)",
        "warn('x', int)",
    ],
)
def test_what_no_filter_here_can_do_is_refused(traced, call):
    answer = traced(f"import warnings\nwarnings.{call}")
    assert answer["status"] == "error" and answer["diagnostic"]["span"][0] == 2
