"""Every limit stops the program with a kind sentence, and what ran before is kept."""

import json
import time

import pytest

from app.language.budget import Budget, Limits
from app.language.errors import LimitReached
from app.story.passes import Run

TRAINED = """
w = tf.Variable(2.0)
for i in range(3):
    with tf.GradientTape() as tape:
        y = w * w
    w.assign_sub(0.1 * tape.gradient(y, w))
    print(i)
"""
OVER = {
    "operations": "while True: pass",
    "elements": "x = tf.zeros((2000, 2000))",
    "arithmetic": "a = tf.ones((900, 900))\nfor i in range(100): b = a @ a",
    "time": "n = 0\nwhile n >= 0: n = n + 1",
    "bits": "n = 2\nfor i in range(100): n = n * n",
    "length": "xs = [0]\nfor i in range(40): xs = xs + xs",
    "output": "while True: print('a' * 1000)",
    "recursion": "def f(n): return f(n + 1)\nf(0)",
    "edges": "with tf.GradientTape() as t:\n    y = tf.stack([w] * 90000)",
    "nodes": "with tf.GradientTape() as t:\n    for i in range(9000): w = w * 2",
}
SMALL = {
    "operations": Limits(operations=20_000),
    "arithmetic": Limits(arithmetic=2_000_000_000),
    "time": Limits(seconds=0.3, operations=10**9),
}


@pytest.mark.parametrize("code", OVER)
def test_a_limit_ends_the_run_and_keeps_what_was(traced, code):
    answer = traced(TRAINED + OVER[code], SMALL.get(code))
    assert answer["status"] == "limit"
    found = answer["diagnostic"]
    assert found["code"] == code
    assert found["message"].endswith(".") and found["hint"]
    assert found["span"][0] > TRAINED.count("\n")
    assert answer["stdout"].startswith("0\n1\n2\n")
    assert answer["passes"][0]["count"] == 3
    assert abs(answer["passes"][0]["after"]["0"][-1] - 1.024) < 1e-6


@pytest.mark.parametrize(
    "source",
    [
        "tf.keras.metrics.AUC(num_thresholds=2_000_000).result()",
        "tf.keras.metrics.F1Score()(np.ones((2000, 1)), np.ones((1, 2000)))",
    ],
)
def test_a_metric_is_charged_before_it_makes_arrays(traced, source):
    assert traced(source)["diagnostic"]["code"] == "elements"


def test_the_trace_has_a_limit_of_its_own(traced):
    answer = traced(TRAINED.replace("range(3)", "range(3000)"), Limits(trace=100_000))
    assert answer["status"] == "limit"
    assert answer["diagnostic"]["code"] == "trace"
    assert 100 < answer["passes"][0]["count"] < 3000


@pytest.mark.parametrize(
    ("source", "line", "told"),
    [
        ("i = 0\nn = 0\nwhile i < 10:\n    n += 1", 3, "nothing in it changes i."),
        ("i = 0\nwhile i != 10:\n    i += 3", 2, "still true, with i = "),
        ("while True:\n    x = 1", 1, "only where break is reached."),
        ("for k in range(3):\n    while 1:\n        x = k", 2, "only where break is reached."),
        ("n = 5\nwhile n > 0:\n    for i in range(3):\n        x = i", 2, "changes n."),
        ("def f():\n    i = 0\n    while i < 3:\n        x = i\nf()", 3, "changes i."),
        ("def f():\n    global i\n    i -= 1\ni = 0\nwhile i < 1: f()", 5, "true, with i = -"),
        ("w = torch.tensor(3.0)\nwhile w > 1:\n    w.add_(1.0)", 2, "still true, with w = "),
        ("s = 0\nfor i in range(10 ** 9):\n    s += i", 2, "fewer passes show the same."),
        ("xs = [1]\nwhile len(xs):\n    xs[0] = 1", 2, None),
        ("xs = [1]\nfor x in xs: xs.append(x)", 2, None),
    ],
)
def test_the_loop_that_used_the_budget_up_is_named(traced, source, line, told):
    found = traced(source, Limits(operations=5_000, length=500))["diagnostic"]
    assert found["code"] in ("operations", "length")
    if told is None:
        assert "its condition" not in found["hint"] and "break" not in found["hint"]
    else:
        assert found["hint"].startswith(f"The loop on line {line} has turned ")
        assert found["hint"].endswith(told) or told in found["hint"]


