"""Exported scripts: what PyTorch, TensorFlow and NumPy gave for them is what the engine gave."""

import json
import runpy
import warnings
from pathlib import Path

import numpy as np
import pytest

from app.engine import OPS
from app.story.code import listing
from app.story.export import export

GOLDEN = Path(__file__).parents[1] / "golden"
STORED = {
    name: row
    for path in sorted((GOLDEN / "exports").glob("*.json"))
    for name, row in json.loads(path.read_text(encoding="utf-8")).items()
}
CASES = runpy.run_path(str(GOLDEN / "export_cases.py"))
LARGE = "s3_network"  # twenty seconds of arrays; its scripts are stored, and asked of a short run
REORDERED = {  # np.einsum adds in another order than the matrix products do; NumPy takes a power
    "op.einsum",
    "op.power_multiplied",
}


@pytest.fixture(scope="module")
def courses():
    quick = {name: CASES["courses_of"](source) for name, source in CASES["PROGRAMS"].items()} | {
        path.name.partition(".")[0]: CASES["courses_of"](path.read_text(encoding="utf-8"))
        for path in sorted(CASES["SEEDS"].glob("*.txt"))
        if not path.name.startswith(LARGE)
    }
    named = {f"{name}.{i}": one for name, found in quick.items() for i, one in enumerate(found)}
    named |= CASES["later"]()
    for path in sorted((GOLDEN / "operations").glob("*.json")):
        named |= dict(CASES["of_operations"](json.loads(path.read_text())))
    return named


ELSEWHERE = {  # cases that lie where conventions differ
    ("op.cross_entropy_shares", "torch"),
    ("op.floor_flat", "tensorflow"),
    ("op.ceil_flat", "tensorflow"),
    ("op.round_flat", "tensorflow"),
    ("op.cumprod", "tensorflow"),
}
NAMES = [name for name in STORED if not name.startswith(LARGE)]


def close(found, expected, dtype):
    if expected is None:
        return found is None
    rtol = 2e-5 if dtype == "float32" else 1e-9
    return np.allclose(
        np.asarray(found, float), np.asarray(expected, float), rtol, rtol, equal_nan=True
    )


@pytest.mark.parametrize("language", ["numpy", "torch", "tensorflow"])
@pytest.mark.parametrize("name", NAMES)
def test_the_script_is_what_was_run_and_its_numbers_are_ours(courses, name, language):
    stored = STORED[name][language]
    if stored is None:
        with pytest.raises(ValueError):
            export(courses[name], language)
        return
    script = export(courses[name], language)
    assert "".join(f"{line.text}\n" for line in script.lines) == stored["text"]
    assert set(script.values) == set(stored["values"])
    for key, value in script.values.items():
        finite = np.where(np.isfinite(value), value, np.nan)
        if (name, language) in ELSEWHERE and key.startswith("g_"):
            assert any("convention" in note["en"] for note in script.notes)
            continue
        assert close(stored["values"][key], finite, str(value.dtype)), key


NO_DOUBLES = "TensorFlow's pooling over three axes knows no float64"
UNSPOKEN = {  # all that cannot be exported, and why
    ("tensorflow", name): NO_DOUBLES
    for name in (
        "max_pool3d",
        "max_pool3d_back",
        "max_pool3d_read",
        "avg_pool3d",
        "avg_pool3d_back",
    )
}


@pytest.mark.parametrize("language", ["numpy", "torch", "tensorflow"])
@pytest.mark.parametrize("name", OPS)
def test_every_operation_is_spelled_in_every_language(name, language):
    assert (STORED[f"op.{name}"][language] is None) == ((language, name) in UNSPOKEN)


@pytest.mark.parametrize(
    ("name", "language", "note"),
    [
        ("op.maximum_first", "torch", "max: PyTorch has another convention than this program"
         " where both inputs are equal."),
        ("op.selu", "tensorflow", "selu: TensorFlow has another convention than this program"
         " where the input is 0."),
        ("op.bce", "tensorflow", "bce: TensorFlow has another convention than this program"
         " where a probability is 0 or 1."),
    ],
)  # fmt: skip
def test_another_convention_is_told_in_the_script_and_beside_it(courses, name, language, note):
    script = export(courses[name], language)
    assert [one["en"] for one in script.notes] == [note]
    assert script.lines[0].text == f"# {note}"
    korean = export(courses[name], language, "ko")
    assert korean.lines[0].text == f"# {script.notes[0]['ko']}" != script.lines[0].text


