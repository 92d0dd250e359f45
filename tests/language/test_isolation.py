"""A run leaves nothing behind: whatever it ended in, the next in its process is as the first."""

import contextvars
import threading

import numpy as np
import pytest

from app.engine import Recording, fault, open_tapes, recording
from app.language.budget import Limits
from app.language.errors import Refused
from app.language.run import trace

PROGRAMS = {
    "tensorflow": """w = tf.Variable(2.0)
with tf.GradientTape() as tape:
    y = w * w
g = tape.gradient(y, w)
print(g, w * 2)
""",
    "torch": """w = torch.tensor(2.0, requires_grad=True)
y = (w * 2) ** 2
y.backward()
print(w.grad, (w * 2).requires_grad, torch.rand(2))
""",
    "chance": "import random\nprint(random.random(), random.gauss(0, 1))",
}
ENDINGS = {
    "an error in a tape": "with tf.GradientTape() as t:\n    1 / 0",
    "an error in nested tapes": (
        "with tf.GradientTape() as t, tf.GradientTape() as s:\n"
        "    with s.stop_recording():\n        tf.ones(2) @ tf.ones(3)"
    ),
    "an error in no_grad": "with torch.no_grad():\n    torch.ones(2) + torch.ones(3)",
    "an error in a backward": "(torch.ones(2, requires_grad=True) * 2).backward()",
    "an error in a decorated function": ("@torch.no_grad()\ndef f(x):\n    return x / 0\nf(1)"),
    "recursion in a tape": "def f(x):\n    return f(x)\nwith tf.GradientTape():\n    f(1)",
    "a limit in a tape": "with tf.GradientTape():\n    while True:\n        tf.ones(2) * 2.0",
    "a limit in no_grad": "with torch.no_grad():\n    torch.ones(10**6, 10**6)",
    "a limit of nodes in a tape": (
        "w = tf.Variable(1.0)\nwith tf.GradientTape():\n"
        "    for i in range(250):\n        w = w * 1.0"
    ),
    "a seed": (
        "torch.manual_seed(7); tf.random.set_seed(7); np.random.seed(7)\n"
        "import random\nrandom.seed(7)"
    ),
    "an exit in a loop": "for i in range(3):\n    with torch.no_grad():\n        break",
    "a refusal": "import os",
}


def quiet() -> bool:
    """Whether nothing is open here."""
    return (
        recording.get() is Recording.TRACKED
        and open_tapes.get() == ()
        and fault.get() is None
        and np.geterr()["divide"] == "warn"
    )


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_the_next_run_is_as_the_first(ending, program):
    limits = Limits(operations=2_000, nodes=200)
    first = trace({"source": program}, limits)
    for fails in (None, "keep"):
        try:
            trace({"source": ending, "fault": fails}, limits)
        except Refused:
            assert ending == ENDINGS["a refusal"]
        assert quiet()
    assert trace({"source": program}, limits) == first


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_runs_in_threads_and_contexts_are_as_the_first(program):
    request, limits = {"source": program}, Limits()
    first = trace(request, limits)
    assert contextvars.copy_context().run(trace, request, limits) == first
    found: list[bytes] = []
    barrier = threading.Barrier(3, timeout=60)

    def work(source: str) -> None:
        barrier.wait()
        for _ in range(5):
            answer = trace({"source": source}, limits)
            if source == program:
                found.append(answer)

    other = next(one for one in PROGRAMS.values() if one != program)
    threads = [threading.Thread(target=work, args=(one,)) for one in (program, program, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [first] * 10
