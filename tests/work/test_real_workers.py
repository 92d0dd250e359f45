"""Workers as they are in a server: equal in what they answer, and walled in one by one."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from sections import sections

from app.work.errors import Declined, Fault
from app.work.limits import default_limits
from app.work.pool import Pool
from app.work.process import COMMAND

LIMITS = default_limits()
SEEDS = Path(__file__).parents[1] / "language" / "seeds"
PROGRAMS = {path.stem: path.read_text() for path in sorted(SEEDS.iterdir())} | {
    "texts in sets": "print({'b', 'a', 'c'}, {'x': {'q', 'p'}}, set('hello') - {'l'})",
    "random numbers": "print(np.random.rand(3), torch.randn(2), tf.random.normal([2]), np.pi)",
    "objects": "class A: pass\nprint(A(), [A], len, (lambda: 0), iter([1]), torch, {}.items())",
    "keys": "d = {}\nfor k in ['b', 'a', 1, (1, 'x')]: d[k] = len(d)\nprint(d, sorted({'b', 'a'}))",
    "an error": "x = torch.ones(2)\ny = x @ torch.ones(3)",
    "what NumPy loads when asked": "print(np.unique(np.array([2, 1, 2])), np.unique([0.5]))",
    "an option that is not here": "x = np.sum(np.ones(2), initial=1)",
}
TRAINED = """\
w = torch.tensor(1.0, requires_grad=True)
for i in range(1500):
    loss = (w * 3.0 - 1.0) ** 2
    loss.backward()
    with torch.no_grad():
        w -= 0.01 * w.grad
        w.grad = None
"""
# What takes gigabytes where it is made before it is charged.
BIG = """\
x = np.ones((50000, 1)) @ np.ones((1, 50000))
x = torch.ones(50000, 1).matmul(torch.ones(1, 50000))
x = tf.matmul(tf.ones((50000, 1)), tf.ones((1, 50000)))
x = torch.ones(40000, 1) + torch.ones(1, 40000)
x = tf.ones((40000, 1)) * tf.ones((1, 40000))
x = np.maximum(np.ones((40000, 1)), np.ones(40000))
x = np.outer(np.ones(40000), np.ones(40000))
x = np.repeat(np.ones(1000), 10 ** 6)
x = tf.repeat(tf.ones(1000), 10 ** 6)
x = torch.ones(1000).repeat(1000, 1000)
x = np.tile(np.ones(1000), (1000, 1000))
x = tf.tile(tf.ones(1000), [10 ** 6])
x = np.pad(np.ones(2), 10 ** 9)
x = torch.nn.functional.pad(torch.ones(2), (10 ** 9, 0))
x = tf.pad(tf.ones((2, 2)), [[50000, 0], [50000, 0]])
x = torch.nn.functional.conv2d(torch.ones(1, 1, 1, 1), torch.ones(1, 1, 1, 1), padding=20000)
x = torch.einsum('i,j->ij', torch.ones(40000), torch.ones(40000))
x = np.einsum('i,j,k->ijk', np.ones(1000), np.ones(1000), np.ones(1000))
x = tf.one_hot(tf.range(1000), 10 ** 6)
x = torch.nn.functional.one_hot(torch.arange(1000), 10 ** 6)
x = np.eye(40000)
x = tf.eye(40000)
x = torch.eye(40000)
x = np.diag(np.ones(40000))
x = np.linspace(0, 1, 10 ** 9)
x = np.arange(10 ** 9)
x = torch.arange(0, 1, 1e-9)
x = tf.range(10 ** 9)
x = np.random.rand(40000, 40000)
x = torch.stack([torch.ones(10 ** 6)] * 1000)
x = np.concatenate([np.ones(10 ** 6)] * 1000)
x = np.ones((1000, 1000))[[0] * 10 ** 5].cumsum()
x = np.broadcast_to(np.ones(1000), (1000, 1000, 1000)) + 1.0
x = torch.nn.Linear(40000, 40000)
x = torch.nn.Embedding(10 ** 6, 1000)
x = torch.tensor([[0.0] * 50000] * 50000)
x = 'a' * 10 ** 9
x = ('a' * 90000).replace('a', 'b' * 90000)
x = ','.join(['a' * 90000] * 90000)
x = 'a'.center(10 ** 9)
x = 'a'.ljust(10 ** 9)
x = '1'.zfill(10 ** 9)
x = '%1000000000d' % 1
x = f'{1:>1000000000}'
x = '{:{}}'.format(1, 10 ** 9)
x = format(1.5, '.1000000000f')
x = [0] * 10 ** 9
x = (0,) * 10 ** 9
x = [0, 1] * 10 ** 5 + [0] * 10 ** 9
x = list(range(10 ** 9))
x = tuple(range(10 ** 9))
x = dict(zip(range(10 ** 9), range(10 ** 9)))
x = set(range(10 ** 9))
x = [i for i in range(10 ** 9)]
x = sorted(range(10 ** 9))
x = str([['a' * 90000] * 90000] * 90000)
x = 2 ** 10 ** 10
x = 10 ** 10 ** 9
x = 1 << 10 ** 10
x = math.factorial(10 ** 7)
x = int('9' * 10 ** 5)
x = str(10 ** 4000)
x = pow(3, 10 ** 9)
n = 3\\nfor i in range(60): n *= n
""".splitlines()
DEEP = """\
def f(n):
    for i in range(1):
        if n > 0:
            return max([1 + f(n - 1) for j in range(1)])
    return 0
