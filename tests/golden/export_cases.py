"""What is exported and run elsewhere: the seeds, programs, every primitive, and its numbers.

Stored as exports/<family>.json: name -> language -> `{"text", "values"}`.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from cases import read  # noqa: E402
from table import CONDITION, arrays  # noqa: E402

from app.engine import OPS, Recording, Tensor, gradients, record  # noqa: E402
from app.language.budget import Limits  # noqa: E402
from app.language.run import execute  # noqa: E402
from app.story.courses import Passes  # noqa: E402
from app.story.export import export  # noqa: E402
from app.story.trace import Trace  # noqa: E402
from app.story.updates import Course  # noqa: E402
from app.story.written import TITLES, Unspoken  # noqa: E402

WHOLE = {*CONDITION, "prelu", "flat_in"}  # whose operands are never numbers of Python's
SEEDS = HERE.parent / "language" / "seeds"
PROGRAMS = {
    "batches": """\
X = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
y = 3.0 * X - 1.0
w = torch.zeros(1, 1, requires_grad=True)
for places in ([0, 2], [1, 3], [3, 0]):
    loss = ((X[places] @ w - y[places]) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.05 * w.grad
        w.grad = None
""",
    "stopped": """\
x = tf.Variable(2.0)
c = tf.constant(3.0)
with tf.GradientTape() as tape:
    early = c * c
    tape.watch(c)
    y = x * x
    with tape.stop_recording():
        z = x * 5.0
    w = y + z + early * c
print(tape.gradient(w, [x, c]))
""",
    "forgotten": """\
x = tf.Variable(2.0)
with tf.GradientTape(persistent=True) as tape:
    y = x * x
    tape.reset()
    z = x * y
print(tape.gradient(z, x), tape.gradient(y, x))
""",
    "nothing": """\
x = tf.Variable(2.0)
with tf.GradientTape() as tape:
    y = x
print(tape.gradient(y, x))
""",
    "whole": """\
x, y = np.array([1, 4, 9]), np.array([2, 3, 1])
a, b, c = np.sqrt(x), x @ y, np.exp(-1) + np.log(8)
z = a * b + c + x / y + x ** 0.5 + np.mean(x)
print(z)
""",
    "hooks": """\
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
c = torch.tensor([3.0, 4.0])
y.register_hook(lambda g: g * 10)
y.register_hook(lambda g: g + y * c)
x.register_hook(lambda g: g.clamp(max=60.0))
z = (y * y).sum()
z.backward()
""",
    "hook_loop": """\
w = torch.tensor([1.0, -2.0], requires_grad=True)
w.register_hook(lambda g: g / g.norm())
optimizer = torch.optim.SGD([w], lr=0.1)
for i in range(3):
    optimizer.zero_grad()
    loss = ((w - 3.0) ** 2).sum()
    loss.backward()
    optimizer.step()
""",
    "read_later": """\
w = torch.tensor([1.0, -2.0], requires_grad=True)
total = 0.0
for epoch in range(2):
    for i in range(2):
        l = (w - i) ** 2
        l.sum().backward()
        with torch.no_grad():
            w -= 0.1 * w.grad
            w.grad.zero_()
        total += float(l.sum()) / 4
""",
    "one_row": """\
w = torch.tensor([1.0, 2.0], requires_grad=True)
rows = torch.stack([w])
both = torch.cat([rows], dim=0)
both.sum().backward()
""",
    "loop": """\
w = torch.tensor([1.0, -2.0], requires_grad=True)
x = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
y = torch.tensor([1.0, 2.0, 3.0])
for i in range(5):
    loss = ((x @ w - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.01 * w.grad
        w.grad.zero_()
""",
    "discards": """\
w = torch.tensor([1.0, -2.0], requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
for i in range(4):
    optimizer.zero_grad()
    loss = ((w - 3.0) ** 2).sum()
    loss.backward()
    optimizer.step()
""",
    "forgets": """\
w = torch.tensor([1.0, 2.0], requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
for i in range(4):
    loss = (w ** 2).sum()
    loss.backward()
    optimizer.step()
""",
    "accumulates": """\
w = torch.tensor(1.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.125)
for i in range(3):
    optimizer.zero_grad()
    for x in (1.0, 2.0):
        loss = (w * x - 3.0) ** 2
        loss.backward()
    optimizer.step()
""",
    "other": """\
w = torch.tensor([1.0, -2.0], requires_grad=True)
for i in range(3):
    loss = (w * w).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.01 * torch.sign(w.grad)
    w.grad = None
""",
    "types": """\
k = np.array([[0, 1], [1, 1], [2, 0]])
w = np.array([0.5, 1.5])
half = np.array([0.25, -0.5], dtype=np.float32)
far = k @ w > 1
loss = np.mean((k - w) * half) + np.exp(k).sum() + (far * (k @ w)).sum() + np.std(k)
loss = loss + (k[:, 0] > 0.5).sum() + np.maximum(k, 0.5).mean() + np.concatenate([w, k[0]]).sum()
""",
    "detached": """\
x = torch.tensor(2.0, requires_grad=True)
y = x * x
z = (y.detach() * x + y) * 3
z.backward()
""",
    "number": """\
x = torch.tensor(2.0, requires_grad=True)
import math
y = x * x.item() + x * math.sin(float(x)) * math.sqrt(x.item() * 0.5 + 1)
y.backward()
""",
    "no_grad": """\
x = torch.tensor([2.0, 3.0], requires_grad=True)
with torch.no_grad():
    half = x * 0.5
out = (half * x).sum()
out.backward()
""",
    "seeded": """\
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x ** 3
y.backward(torch.tensor([1.0, 0.5, -2.0]))
""",
    "twice": """\
x = torch.tensor(2.0, requires_grad=True)
y = x ** 3 + torch.exp(x)
g, = torch.autograd.grad(y, x, create_graph=True)
h, = torch.autograd.grad(g, x)
""",
    "far": """\
x = torch.tensor([float("inf"), 2.0], requires_grad=True)
g, = torch.autograd.grad(torch.nn.functional.leaky_relu(x).sum(), x, create_graph=True)
(g ** 2).sum().backward()
""",
    "watched": """\
x = tf.constant([1.0, 2.0])
c = tf.constant(3.0)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.reduce_sum(tf.sin(x) * c)
g = tape.gradient(y, [x, c])
""",
    "middle": """\
x = tf.Variable(2.0)
with tf.GradientTape() as tape:
    y = x * x
    z = tf.exp(y) * 0.1
g = tape.gradient(z, [y, x])
""",
    "keras": """\
w = tf.Variable([[0.5], [-0.25]])
x = tf.constant([[1.0, 2.0], [3.0, -1.0], [0.5, 0.25]])
y = tf.constant([[1.0], [0.0], [1.0]])
with tf.GradientTape() as tape:
    p = tf.sigmoid(x @ w)
    loss = tf.keras.losses.Huber()(y, x @ w) + tf.keras.losses.BinaryCrossentropy()(y, p)
g = tape.gradient(loss, w)
""",
    "kinks": """\
import torch.nn.functional as F
x = torch.tensor([-1.5, 0.5, 2.5], requires_grad=True)
y = F.relu6(x) + F.elu(x) + F.softplus(x) + F.huber_loss(x, torch.zeros(3), reduction="none")
z = torch.clamp(x, -1.0, 2.0).sum() + torch.maximum(x, torch.tensor(0.25)).prod() + x.abs().sum()
(y.sum() + z + F.l1_loss(x, torch.ones(3)) + F.selu(x).max()).backward()
""",
    "image": """\
import torch.nn.functional as F
x = torch.arange(16.0).reshape(1, 1, 4, 4).sin().requires_grad_()
k = torch.tensor([[[[1.0, -0.5], [0.25, 2.0]]]], requires_grad=True)
h = F.max_pool2d(F.conv2d(x, k, padding=1) ** 2, 2)
y = (h[0, 0, 1:] ** 2).sum() + x[0, 0, [0, 2], 1].prod()
g, = torch.autograd.grad(y, x, create_graph=True)
(g ** 2).sum().backward()
""",
    "double": "x = tf.Variable([1.0, 2.0], dtype=tf.float64)\nwith tf.GradientTape() as t:\n"
    "    y = tf.reduce_mean(x / (1.0 + tf.exp(-x)), axis=0)\ng = t.gradient(y, x)\n",
}


TORCH_STEPS = """\
w = torch.tensor([1.0, -2.0], requires_grad=True)
b = torch.tensor(0.5, requires_grad=True)
optimizer = OPTIMIZER
for i in range(4):
    optimizer.zero_grad()
    loss = ((w * w * b - 3.0) ** 2).sum()
    loss.backward()
    optimizer.step()
"""
KERAS_STEPS = """\
K = tf.keras.optimizers
w = tf.Variable([1.0, -2.0])
b = tf.Variable(0.5)
optimizer = OPTIMIZER
for i in range(4):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((w * w * b - 3.0) ** 2)
    g = tape.gradient(loss, [w, b])
    optimizer.apply_gradients(zip(g, [w, b]))
"""
MADE = {
    "sgd_momentum": "torch.optim.SGD([w, b], lr=0.01, momentum=0.9, weight_decay=0.01)",
    "sgd_damped": "torch.optim.SGD([w, b], lr=0.01, momentum=0.9, dampening=0.5)",
    "sgd_nesterov": "torch.optim.SGD([w, b], lr=0.01, momentum=0.9, nesterov=True)",
    "adagrad": "torch.optim.Adagrad([w, b], 0.1, lr_decay=0.1, initial_accumulator_value=0.5)",
    "rmsprop": "torch.optim.RMSprop([w, b], lr=0.01, momentum=0.5, centered=True)",
    "adam": "torch.optim.Adam([w, b], lr=0.1, betas=(0.8, 0.99), weight_decay=0.1)",
    "amsgrad": "torch.optim.Adam([w, b], lr=0.1, amsgrad=True, maximize=True)",
    "adamw": "torch.optim.AdamW([{'params': [w], 'lr': 0.1}, {'params': [b]}], lr=0.02)",
    "keras_sgd": "tf.keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True)",
    "keras_momentum": "tf.keras.optimizers.SGD(0.01, momentum=0.9)",
    "keras_adagrad": "tf.keras.optimizers.Adagrad(0.1)",
    "keras_rmsprop": "tf.keras.optimizers.RMSprop(0.01, momentum=0.5, centered=True)",
    "keras_adam": "tf.keras.optimizers.Adam(0.1, beta_2=0.99)",
    "keras_adamw": "tf.keras.optimizers.AdamW(0.1, 0.1, beta_2=0.99, amsgrad=True)",
    "adadelta": "torch.optim.Adadelta([w, b], rho=0.8, weight_decay=0.1)",
    "adamax": "torch.optim.Adamax([w, b], lr=0.1, betas=(0.8, 0.9))",
    "nadam": "torch.optim.NAdam([w, b], lr=0.1, momentum_decay=0.5)",
    "nadam_apart": "torch.optim.NAdam([w, b], lr=0.1, weight_decay=0.1, "
    "decoupled_weight_decay=True)",
    "radam": "torch.optim.RAdam([w, b], lr=0.1, betas=(0.9, 0.5), weight_decay=0.1)",
    "radam_apart": "torch.optim.RAdam([w, b], lr=0.1, betas=(0.8, 0.9), weight_decay=0.1, "
    "decoupled_weight_decay=True)",
    "asgd": "torch.optim.ASGD([w, b], lr=0.01, lambd=0.1, alpha=0.5, t0=1)",
    "rprop": "torch.optim.Rprop([w, b], lr=0.5, etas=(0.25, 1.5))",
    "keras_adadelta": "tf.keras.optimizers.Adadelta(0.5, rho=0.8)",
    "keras_adamax": "tf.keras.optimizers.Adamax(0.1, beta_2=0.9)",
    "keras_nadam": "tf.keras.optimizers.Nadam(0.1, beta_2=0.9)",
    "keras_lion": "tf.keras.optimizers.Lion(0.1, beta_1=0.8)",
    "keras_ftrl": "tf.keras.optimizers.Ftrl(0.1, beta=0.1, l1_regularization_strength=0.01, "
    "l2_regularization_strength=0.1, l2_shrinkage_regularization_strength=0.05)",
    "keras_decay": "K.Adam(K.schedules.ExponentialDecay(0.1, 2, 0.5))",
}
SCHEDULED = """\
w = torch.tensor([1.0, -2.0], requires_grad=True)
optimizer = torch.optim.RATED
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.1)
for i in range(5):
    optimizer.zero_grad()
    loss = ((w - 3.0) ** 2).sum()
    loss.backward()
    optimizer.step()
    scheduler.step()
"""
PROGRAMS |= {
    name: (KERAS_STEPS if "keras" in name else TORCH_STEPS).replace("OPTIMIZER", made)
    for name, made in MADE.items()
}
PROGRAMS |= {
    "scheduled": SCHEDULED.replace("RATED", "SGD([w], lr=0.1)"),
    "scheduled_adam": SCHEDULED.replace("RATED", "Adam([w], lr=0.1)"),
}


OWN_SOFTPLUS = """\
@tf.custom_gradient
def softplus(x):
    e = tf.exp(x)
    def grad(g):
        BODY
    return tf.math.log(1 + e), grad
w = tf.Variable([0.5, -0.25])
b = tf.Variable(0.25)
for i in range(3):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((softplus(w * 2.0 + b) - 1.0) ** 2)
    dw, db = tape.gradient(loss, [w, b])
    w.assign_sub(0.1 * dw)
    b.assign_sub(0.1 * db)
"""
OWN_TORCH = """\
class Own(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        FORWARD
    @staticmethod
    def backward(ctx, *g):
        BACKWARD
w = torch.tensor([0.5, -0.25, 2.0], requires_grad=True)
b = torch.tensor(0.5, requires_grad=True)
optimizer = torch.optim.Adam([w, b], lr=0.1)
for i in range(3):
    optimizer.zero_grad()
    LOSS
    loss.backward()
    optimizer.step()
"""
SAVED = "ctx.save_for_backward(x, y)"
OWN = {  # forward, backward, loss
    "straight": (
        "return torch.sign(x)",
        "return g[0], None",
        "loss = (Own.apply(w, None) - b).pow(2).sum() + Own.apply(b, 2.0) * w.sum()",
    ),
    "stretched": (
        f"{SAVED}; ctx.two = 2.0; return x * y",
        "x, y = ctx.saved_tensors; return g[0] * y * ctx.two, (g[0] * x).sum() + torch.tensor(0.5)",
        "loss = Own.apply(w, b).sum() + Own.apply(b * w, b).exp().sum()",
    ),
    "several": (
        f"{SAVED}; return torch.round(x * 4) / 4, (x * y).sum()",
        "x, y = ctx.saved_tensors; return (g[0] * 2.0 + g[1] * y).clamp(-1.5, 1.5), None",
        "p, q = Own.apply(w, torch.tensor([2.0, 3.0, 4.0])); loss = (p ** 2).sum() * b + q",
    ),
    "result": (
        "z = torch.tanh(x); h = z * y; ctx.save_for_backward(z, h); return z, h",
        "z, h = ctx.saved_tensors; return g[0] * (1 - z * z) + h, g[1] * z * h",
        "p, q = Own.apply(w, w * b); loss = (p * 2.0 + q).sum()",
    ),
    "same": (
        "ctx.save_for_backward(x); return x.clone()",
        "x, = ctx.saved_tensors; return g[0] * x, -g[0] / 3",
        "loss = Own.apply(w, w).sum() * b",
    ),
    "long": (
        f"{SAVED}; return x * y",
        "x, y = ctx.saved_tensors; h = g[0] * y\n"
        "        for _ in range(30): h = h + h * torch.tensor(0.01)\n"
        "        return h, (h * x).sum()",
        "loss = (Own.apply(w, b) ** 2).sum() + Own.apply(w * 2.0, b).sum()",
    ),
    "mean": (
        "m = x.mean(dim=0, keepdim=True); s = (x > m).float(); ctx.save_for_backward(s, m); "
        "return x @ x",
        "s, m = ctx.saved_tensors; return torch.where(s > 0, g[0] * m, s - 0.25), None",
        "loss = Own.apply(w * b, None)",
    ),
}
PROGRAMS |= {
    f"own_{name}": OWN_TORCH.replace("FORWARD", forward)
    .replace("BACKWARD", backward)
    .replace("LOSS", loss)
    for name, (forward, backward, loss) in OWN.items()
} | {
    f"own_{name}": OWN_SOFTPLUS.replace("BODY", body)
    for name, body in {
        "softplus": "return g * (1 - 1 / (1 + e))",
        "branch": "return g * 3.0 if tf.reduce_sum(g) > 0.0 else -g * e",
        "number": "return g * float(tf.reduce_sum(tf.sin(e)))",
    }.items()
}
PROGRAMS["own_outer"] = """\
@tf.custom_gradient
def log1pexp(x):
    e = tf.exp(x)
    def grad(upstream):
        return upstream * (1 - 1 / (1 + e))
    return tf.math.log(1 + e), grad
x = tf.Variable(0.75)
with tf.GradientTape() as outer:
    with tf.GradientTape() as inner:
        y = log1pexp(x)
    dy = inner.gradient(y, x)
print(dy, outer.gradient(dy, x))
"""
PROGRAMS["unwatched"] = """\
x = tf.constant(2.0)
with tf.GradientTape() as tape:
    y = x * 3.0
print(tape.gradient(y, x))
"""
PROGRAMS["own_twice"] = """\
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 3
    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return g * 4.0 * x ** 2
x = torch.tensor([2.0, -1.0], requires_grad=True)
g, = torch.autograd.grad(Cube.apply(x).sum(), x, create_graph=True)
(g * g).sum().backward()
"""


def courses_of(source: str) -> list[Course]:
    passes = Passes()
    run = execute({"source": source}, Limits(seconds=300.0), watch=passes.watch, drawn=False)
    assert run.problem is None, run.problem
    return passes.courses


def later() -> dict[str, Course]:
    """The third pass of each program of an optimizer, alone: it begins with what the optimizer
    remembers by then."""
    found = {}
    for name in MADE:
        told: list[Any] = []
        passes = Passes()
        execute(
            {"source": PROGRAMS[name]},
            Limits(),
            watch=lambda one, told=told, passes=passes: (told.append(one), passes.watch(one)),
            drawn=False,
        )
        third = [one for one in told if one.calls][2]
        found[f"{name}.later"] = passes.courses[-1].of(third)
    return found


def case_of(row: dict[str, Any]) -> dict[str, Any]:
    """The case of an operation that is exported: its last, but not at a kink if it can be."""
    return next((one for one in reversed(row["cases"]) if not one["flat"]), row["cases"][-1])


def course_of_op(name: str, case: dict[str, Any], number: int | None = None) -> Course:
    """One operation as a pass of its own, differentiated where it can be.

    number: the input that is a number of Python's instead of a tensor."""
    passes = Passes()
    trace = Trace(watch=passes.watch, drawn=False)
    leaves = [Tensor(x, tracked=x.dtype.kind == "f") for x in arrays(case)]
    if name in CONDITION:  # elsewhere conditions are truth values
        leaves[CONDITION[name]] = Tensor(leaves[CONDITION[name]].data > 0)
    for letter, leaf in zip("abcdefgh", leaves, strict=False):
        leaf.origin = (letter, [1, 1, 1, 2])
    if number is not None:
        leaves[number] = 0.5
    with record(Recording.EVERYTHING):
        result = OPS[name](*leaves, *read(case["settings"]))
    trace.recorder.operation(result, True)
    if result.tracked:
        upstream = np.array(case["upstream"])[()] if number is None else np.ones(result.shape)[()]
        pairs = [(result, upstream)]
        tensors = [leaf for leaf in leaves if isinstance(leaf, Tensor)]
        call = trace.recorder.call("backward", pairs, tensors)
        gradients(pairs, listener=trace.recorder.listener(call))
    trace.recorder.end()
    return passes.courses[0]


def families(named: list[str]) -> Iterator[tuple[str, dict[str, Course]]]:
    """Everything that is exported, or what is named of it: seeds, programs, and the operations
    family by family."""
    seeds = sorted(SEEDS.glob("*.txt"))
    sources = {path.name.partition(".")[0]: path.read_text(encoding="utf-8") for path in seeds}
    for family, texts in (("seeds", sources), ("programs", PROGRAMS)):
        if named and family not in named:
            continue
        found = {
            f"{name}.{i}": course
            for name, source in texts.items()
            for i, course in enumerate(courses_of(source))
        }
        yield family, found | (later() if family == "programs" else {})
    for path in sorted((HERE / "operations").glob("*.json")):
        if named and path.stem not in named:
            continue
        yield path.stem, dict(of_operations(json.loads(path.read_text())))


def of_operations(rows: dict[str, Any]) -> Iterator[tuple[str, Course]]:
    """Each operation of a family, and each with a Python number for one of its two operands."""
    for name, row in rows.items():
        if not row["cases"]:
            continue
        case = case_of(row)
        yield f"op.{name}", course_of_op(name, case)
        if len(case["inputs"]) == 2 and OPS[name].elementwise and name not in WHOLE:
            for slot in (0, 1):
                if all(not np.ndim(one) or i == slot for i, one in enumerate(case["inputs"])):
                    continue
                try:
                    yield f"number.{name}.{slot}", course_of_op(name, case, slot)
                except (AttributeError, IndexError):
                    continue  # an operation whose own operand must be an array


def text_of(course: Course, language: str) -> str | None:
    """The script, None where the language lacks an operation."""
    try:
        return "".join(f"{line.text}\n" for line in export(course, language).lines)
    except Unspoken:
        return None


if __name__ == "__main__":
    for family, courses in families(sys.argv[1:]):
        table: dict[str, Any] = {}
        for name, course in courses.items():
            texts = {language: text_of(course, language) for language in TITLES}
            table[name] = {x: text and {"text": text, "values": None} for x, text in texts.items()}
        (HERE / "exports" / f"{family}.json").write_text(json.dumps(table))