PARAMETERS = ", ".join(f"a{i}" for i in range(9_000))
GREEDY = [
    pytest.param(
        f"def f({PARAMETERS}): pass\nd = {{f'a{{i}}': 1 for i in range(9000)}}\nwhile True: f(**d)",
        id="many parameters",
    ),
    "x = 2 ** 10 ** 9",
    "x = 10 ** (10 ** 6)",
    "x = (2 ** 4000) * (2 ** 4000)",
    "x = 'a' * 10 ** 9",
    "x = [0] * 10 ** 9",
    "x = (0,) * 10 ** 9",
    "x = list(range(10 ** 9))",
    "x = sum(range(10 ** 12))",
    "x = [i for i in range(10 ** 12)]",
    "x = 'x'.center(10 ** 9)",
    "x = 'x'.ljust(10 ** 9)",
    "x = f'{1:>1000000000}'",
    "x = '%1000000000d' % 1",
    "x = '{:>1000000000}'.format(1)",
    "x = f'{1.5:.1000000f}'",
    "x = ','.join(['a' * 50000] * 50000)",
    "x = ('a' * 90000).replace('a', 'b' * 90000)",
    "x = tf.zeros((10 ** 5, 10 ** 5))",
    "x = torch.randn(10 ** 9)",
    "x = np.ones((10 ** 5, 10 ** 5))",
    "x = np.arange(10 ** 12)",
    "x = np.linspace(0, 1, 10 ** 10)",
    "x = tf.range(10 ** 10)",
    "x = torch.ones(1000, 1) + torch.ones(1, 100000)",
    "x = torch.ones(100000, 1) @ torch.ones(1, 100000)",
    "x = tf.ones((1000, 1)) * tf.ones((1, 1000000))",
    "x = tf.fill([10 ** 5, 10 ** 5], 1.0)",
    "x = torch.full((10 ** 6, 10 ** 6), 1.0)",
    "x = np.random.normal(0, 1, (10 ** 5, 10 ** 5))",
    "x = np.random.randn(10 ** 5, 10 ** 5)",
    "x = tf.random.normal([10 ** 5, 10 ** 5])",
    "x = torch.tensor([0.0] * 90000).reshape(-1, 1) * torch.tensor([1.0] * 90000)",
    "x = tf.constant(0.0, shape=(10 ** 5, 10 ** 5))",
    "x = np.zeros((1,) * 40)",
    "x = any(i < 0 for i in range(10 ** 12))",
    "x = max(range(10 ** 12))",
    "x = all([1] * 90000 for i in range(10 ** 12))",
    "x = dict(zip(range(10 ** 9), range(10 ** 9)))",
    "x = list(enumerate(range(10 ** 12)))",
    "x = (10 ** 9) in range(10 ** 12)\nwhile x: pass",
    "x = list(map(lambda v: v, range(10 ** 12)))",
    "x = [[0] * 90000] * 90000\ny = str(x)",
    "a = [1]\nfor i in range(60): a = [a, a]\nx = str(a)",
    "a, b = range(10 ** 12)",
    "x = [*range(10 ** 12)]",
    "print(*range(10 ** 12))",
    "x = []\nx.extend(range(10 ** 12))",
    "x = all(range(1, 10 ** 12))",
    "x = any(map(bool, [0] * 10 ** 9))",
    "x = list(filter(lambda v: 0, range(10 ** 12)))",
    "x = (lambda *a: 1)(*range(10 ** 12))",
    "x = ' '.join(str(i) for i in range(10 ** 12))",
    "a = b = []\nfor i in range(30): a = [a, a]\nb = [*a, *a] * 40000",
    "a = (1,)\nfor i in range(60): a = (a, a)\nx = {a: 1}",
    "a = [1]\nfor i in range(60): a = [a, a]\nb = [1]\nfor i in range(60): b = [b, b]\nx = a == b",
    "a = [1]\nfor i in range(60): a = [a, a]\nx = np.array([[1], a])",
    "a = [[], []]\nfor i in range(60): a = [a, a]\nx = tf.constant(a)",
    "x = tf.ones(10 ** 6)\ny = tf.constant([x] * 5000)",
    "x = torch.ones(10 ** 6)\ny = np.array([x] * 5000)",
    "a = [1]\nfor i in range(60): a = [a, a]\nx = [a].index([])\ny = {(a,): 1}",
    "a = torch.ones(2)\nfor i in range(60): a = [a, a]\nx = torch.tensor(a)",
    "a = tf.Variable(1.0)\nfor i in range(60): a = [a, a]\nx = tf.GradientTape().gradient(a, a)",
    "a = tf.Variable(1.0)\nfor i in range(60): a = [a, a]\ntf.GradientTape().watch(a)",
    "x = int('9' * 90000)",
    "x = 10 ** 4000 % 7 ** 1000\nwhile True: x = x",
    "x = sorted(range(10 ** 12))",
    "p = 2 ** 61 - 1\nx = set([p * i for i in range(1, 60000)])",
    "p = 2 ** 61 - 1\nx = dict([((p * i, 1), i) for i in range(60000)])",
    "p = 2 ** 61 - 1\nx = set([(1, (p * i,)) for i in range(60000)])",
    "x = np.broadcast_to(np.ones(1), np.arange(10 ** 6) + 2)",
    "x = torch.ones(2).reshape([1] * 90000)",
    "n = 1 << 4000\nx = np.zeros((n,) * 8)",
    "n = 1 << 4000\nx = tf.ones([n, n, n, n])",
    "x = torch.ones(10 ** 6).repeat(10 ** 6)",
    "x = torch.ones(1).expand(10 ** 6, 10 ** 6)",
    "x = np.tile(np.ones(1000), (10 ** 5, 10 ** 5))",
    "x = np.repeat(np.ones(1000), 10 ** 9)",
    "x = np.pad(np.ones(2), 10 ** 10)",
    "x = np.diag(np.ones(10 ** 5))",
    "x = np.eye(10 ** 6)",
    "x = np.outer(np.ones(10 ** 5), np.ones(10 ** 5))",
    "x = tf.one_hot(tf.range(1000), 10 ** 9)",
    "x = tf.linalg.diag(tf.ones((10, 10 ** 5)))",
    "x = tf.scatter_nd([[0]], [1.0], [10 ** 12])",
    "x = torch.chunk(torch.ones(10 ** 6), 10 ** 6)",
    "x = np.array_split(np.ones(3), 10 ** 9)",
    "x = torch.cat([torch.ones(10 ** 6)] * 1000)",
    "x = torch.stack([torch.ones(10 ** 6)] * 1000)",
    "x = torch.ones(10 ** 5, 10)[:, :1].take_along_dim(torch.zeros(1, 10 ** 5).long(), dim=1)",
    "x = torch.nn.functional.embedding(torch.zeros(10 ** 5).long(), torch.ones(1, 10 ** 5))",
    "x = torch.nn.functional.pad(torch.ones(2), (10 ** 9, 0))",
    "x = torch.nn.Conv2d(10 ** 5, 10 ** 5, 3)",
    "x = torch.nn.Embedding(10 ** 9, 10 ** 9)",
    "x = torch.nn.functional.conv2d(torch.ones(1, 1, 999, 999), torch.ones(1, 1, 500, 500))",
]