print(f(97))
"""  # a call within the call, in blocks and brackets
MOST = 100 * 1024  # kB that a worker may grow by: what 10^6 numbers take, a few times


def peak(pid: int) -> int:
    """The most memory that a process has had so far, in kB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


async def kept_apart() -> dict[str, Any]:
    """What two workers answer, and what becomes of them."""
    found: dict[str, Any] = {}
    pools = [Pool(1, command=COMMAND) for _ in range(2)]
    for pool in pools:
        await pool.start()
    try:
        requests = {name: {"source": source} for name, source in PROGRAMS.items()}
        one, two = pools
        found["first"] = {k: await one.run("trace", r, LIMITS) for k, r in requests.items()}
        found["second"] = {k: await two.run("trace", r, LIMITS) for k, r in requests.items()}
        again = [{k: await one.run("trace", r, LIMITS)} for k, r in reversed(requests.items())]
        found["again"] = {k: answer for one_answer in again for k, answer in one_answer.items()}

        (pid,) = one.pids
        before, found["grown"] = peak(pid), {}
        for source in BIG:
            told = orjson.loads(
                await one.run("trace", {"source": source.replace("\\n", "\n")}, LIMITS)
            )
            grown = peak(pid) - before
            found["grown"][source] = (told["status"], told["diagnostic"], grown)
        found["same worker"] = one.pids == [pid] and not one.replaced

        found["deep"] = orjson.loads(await one.run("trace", {"source": DEEP}, LIMITS))

        started = asyncio.Event()
        (victim,) = two.pids
        job = asyncio.create_task(
            two.run("trace", {"source": TRAINED}, LIMITS, lambda told: started.set())
        )
        await started.wait()
        os.kill(victim, signal.SIGKILL)
        found["after the kill"] = await job
        found["undisturbed"] = await one.run("trace", {"source": TRAINED}, LIMITS)
        found["replaced"] = victim not in two.pids
    finally:
        for pool in pools:
            await pool.stop()
    return found


@pytest.fixture(scope="module")
def workers(run) -> dict[str, Any]:
    return run(kept_apart())


@pytest.mark.parametrize("name", PROGRAMS)
def test_workers_answer_alike_whatever_ran_before(workers, name):
    """Each has a hash seed of its own; the first is asked again in the reverse order."""
    assert workers["first"][name] == workers["second"][name] == workers["again"][name]


async def behind_the_door() -> list[str]:
    """The programs of tests/language/cases that a worker cannot carry out to an answer of its own:
    what is loaded or opened by the way is not there any more."""
    found = []
    pool = Pool(1, command=COMMAND)
    await pool.start()
    try:
        for path in sorted((SEEDS.parent / "cases").glob("*.txt")):
            for title, source in sections(path):
                try:
                    await pool.run("gradients", {"source": source}, LIMITS)
                except Declined:
                    pass
                except Fault as problem:
                    found.append(f"{path.stem}: {title}: {problem}")
    finally:
        await pool.stop()
    return found


