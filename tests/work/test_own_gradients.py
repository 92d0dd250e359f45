"""Gradient functions of a program elsewhere: on surfaces, in checks, as code."""

import numpy as np
import orjson
import pytest

from app.language.budget import Budget, Limits
from app.language.derivations import code
from app.language.errors import Refused
from app.language.run import gradients, trace
from app.work.gradchecks import gradchecks
from app.work.objective import ProgramObjective
from app.work.question import question
from app.work.training import Training

SOFTPLUS = """\
@tf.custom_gradient
def f(x):
    e = tf.exp(x)
    def grad(g):
        return g * (1 - 1 / (1 + e))
    return tf.math.log(1 + e), grad
w = tf.Variable({w}); b = tf.Variable({b})
with tf.GradientTape() as tape:
    loss = (f(w * 2.0 + b) - 1.0) ** 2
dw, db = tape.gradient(loss, [w, b])
w.assign_sub(0.1 * dw); b.assign_sub(0.1 * db)
"""
WRONG = SOFTPLUS.replace("(1 - 1 / (1 + e))", "(1 - 2 / (1 + e))")
BRANCH = SOFTPLUS.replace(
    "        return g", "        if g > 0.5: return g * 3.0\n        return g"
)
LEAVES = SOFTPLUS.replace("(1 - 1 / (1 + e))", "float(tf.sin(e))")
NUMBER = SOFTPLUS.replace("    e = tf.exp(x)", "    e = tf.exp(x); s = float(e) * 2").replace(
    "(1 - 1 / (1 + e))", "s"
)
TORCH = """\
import torch
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        half = torch.tanh(x)
        ctx.save_for_backward(y, half)
        ctx.two = 2.0
        return torch.round(x * 4) / 4, (x * y).sum()
    @staticmethod
    def backward(ctx, g, h):
        y, half = ctx.saved_tensors
        return (g * half * ctx.two + h * y).clamp(-1.5, 1.5), None
w = torch.tensor({w}, requires_grad=True); b = torch.tensor({b}, requires_grad=True)
p, q = F.apply(torch.stack([w, b]), torch.tensor([2.0, 3.0]))
loss = (p ** 2).sum() * 3 + q
loss.backward()
with torch.no_grad():
    w -= 0.1 * w.grad; b -= 0.1 * b.grad
"""
HOOKED = """\
import torch
w = torch.tensor({w}, requires_grad=True); b = torch.tensor({b}, requires_grad=True)
scale = w * 0 + 3.0
h = w * 2.0 + b
{hook}
loss = (h - 1.0) ** 2 + h * 0.5
loss.backward()
with torch.no_grad():
    w -= 0.1 * w.grad; b -= 0.1 * b.grad
"""
HOOKS = [
    "h.register_hook(lambda g: g * 10)",
    "h.register_hook(lambda g: g.clamp(-0.5, 0.5)); w.register_hook(lambda g: -g)",
    "h.register_hook(lambda g: g / g.abs() if g > 0.5 else None)",
    "h.register_hook(lambda g: g * b * scale.detach()); h.register_hook(lambda g: g + 1)",
    "b.register_hook(lambda g: torch.zeros_like(g))",
]
PLACES = [(0.7, 0.2), (-0.5, 0.1), (0.2, 1.5)]


PROGRAMS = [SOFTPLUS, WRONG, BRANCH, LEAVES, NUMBER, TORCH]
PROGRAMS += [HOOKED.replace("{hook}", hook) for hook in HOOKS]


@pytest.mark.parametrize("source", PROGRAMS)
def test_a_surface_has_the_gradients_that_the_program_has_there(source):
    training = Training({"source": source.format(w=0.7, b=0.2)}, Budget(Limits()))
    objective = ProgramObjective(training)
    order = [["w", "b"].index(name) for name in training.names]
    values, slopes = objective.value_and_grad(np.array(PLACES)[:, order])
    for (w, b), value, slope in zip(PLACES, values, slopes[:, order], strict=True):
        found = orjson.loads(gradients({"source": source.format(w=w, b=b)}, Limits()))
        assert value == pytest.approx(found["value"], rel=1e-5)
        assert slope == pytest.approx(list(found["gradients"].values()), rel=1e-4)


def test_a_surface_says_that_its_gradients_are_a_hooks():
    about = {"objective": {"source": HOOKED.format(w=0.7, b=0.2, hook=HOOKS[0])}}
    told = question(about, Budget(Limits())).as_json()
    assert "follow what it makes of it" in told["slice"]["words"]["en"]
    about = {"objective": {"source": HOOKED.format(w=0.7, b=0.2, hook="h.register_hook(print)")}}
    told = question(about, Budget(Limits())).as_json()
    assert "hook" not in told["slice"]["words"]["en"]


