"""The programs of the five course posts, as they stand, print what they print there."""

import contextlib
import io
import math
from pathlib import Path

import pytest

SEEDS = Path(__file__).parent / "seeds"


def seed(name: str, *changes: tuple[str, str]) -> str:
    """A seed program, as it stands or with some of its words changed."""
    text = (SEEDS / f"{name}.py.txt").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def by_python(source: str) -> str:
    """What CPython prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(source, "<seed>", "exec"), {})
    return out.getvalue()


# -- S0


def test_s0_prints_its_line_and_is_one_graph_of_500_passes(traced):
    answer = traced(seed("s0_fit"))
    assert answer["status"] == "ok" and answer["diagnostic"] is None
    assert answer["stdout"] == "y ≈ 1.9329867362976074x + -0.7990004420280457\n"
    assert len(answer["graphs"]) == 1
    (run,) = answer["passes"]
    assert run["count"] == 500
    assert [call["method"] for call in run["calls"]] == ["tape.gradient"] * 2


@pytest.mark.parametrize(
    ("rate", "w", "b"), [("0.0001", "0.950", "0.500"), ("0.1", "1.400", "-1.100")]
)
def test_s0_with_another_rate(printed, rate, w, b):
    source = seed("s0_fit", ("= 0.001", f"= {rate}"), ("{w.numpy()}", "{w.numpy():.3f}"))
    source = source.replace("{b.numpy()}", "{b.numpy():.3f}")
    assert printed(source) == f"y ≈ {w}x + {b}\n"


def test_s0_trace_is_small(traced):
    import orjson

    assert len(orjson.dumps(traced(seed("s0_fit")))) < 400_000


# -- S1


def test_s1_gradients_and_edges(traced):
    answer = traced(seed("s1_chain"))
    assert answer["status"] == "ok"
    values = {name: one.get("value") for name, one in answer["variables"].items()}
    assert (values["grad_w"], values["grad_b"], values["loss_val"]) == (2.0, 1.0, 3.0)
    backward = [tick for tick in answer["graphs"][0]["ticks"] if tick[0] == "backward"]
    assert len(backward) == 5


# -- S2

WEIGHT = "w = tf.random.normal([1], 0, 1)"


@pytest.mark.parametrize("start", ["0.8", "-1.5", "0.0", "7.25"])
def test_s2_with_a_plain_weight_prints_what_python_prints(printed, start):
    changes = (WEIGHT, f"w = {start}"), ("import math, tensorflow as tf", "import math")
    source = seed("s2_neuron", *changes)
    assert printed(source) == by_python(source)


@pytest.mark.parametrize(
    ("weight", "line"),
    [
        ("tf.constant(0.8)", "99 -0.11615196086990359 0.11615196086990359"),  # TensorFlow's
        ("np.float32(0.8)", "99 -0.11615196086990359 0.11615196086990359"),  # NumPy's
        ("0.8", "99 -0.11615193370538396 0.11615193370538396"),  # Python's
    ],
)
def test_s2_from_0_8(printed, weight, line):
    lines = printed(seed("s2_neuron", (WEIGHT, f"w = {weight}"))).splitlines()
    assert lines[0] == line
    assert len(lines) == 10


def test_s2_as_it_stands_says_that_the_leniency_is_one(traced):
    answer = traced(seed("s2_neuron"))
    assert answer["status"] == "ok"
    lines = answer["stdout"].splitlines()
    assert [line.split()[0] for line in lines] == [str(n) for n in range(99, 1000, 100)]
    errors = [abs(float(line.split()[1])) for line in lines]
    assert errors == sorted(errors, reverse=True)
    assert [note["code"] for note in answer["notes"]] == ["one_element"]


RELU_AND_BIAS = """
def relu(x): return max(0, x)
x, y, w, b = {x}, {y}, {w}, {b}
for i in range(300):
    z = x * w + 1 * b
    output = relu(z)
    error = y - output
    w = w + x * 0.1 * error
    b = b + 1 * 0.1 * error
    if i % 100 == 99: print(i, error, output, w, b)