def test_every_program_of_the_cases_is_answered_by_a_worker(run):
    assert run(behind_the_door()) == []


@pytest.mark.parametrize("source", BIG)
def test_what_is_big_is_refused_before_memory_grows(workers, source):
    status, diagnostic, grown = workers["grown"][source]
    assert status in ("limit", "error") and diagnostic["span"]
    assert diagnostic["code"] not in ("not_here", "attribute", "name")  # it would have been big
    assert grown < MOST


def test_calls_go_as_deep_as_the_limit_says(workers):
    assert workers["deep"]["diagnostic"] is None
    assert workers["deep"]["stdout"] == "97\n"


def test_no_big_program_ends_a_worker(workers):
    assert workers["same worker"]


def test_a_killed_worker_is_replaced_and_its_request_answered(workers):
    assert workers["replaced"]
    assert workers["after the kill"] == workers["undisturbed"]
    assert orjson.loads(workers["undisturbed"])["passes"][0]["count"] == 1500


HOARD = """\
xs = []
xs.append(xs)
for i in range(40): xs.append(torch.ones(1000, 1000) * 2)
# {}
"""


def test_a_program_leaves_no_memory_behind(run):
    """Each takes a third of a worker's, and holds it in a circle."""

    async def body():
        pool = Pool(1, command=COMMAND)
        await pool.start()
        try:
            sources = [HOARD.format(i) for i in range(6)]
            answers = [await pool.run("trace", {"source": one}, LIMITS) for one in sources]
            assert pool.replaced == 0
            return [orjson.loads(answer)["status"] for answer in answers]
        finally:
            await pool.stop()

    assert run(body()) == ["ok"] * 6


# -- walls one by one: each in a process that has no other


WALLS = {
    "RLIMIT_NOFILE": ("open('/etc/hostname')", "Too many open files"),
    "RLIMIT_AS": ("bytearray(2 * walls.MEMORY)", "MemoryError"),
    "RLIMIT_FSIZE": ("resource.getrlimit(resource.RLIMIT_FSIZE)[1] or print('none')", "none"),
    "RLIMIT_CORE": ("resource.getrlimit(resource.RLIMIT_CORE)[1] or print('none')", "none"),
    "RLIMIT_NPROC": ("resource.getrlimit(resource.RLIMIT_NPROC)[1] or print('none')", "none"),
    "soft is hard": (
        "print(all(resource.getrlimit(w)[0] == resource.getrlimit(w)[1] for w in"
        " (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE)))",
        "True",
    ),
}


@pytest.mark.parametrize("name", WALLS)
def test_a_limit_of_the_process_holds_by_itself(name):
    pytest.importorskip("resource")
    act, words = WALLS[name]
    code = f"import resource\nfrom app.work import walls\nwalls.limit_process()\n{act}"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert words in ended.stdout + ended.stderr


def test_processor_time_holds_by_itself():
    pytest.importorskip("resource")
    code = "from app.work import walls\nwalls.limit_processor_time(0)\nwhile True: pass"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60)
    assert ended.returncode == -signal.SIGXCPU


EVENTS = {
    "open": "open('/etc/hostname')",
    "socket": "socket.socket()",
    "subprocess": "subprocess.run(['true'])",
    "os": "os.listdir('/')",
    "ctypes": "ctypes.CDLL(None)",
    "import": "import sqlite3",
    "remove": "os.remove('/nowhere')",
    "environment": "os.putenv('A', 'b')",
    "unpickling": "pickle.loads(b'cos\\nsystem\\n.')",
}


@pytest.mark.parametrize("name", EVENTS)
def test_the_closed_door_holds_by_itself(name):
    code = (
        "import ctypes, os, pickle, socket, subprocess\nfrom app.work import walls\n"
        f"door = walls.Door()\ndoor.close()\n{EVENTS[name]}"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "a worker does not do this" in ended.stderr or "imports nothing more" in ended.stderr
