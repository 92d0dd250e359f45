"""Code and paths of a run with a fault: what follows it and what says that it does not."""

import json

import numpy as np
import pytest

from app.language import derivations
from app.language.budget import Limits
from app.language.run import trace

FAN = "x = torch.tensor(3.0, requires_grad=True)\ny = x * x + x\ny.backward()\n"
LOOP = """\
w = torch.tensor(3.0, requires_grad=True)
for i in range(3):
    loss = (w * 2 - 1) ** 2 + w
    loss.backward()
    with torch.no_grad():
        w -= 0.01 * w.grad
    w.grad.zero_()
"""
CHAIN = LOOP.replace(" + w", "")
LANGUAGES = ("python", "numpy", "torch", "tensorflow")
# LOOP without its last line, in PyTorch 2.13: loss of the third pass, w.grad and w after it
FORGOTTEN = {"loss": 16.626858, "g_w": 56.4144, "w": 1.8226562}


def ask(job, source, **request):
    answer = json.loads(getattr(derivations, job)({"source": source, **request}, Limits()))
    assert answer["status"] == "ok"
    return answer


def values_of(source, fault):
    """The last numbers of a trace, by the names that its code gives them."""
    answer = json.loads(trace({"source": source, "fault": fault}, Limits()))
    names = {node["name"]: str(node["id"]) for node in answer["graphs"][0]["nodes"]}
    run = answer["passes"][-1]
    target = "loss" if "loss" in names else "y"
    leaf = "w" if "w" in names else "x"
    found = {
        target: run["forward"][names[target]][-1],
        f"g_{leaf}": {**run["gradient"], **run.get("grad", {})}[names[leaf]][-1],
    }
    if run["after"]:
        found[leaf] = run["after"][names[leaf]][-1]
    return found


@pytest.mark.parametrize("source", [FAN, LOOP])
def test_numpy_code_makes_the_fault_and_marks_what_comes_of_it(source, capsys):
    answer = ask("code", source, language="numpy", fault="overwrite")
    exec(compile(answer["text"], "script", "exec"), {})
    printed = dict(line.split(" = ") for line in capsys.readouterr().out.splitlines())
    assert {name: float(text) for name, text in printed.items()} == pytest.approx(answer["values"])
    assert answer["values"] == values_of(source, "overwrite")
    right = ask("code", source, language="numpy")
    assert "wrong" not in right
    differing = [name for name, x in right["values"].items() if x != answer["values"][name]]
    assert answer["wrong"] == differing
    assert "g_y" not in differing and differing
    marked = [line["text"].strip() for line in answer["lines"] if line["wrong"]]
    assert all("✗" in text for text in marked)
    assert {text.partition(" ")[0] for text in marked} >= {f"g_{'x' if source == FAN else 'w'}"}
    assert {f'print("{name} =", {name})  # ✗' for name in differing} <= set(marked)


def test_the_derivative_as_code_replaces_where_gradients_meet():
    answer = ask("code", FAN, language="python", fault="overwrite", lang="ko")
    marked = [line for line in answer["lines"] if line["wrong"]]
    assert [line["text"].strip() for line in marked] == 2 * [
        "g_x = g_v1 * x  # ✗ 틀림: 앞서 온 값에 더하지 않고 덮어씀"
    ]
    space = {"np": np}
    exec(answer["text"], space)
    assert space["derivative"](np.float32(3.0))[-1] == 3.0
    assert "makes the fault" in answer["notes"][0]["en"]


def test_torch_code_forgets_zeroing_as_pytorch_would():
    answer = ask("code", LOOP, language="torch", fault="keep")
    assert answer["values"] == FORGOTTEN == values_of(LOOP, "keep")
    assert answer["wrong"] == ["loss", "g_w", "w"]
    assert [x["text"].strip() for x in answer["lines"] if x["wrong"]] == [
        "# w.grad = None  # ✗ wrong: is not set to zero",
        'print("loss =", loss)  # ✗',
        'print("g_w =", w.grad)  # ✗',
        'print("w =", w)  # ✗',
    ]


RIGHT = [("overwrite", "torch"), ("overwrite", "tensorflow")]
RIGHT += [("keep", language) for language in LANGUAGES if language != "torch"]


@pytest.mark.parametrize(("fault", "language"), RIGHT)
def test_code_that_cannot_make_the_fault_is_right_and_says_so(fault, language):
    answer = ask("code", LOOP, language=language, fault=fault)
    right = ask("code", LOOP, language=language)
    assert answer["values"] == right["values"]
    assert answer["text"].endswith(right["text"])
    assert answer["wrong"] == [] and not any(line["wrong"] for line in answer["lines"])
    assert "without the fault" in answer["notes"][0]["en"]
    assert "실수를 넣지 않은" in answer["notes"][0]["ko"]


def test_a_fault_that_changes_nothing_in_the_code_says_so():
    for language in ("python", "numpy"):
        answer = ask("code", CHAIN, language=language, fault="overwrite")
        assert answer["text"].endswith(ask("code", CHAIN, language=language)["text"])
        assert "changes nothing" in answer["notes"][0]["en"]


def test_paths_tell_what_overwriting_has_lost():
    answer = ask("counts", FAN, fault="overwrite")
    assert (answer["sum"], answer["adjoint"]) == (7.0, 3.0)
    assert answer["wrong"] == {"sum": False, "adjoint": True}
    assert answer["lost"]
    assert not any(path["wrong"]["part"] for path in answer["listed"])


@pytest.mark.parametrize("fault", ["overwrite", "keep"])
@pytest.mark.parametrize("turn", [0, 1, 2])
def test_exactly_the_numbers_of_paths_that_differ_are_marked(fault, turn):
    def at(**more):
        run = json.loads(trace({"source": LOOP, **more}, Limits()))["passes"][0]
        tick = run["first_tick"] + turn * (len(forms[0]["ticks"]) if forms else 0)
        return ask("counts", LOOP, tick=tick, **more)

    forms = []
    forms = json.loads(trace({"source": LOOP, "fault": fault}, Limits()))["graphs"]
    wrong = at(fault=fault)
    forms = json.loads(trace({"source": LOOP}, Limits()))["graphs"]
    right = at()
    for name in ("sum", "adjoint"):
        assert wrong["wrong"][name] == (wrong[name] != right[name])
    for path, other in zip(wrong["listed"], right["listed"], strict=True):
        assert path["wrong"]["part"] == (path["part"] != other["part"])
        differ = [x != y for x, y in zip(path["slopes"], other["slopes"], strict=True)]
        assert path["wrong"]["slopes"] == differ
    assert wrong["lost"] == (fault == "overwrite")
    assert wrong["wrong"]["adjoint"] == (
        fault == "overwrite" or turn > 1
    )  # until then only w.grad is wrong


def test_nothing_is_wrong_of_paths_that_no_fault_touches():
    answer = ask("counts", CHAIN, fault="overwrite")
    assert answer["wrong"] == {"sum": False, "adjoint": False}
    assert not answer["lost"]