"""


@pytest.mark.parametrize(
    "start",
    [
        {"x": 1, "y": 0, "w": 0.5, "b": 0.1},
        {"x": 0, "y": 1, "w": 0.5, "b": 0.1},
        {"x": 1, "y": 1, "w": -0.6, "b": 0.0},
        {"x": 1, "y": 0, "w": -2.0, "b": 0.5},
    ],
)
def test_s2_with_relu_and_a_bias_prints_what_python_prints(printed, start):
    source = RELU_AND_BIAS.format(**start)
    assert printed(source) == by_python(source)


@pytest.mark.parametrize("weight", ["0.8", "tf.random.normal([1], 0, 1)"])
def test_s2_input_zero_never_learns_and_the_trace_says_why(traced, weight):
    answer = traced(seed("s2_neuron", ("x = 1; y = 0", "x = 0; y = 1"), (WEIGHT, f"w = {weight}")))
    assert all(line.split()[1:] == ["0.5", "0.5"] for line in answer["stdout"].splitlines())
    notes = [note for note in answer["notes"] if note["code"] == "unchanged"]
    assert len(notes) == 1
    assert "w has not moved in 1000 updates" in notes[0]["text"]["en"]
    assert "x is 0" in notes[0]["text"]["en"]


# -- S3


def test_s3_as_it_stands(traced):
    seen = []
    answer = traced(seed("s3_network"))
    assert answer["status"] == "ok"
    lines = answer["stdout"].splitlines()
    assert [line.split()[1] for line in lines] == ["100", "200", "300", "400", "500"]
    assert all(line.startswith("Iteration:  ") and " \t Loss:  " in line for line in lines)
    seen = [float(line.split()[-1]) for line in lines]
    assert all(map(math.isfinite, seen)) and seen == sorted(seen, reverse=True)
    (run,) = answer["passes"]
    assert run["count"] == 500 and len(answer["graphs"]) == 1
    loss = run["forward"][str(run["calls"][0]["target"])]
    assert len(loss) == 500 and all(map(math.isfinite, loss[:10]))
    assert loss[0] > 1e6 > loss[99]


# -- S4


def test_s4_watch(printed):
    assert printed(seed("s4_watch")) == (
        "tf.Tensor(\n[[8. 8.]\n [8. 8.]], shape=(2, 2), dtype=float32)\n"
    )


@pytest.mark.parametrize(
    ("name", "numbers"),
    [("s4_nested", ["10.0", "2.0"]), ("s4_persistent", ["625000.0", "500.0", "10.0"])],
)
def test_s4_echoes(traced, name, numbers):
    answer = traced(seed(name))
    assert answer["stdout"] == ""
    assert [echo["text"] for echo in answer["echo"]] == [
        f"<tf.Tensor: shape=(), dtype=float32, numpy={number}>" for number in numbers
    ]


def test_s4_unwatched(printed):
    assert printed(seed("s4_unwatched")) == "75.0\nNone\n"


def test_s4_second_call_on_a_tape_that_is_not_persistent(traced):
    answer = traced(seed("s4_persistent", ("persistent=True", "persistent=False")))
    assert answer["status"] == "error"
    found = answer["diagnostic"]
    assert found["code"] == "tape_used"
    assert found["span"][0] == 6
    assert found["framework_error"] == (
        "RuntimeError: A non-persistent GradientTape can only be used to compute one set of "
        "gradients (or jacobians)"
    )
    assert [echo["text"] for echo in answer["echo"]] == [
        "<tf.Tensor: shape=(), dtype=float32, numpy=625000.0>"
    ]


@pytest.mark.parametrize("name", sorted(path.name.split(".")[0] for path in SEEDS.iterdir()))
def test_the_same_run_gives_the_same_trace(traced, name):
    shorter = [("range(1, 501)", "range(1, 4)")] if name == "s3_network" else []
    source = seed(name, *shorter)
    assert traced(source, seed=3) == traced(source, seed=3)
