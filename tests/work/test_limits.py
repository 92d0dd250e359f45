"""Every job by every limit: what ends it, and what its reader is left with.

A worker that is killed from outside, with nothing left, is the wall behind these: test_pool.py.
"""

import time
from typing import Any

import orjson
import pytest

from app.language.budget import Limits
from app.work.frames import Kind
from app.work.jobs import JOBS
from app.work.limits import default_limits
from app.work.worker import Silent, perform

ENDLESS = """\
w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
while True:
    loss = (w * w).sum()
    loss.backward()
    with torch.no_grad():
        w -= 1e-9 * w.grad
        w.grad = None
"""
ONCE = "x = tf.Variable(2.0)\nwith tf.GradientTape() as t: y = x * x\ng = t.gradient(y, x)\n"
THEN = f"{ONCE}while True: pass"
MANY = """\
w = torch.ones(2, requires_grad=True)
x = w
for i in range({turns}): x = torch.sin(x)
x.sum().backward()
"""
LONG = """\
w = torch.ones(300, 300, requires_grad=True)
x = w
for i in range(200): x = torch.tanh(x @ w) / 300
x.sum().backward()
"""
BOWL = "(x - 1)**2 + sum([torch.sin(x * torch.ones(2000) * i).sum() for i in range(90)]) + y**2"
OBJECTIVE = {"source": BOWL, "parameters": ["x", "y"]}
BRANCHES = """\
x, y = (torch.tensor(float(v), requires_grad=True) for v in (1, 2))
for i in range(9):
    n = 0
    for k in range(900):
        n = n + 1 if x * k > y else n - 1
    loss = x * x + y * y * n
    loss.backward()
    with torch.no_grad():
        x -= 0.01 * x.grad; y -= 0.01 * y.grad
        x.grad = None; y.grad = None
"""
Rows = list[tuple[str, dict[str, Any], Limits, str, str]]
# far less than the work that waits, on any machine
SHORT, SECOND = (Limits(seconds=seconds, operations=10**9) for seconds in (0.3, 1.0))

# job, request, limits, the code of the diagnostic, and an expression of what is kept
TABLE: Rows = [
    ("trace", {"source": ENDLESS}, SHORT, "time", "a['passes'][0]['count'] > 0"),
    ("trace", {"source": THEN, "expand": [0, 3]}, SHORT, "time", "a['steps'][0]['tick'] == 0"),
    ("trace", {"source": THEN, "element": {"node": 1, "index": [], "tick": 1}}, SHORT, "time",
     "a['element']['value'] == 4.0"),
    ("trace", {"source": ENDLESS, "fault": "keep"}, SHORT, "time", "a['passes'][0]['count'] > 0"),
    ("trace", {"source": MANY.format(turns=900)}, Limits(), "nodes",
     "len(a['graphs'][0]['nodes']) == 600"),
    ("trace", {"source": ENDLESS}, Limits(trace=99_999), "trace", "a['passes'][0]['count'] > 9"),
    ("trace", {"source": ENDLESS}, Limits(operations=9_999), "operations", "a['passes']"),
    ("trace", {"source": f"{ONCE}while True: print(y)"}, Limits(output=999), "output",
     "len(a['stdout']) == 999 - 999 % len('tf.Tensor(4.0, shape=(), dtype=float32)\\n')"),
    ("trace", {"source": f"{ONCE}k = []\nwhile True: k = [k, k * 9, [0] * 9 ** 5]"},
     Limits(length=9), "length", "a['passes']"),
    ("gradients", {"source": ENDLESS}, SHORT, "time", "set(a) == {'status', 'diagnostic'}"),
    ("gradchecks", {"source": LONG}, SECOND, "time", "set(a) == {'status', 'diagnostic'}"),
    ("gradchecks", {"source": LONG}, Limits(arithmetic=9 * 10**9), "arithmetic", "True"),
    ("code", {"source": THEN, "language": "python"}, SHORT, "time", "'x * x' in a['text']"),
    ("code", {"source": THEN, "language": "torch"}, SHORT, "time", "'backward' in a['text']"),
    ("code", {"source": MANY.format(turns=900), "language": "numpy"}, Limits(), "nodes", "True"),
    ("counts", {"source": THEN}, SHORT, "time", "a['node'] is not None"),
    ("counts", {"source": MANY.format(turns=900)}, Limits(), "nodes", "True"),
    ("descents", {"objective": OBJECTIVE, "steps": 10_000}, SECOND, "time",
     "a['runs'][0]['status'] == 'cancelled' and a['runs'][0]['step'][0] == 0"),
    ("descents", {"objective": {"source": ENDLESS}}, SECOND, "time", "a['runs'][0]['position']"),
    ("descents", {"objective": {"source": BRANCHES}, "runs": [{"optimizer": "sgd"}]}, SECOND,
     "time", "a['runs'][0]['status'] == 'cancelled'"),
    ("descents", {"objective": {"function": "rosenbrock"}, "runs": [{"optimizer": "sgd"}] * 3},
     Limits(trace=20_000), "trace", "a['runs'][2]['step'] == [*range(65)]"),
    ("landscapes", {"objective": OBJECTIVE, "x": {"points": 200}, "y": {"points": 200}}, SECOND,
     "time", "len(a['z']) == 200 and a['z'][-1][-1] == 'NaN'"),
    ("landscapes", {"objective": {"source": BRANCHES}, "gradient": True}, SECOND, "time",
     "len(a['z']) == 61"),
]  # fmt: skip


@pytest.mark.parametrize(("job", "request_", "limits", "code", "kept"), TABLE)
def test_a_limit_is_a_result_with_a_sentence(job, request_, limits, code, kept):
    limited = default_limits() | {
        name: of for name, of in vars(limits).items() if of != getattr(Limits(), name)
    }
    begun = time.process_time()
    kind, body = perform(JOBS, {"job": job, "request": request_, "limits": limited}, Silent())
    assert time.process_time() - begun < limits.seconds + 2
    assert kind is Kind.RESULT, body
    answer = orjson.loads(body)
    assert (answer["status"], answer["diagnostic"]["code"]) == ("limit", code)
    assert answer["diagnostic"]["message"].endswith(".")
    assert eval(kept, {"a": answer, "len": len, "set": set}), answer.keys()


DEEP = {
    "zeros to the end": (
        "y = 0.0 * torch.relu(-w)\nfor i in range(590): y = y * 1.0\n(y * y).sum().backward()"
    ),
    "a factor of zero": "y = w * 0\nfor i in range(590): y = y * w\ny.sum().backward()",
    "nothing anywhere": (
        "ws = [torch.ones(2, requires_grad=True) for i in range(140)]\ny = w\n"
        "for one in ws: y = y + torch.floor(one.detach())\n"
        "g = torch.autograd.grad(y.sum(), ws, allow_unused=True)"
    ),
}


@pytest.mark.parametrize("name", DEEP)
def test_graphs_as_deep_as_can_be_drawn_are(name):
    """By no recursion, and not by the square of their size."""
    source = f"w = torch.ones(2, requires_grad=True)\n{DEEP[name]}"
    request = {"job": "trace", "request": {"source": source}, "limits": default_limits()}
    begun = time.process_time()
    kind, body = perform(JOBS, request, Silent())
    assert kind is Kind.RESULT and orjson.loads(body)["status"] == "ok", body[:2000]
    assert time.process_time() - begun < 10


def test_every_job_is_in_the_table():
    assert {job for job, *_ in TABLE} | {"descents.stream"} == set(JOBS)