def test_a_check_tells_that_the_programs_gradient_function_is_another_slope():
    found = orjson.loads(gradchecks({"source": SOFTPLUS.format(w=0.7, b=0.2)}, Limits()))
    assert found["verdict"] == "fine"
    found = orjson.loads(gradchecks({"source": WRONG.format(w=0.7, b=0.2)}, Limits()))
    assert found["verdict"] == "wrong"
    assert "own gradient function gives another slope" in found["words"]["en"]
    entry = found["entries"][0]
    assert entry["analytic"] != pytest.approx(entry["best"]["numeric"], rel=0.1)


@pytest.mark.parametrize("source", [SOFTPLUS, TORCH])
def test_it_is_written_out_as_code_that_gives_its_numbers(source):
    request = {"source": source.format(w=0.7, b=0.2), "language": "numpy"}
    text = "\n".join(line["text"] for line in orjson.loads(code(request, Limits()))["lines"])
    scope = {}
    exec(text, scope)
    found = orjson.loads(gradients({"source": request["source"]}, Limits()))
    for name, value in found["gradients"].items():
        assert scope[f"g_{name}"] == pytest.approx(value, rel=1e-5)


ASKED = (
    BRANCH.replace("g > 0.5", "g > 5.0")
    .replace("Tape()", "Tape(persistent=True)")
    .replace(
        "w.assign_sub",
        "t = tape.gradient(loss, w, output_gradients=tf.constant(9.0))\nw.assign_sub",
    )
)
NESTED = """\
class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2.0
    @staticmethod
    def backward(ctx, g):
        return Twice.apply(g)
w = torch.tensor({w}, requires_grad=True)
g, = torch.autograd.grad(Twice.apply(w) * w * {b}, w, create_graph=True)
"""


@pytest.mark.parametrize("language", ["torch", "tensorflow"])
@pytest.mark.parametrize("source", [ASKED, NESTED])
def test_what_a_script_has_no_one_function_for_is_said(source, language):
    with pytest.raises(Refused) as told:
        code({"source": source.format(w=0.7, b=0.2), "language": language}, Limits())
    assert told.value.code == "unwritten_gradient"


def test_one_that_is_too_long_for_a_line_takes_several():
    long = SOFTPLUS.replace(
        "        return g", "        for _ in range(64): g = g + g * 0.01\n        return g"
    )
    request = {"source": long.format(w=0.7, b=0.2), "language": "python"}
    lines = orjson.loads(code(request, Limits()))["lines"]
    assert sum(line["kind"] == "backward" for line in lines) > 64
    scope = {}
    exec("\n".join(line["text"] for line in lines), scope)
    found = orjson.loads(gradients({"source": request["source"]}, Limits()))
    _, *parts = scope["derivative"](np.float32(0.7), np.float32(0.2))
    assert parts == pytest.approx(list(found["gradients"].values()), rel=1e-5)


HOOK = """\
import torch
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 2
y.register_hook({hook})
y.sum().backward()
"""


def test_a_hook_is_told_with_its_gradient():
    told = orjson.loads(trace({"source": HOOK.format(hook="lambda g: g * 10")}, Limits()))
    (graph,), (run,) = told["graphs"], told["passes"]
    assert [event["event"] for event in graph["events"]] == ["hook_changes"]
    y = next(node["id"] for node in graph["nodes"] if node["name"] == "y")
    assert graph["events"][0]["node"] == y
    assert run["gradient"][str(y)] == [[10, 10]]
    assert run["gradient"][str(graph["nodes"][0]["id"])] == [[20, 20]]
    seen = orjson.loads(trace({"source": HOOK.format(hook="print")}, Limits()))
    assert [event["event"] for event in seen["graphs"][0]["events"]] == ["hook"]


@pytest.mark.parametrize("language", ["python", "numpy", "torch", "tensorflow"])
def test_a_hook_of_a_pass_with_two_gradient_calls_is_in_no_script(language):
    again = "\n(v,) = torch.autograd.grad(y.sum(), y, retain_graph=True)\n"
    source = HOOK.format(hook="lambda g: g * 10") + again
    with pytest.raises(Refused) as told:
        code({"source": source, "language": language}, Limits())
    assert told.value.code == "hooked_gradient"
    assert code({"source": HOOK.format(hook="print"), "language": language}, Limits())


def test_a_check_says_that_it_is_of_the_gradient_before_hooks_change_it():
    changed, seen = (
        orjson.loads(gradchecks({"source": HOOK.format(hook=hook)}, Limits()))["words"]["en"]
        for hook in ("lambda g: g * 10", "print")
    )
    assert (
        changed == f"{seen} A hook of the program changes a gradient here: checked is what the "
        "rules give without it, not what .grad gets."
    )