def test_what_is_the_same_everywhere_is_not_remarked(courses):
    for name in ("op.elu", "op.softplus", "op.hardtanh", "op.conv2d", "op.trace"):
        for language in ("torch", "tensorflow"):
            assert export(courses[name], language).notes == []
    assert not export(courses["loop.0"], "tensorflow").notes  # a square has no kink


def test_large_arrays_are_drawn_and_said_so_unless_all_numbers_are_asked_for():
    source = "x = torch.arange(300.0, requires_grad=True)\n(x * x).sum().backward()\n"
    course = CASES["courses_of"](source)[0]
    drawn = export(course, "torch")
    assert drawn.lines[0].text.startswith("# Arrays of more than 200 numbers are drawn at random")
    assert drawn.values is None
    whole = export(course, "torch", whole=True)
    assert "299.0" in whole.lines[2].text
    assert "rng" not in "".join(line.text for line in whole.lines)
    assert whole.values is not None


def test_integer_indexing_takes_four_lines_in_numpy(courses):
    lines = [line.text for line in export(courses["op.getitem"], "numpy").lines]
    assert len(lines) < 20


@pytest.mark.parametrize("name", NAMES)
def test_the_derivative_as_code_gives_the_engines_numbers(courses, name):
    told = courses[name].first
    lines = listing(told)
    scope = {}
    exec("\n".join(line.text for line in lines), scope)
    function = scope["derivative" if told.calls else "forward"]
    leaves = [
        item.value if isinstance(item.value, float | int) else item.data for item in told.begun
    ]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        found = function(*leaves)
    targets = list(dict.fromkeys(x for call in told.calls for x in call.asked))
    expected = [item.data for item in targets or told.items[-1:]]
    expected += [call.arrived[x] for call in told.calls for x in call.sources if x in call.arrived]
    found = found if isinstance(found, tuple) else (found,)
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        if name in REORDERED:
            np.testing.assert_allclose(one, other, rtol=1e-14)
        else:
            assert np.array_equal(one, other, equal_nan=True), name


def test_every_line_knows_its_tick(courses):
    told = courses["s1_chain.0"].first
    lines = [line for line in listing(told) if line.tick is not None]
    events = {i for i, (kind, *_) in enumerate(told.ticks) if kind == "event"}
    assert [line.tick for line in lines] == sorted(set(range(len(told.ticks))) - events)
    assert [line.text.strip() for line in lines] == [
        "x1 = x * w",
        "x2 = x1 + b",
        "v6 = y_true - x2",
        "loss_val = abs(v6)",
        "g_loss_val = np.float32(1.0)",
        "g_v6 = g_loss_val * np.sign(v6)",
        "g_x2 = -g_v6",
        "g_x1 = g_x2",
        "g_b = g_x2",
        "g_w = g_x1 * x",
    ]
    kinds = {("forward", "node"), ("seed", "node"), ("backward", "edge")}
    for line in lines:
        assert any(line.kind == kind and getattr(line, what) is not None for kind, what in kinds)
        if line.kind == "backward":
            item, slot = told.edges[line.edge]
            assert told.node[item.inputs[slot]] == line.node


def test_a_second_gradient_is_added(courses):
    source = "x = torch.tensor(3.0, requires_grad=True)\ny = x * x\ny.backward()\n"
    told = CASES["courses_of"](source)[0].first
    texts = [line.text.strip() for line in listing(told)]
    assert texts.index("g_x = g_y * x") + 1 == texts.index("g_x += g_y * x")
    arrays = source.replace("3.0", "[3.0, 1.0]").replace("x * x", "(x * x).sum()")
    texts = [line.text.strip() for line in listing(CASES["courses_of"](arrays)[0].first)]
    assert "g_x = g_x + g_v1 * x" in texts  # not in place: another gradient may share the array


def test_updates_that_are_a_rate_times_the_gradient_become_a_loop(courses):
    text = STORED["loop.0"]["torch"]["text"]
    assert "for step in range(5):" in text
    assert "w -= 0.01 * w.grad" in text
    other = export(courses["other.0"], "torch")
    assert not any(line.kind == "update" for line in other.lines)
    assert any("updates are left out" in note["en"] for note in other.notes)