@pytest.mark.parametrize("source", GREEDY)
def test_nothing_greedy_gets_far(traced, source):
    before = time.process_time()
    answer = traced(source, Limits(seconds=1.0))
    assert time.process_time() - before < 3
    assert answer["status"] in ("limit", "error")
    assert answer["diagnostic"]["message"]


@pytest.mark.parametrize(
    "source",
    [
        "x = [[[[[0] * 100] * 100] * 100] * 100] * 100",
        "s = 'a' * 90000\nx = [[[[s] * 100] * 100] * 100] * 100",
        "t = tf.ones(1000)\nx = [[[[t] * 100] * 100] * 100] * 100",
        "x = {}\nfor i in range(90): x[i] = {j: [x] * 100 for j in range(100)}",
        "x = [1]\nx.append(x)",
    ],
)
def test_variables_are_described_briefly(traced, source):
    before = time.process_time()
    answer = traced(source)
    assert time.process_time() - before < 3
    assert answer["status"] == "ok"
    assert len(json.dumps(answer["variables"])) < 3_000_000


@pytest.mark.parametrize(
    ("source", "looks"),
    [
        ("u = 'a' * 99999\nx = sorted([u + 'b', u + 'c'] * 500)", 1000),
        ("u = 'a' * 99999\nx = u + 'b' in [u + 'c'] * 1000", 1000),
        ("u = 'a' * 99999\nx = ([u + 'c'] * 1000).count(u + 'b')", 1000),
    ],
)
def test_one_call_that_takes_long_looks_at_the_clock(traced, monkeypatch, source, looks):
    counted = 0
    clock = Budget.clock

    def counting(budget: Budget) -> None:
        nonlocal counted
        counted += 1
        clock(budget)

    monkeypatch.setattr(Budget, "clock", counting)
    assert traced(source)["status"] == "ok"
    assert counted >= looks


def test_keys_of_one_hash_that_are_few_are_keys_like_others(traced):
    source = (
        "p = 2 ** 61 - 1\nx = {p * i: i for i in range(40)}\n"
        "y = {(i, j): i for i in range(-99, 99) for j in range(-99, 99)}\n"
        "for k in range(99): z = x[p * 39] + y[-1, -2]\nprint(z, len(x), len(y))"
    )
    assert traced(source)["stdout"] == "38 40 39204\n"


def test_what_would_end_long_after_its_time_is_not_begun():
    budget = Budget(Limits(seconds=2.0))
    budget.work(2_000_000_000)  # one second's work may end a little late
    with pytest.raises(LimitReached) as reached:
        budget.work(5_000_000_000)
    assert reached.value.code == "time"


def test_charges_come_before_the_work():
    budget = Budget(Limits(elements=10))
    with pytest.raises(LimitReached):
        budget.array((10**9, 10**9))
    with pytest.raises(LimitReached):
        budget.array((1,) * 9)
    budget.array((10,))


def test_limits_are_not_for_seeds():
    limits = Limits()
    assert limits.operations >= 1_000_000 and limits.seconds >= 10 and limits.nodes >= 500


@pytest.mark.parametrize("told", [1, 2, 5])
def test_memory_that_runs_out_while_a_pass_is_drawn_leaves_those_before_it(
    traced, monkeypatch, told
):
    """The numbers of a pass are told one by one; the last of them finds no memory."""
    put, count = Run.put, 0

    def full(run, kind, key, data):
        nonlocal count
        count += kind == "forward"
        if count > told:
            raise MemoryError
        return put(run, kind, key, data)

    monkeypatch.setattr(Run, "put", full)
    answer = traced(TRAINED)
    assert (answer["status"], answer["diagnostic"]["code"]) == ("limit", "memory")
    assert answer["diagnostic"]["message"]
    whole = told // 2  # a variable and a product are told of each pass
    assert [one["count"] for one in answer["passes"]] == ([min(3, whole)] if whole else [])
    for one in answer["passes"]:
        columns = [x for kind in ("forward", "edge", "gradient") for x in one[kind].values()]
        assert {len(column) for column in columns} == {one["count"]}


@pytest.mark.parametrize(
    ("source", "limits", "code"),
    [
        ("x = ('a' * 2000).strip('b' * 2000)", Limits(arithmetic=10**6), "arithmetic"),
        ("x = 'ab'.lstrip('b' * 2000)", Limits(arithmetic=10**3), "arithmetic"),
        ("x = np.vstack([1.0] * 999)", Limits(operations=9_000), "operations"),
        ("x = torch.stack([torch.ones(1)] * 999)", Limits(operations=9_000), "operations"),
    ],
)
def test_one_call_is_charged_for_what_it_does(traced, source, limits, code):
    answer = traced(source, limits)
    assert answer["status"] == "limit"
    assert answer["diagnostic"]["code"] == code
