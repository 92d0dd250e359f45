"""Line by line: every tick has its place in the program, loops record passes, values keep their
history, and what ran before an error or a limit is kept."""

import pytest

from app.language.budget import Limits

X = "x = torch.tensor(2.0, requires_grad=True)\n"


def steps(answer: dict) -> list[tuple[str, int, int]]:
    """Of every tick: its phase, and the lines that it belongs to."""
    assert answer["status"] == "ok", answer["diagnostic"]
    return [(step["phase"], step["span"][0], step["span"][2]) for step in answer["steps"]]


def values(answer: dict, name: str, run: int = 0) -> list:
    """The numbers of a named node in a run of passes."""
    passes = answer["passes"][run]
    nodes = answer["graphs"][passes["graph"]]["nodes"]
    id = next(str(node["id"]) for node in nodes if node["name"] == name)
    return passes["forward"][id]


# -- tick to line, line to ticks


@pytest.mark.parametrize(
    ("program", "forward"),
    [
        ("y = x * x\nz = y + 1", [(2, 2), (3, 3)]),
        ("z = x * x + x / 2", [(2, 2)] * 3),
        ("z = (x *\n     x +\n     1)", [(2, 3), (2, 4)]),
        ("z = torch.sin(\n    x\n)", [(2, 4)]),
        ("def f(a):\n    b = a * 2\n    return b + 1\nz = f(x)", [(3, 3), (4, 4)]),
        ("f = lambda a: a * 2\nz = f(x)", [(2, 2)]),
        ("z = sum(x * k for k in [1.0, 3.0])", [(2, 2)] * 3),
        ("zs = [x * k\n      for k in (1.0, 3.0)]\nz = zs[0] + zs[1]", [(2, 2), (2, 2), (4, 4)]),
        ("y = x * 3; z = y * y", [(2, 2)] * 2),
        ("z = x * 1\nz += x\nz *= 2", [(2, 2), (3, 3), (4, 4)]),
        ("if x > 1:\n    z = x * 3\nelse:\n    z = x * 5", [(3, 3)]),
        ("z = x * 3 if x > 9 else \\\n    x * 5", [(3, 3)]),
        (
            "class N:\n    def __init__(self):\n        self.k = x * 2\n"
            "    def __call__(self, a):\n        return a * self.k\nz = N()(x)",
            [(4, 4), (6, 6)],
        ),
        ("def f(a, k=x * 2):\n    return a * k\nz = f(x)", [(2, 2), (3, 3)]),
        ("가 = x * 2; z = 가 + 1  # 한글", [(2, 2)] * 2),
    ],
)
def test_every_operation_has_the_lines_it_is_written_on(traced, program, forward):
    answer = traced(X + program + "\nz.backward()", expand=[0, 100])
    found = steps(answer)
    operations = [tuple(lines) for phase, *lines in found if phase in ("forward", "loss")]
    assert operations == forward
    last = program.count("\n") + 3
    backward = [step for step in found if step[0] == "backward"]
    assert backward[0] == ("backward", last, last)  # the seed: the call's own line
    assert {tuple(lines) for _, *lines in backward[1:]} <= set(forward)


def test_every_tick_of_a_program_has_a_place_in_it(traced):
    source = (
        X + "for i in range(2):\n    loss = (x - 1) ** 2\n    loss.backward()\n"
        "    with torch.no_grad():\n        x -= 0.1 * x.grad\n    x.grad.zero_()\n"
    )
    answer = traced(source, expand=[0, 1000])
    found = steps(answer)
    assert len(found) == answer["ticks"]
    assert [line for _, line, _ in found[: len(found) // 2]] == [3, 3, 4, 3, 3, 5, 6, 6, 7]
    assert found[: len(found) // 2] == found[len(found) // 2 :]


CALLED = (
    "import tensorflow as tf\n"
    "class C(tf.keras.callbacks.Callback):\n"
    "    def on_epoch_begin(self, epoch, logs=None):\n"
    "        self.e = epoch\n"
    "    def on_train_batch_begin(self, batch, logs=None): self.b = batch\n"
    "def own(true, pred):\n"
    "    return tf.reduce_mean((true - pred) ** 2)\n"
    "def step(x):\n"
    "    y = x * 2\n"
    "    return x\n"
    "def many(x):\n"
    "    yield x\n"
    "    x = x + 0\n"
    "m = tf.keras.Sequential([tf.keras.Input((1,)), tf.keras.layers.Dense(1)])\n"
    "x, y = tf.ones((2, 1)), tf.ones((2, 1))\n"
)


@pytest.mark.parametrize(
    ("program", "within"),
    [
        ("m.compile('sgd', 'mse')\nm.fit(x, y, callbacks=[C()], verbose=0)", set()),
        ("m.compile('sgd', own)\nm.fit(x, y, callbacks=[C()], verbose=0)", {7}),
        (
            "v = tf.Variable(2.0)\nwith tf.GradientTape() as t:\n"
            "    z = sum(map(step, [v, v, v]))\ng = t.gradient(z, v)",
            {9},
        ),
        (
            "v = tf.Variable(2.0)\nwith tf.GradientTape() as t:\n"
            "    z = sum(many(v))\ng = t.gradient(z, v)",
            {13},
        ),
    ],
)
def test_after_a_function_that_a_library_calls_the_place_is_that_of_the_call(
    traced, program, within
):
    found = steps(traced(CALLED + program, expand=[0, 100]))
    lines = {first for _, first, _ in found}
    assert {line for line in lines if line < CALLED.count("\n")} == within
    text = (CALLED + program).split("\n")
    call = next(i for i, line in enumerate(text, 1) if "m.fit(" in line or "z = sum(" in line)
    assert call in lines


def test_a_span_is_the_text_of_its_operation(traced):
    source = X + "가중치 = torch.sin(x) * (x + 1)\n가중치.backward()"
    answer = traced(source, expand=[0, 3])
    lines = source.split("\n")
    told = [
        lines[a - 1][b - 1 : d - 1] for a, b, _, d in (one["span"] for one in answer["steps"][:3])
    ]
    assert told == ["torch.sin(x)", "x + 1", "torch.sin(x) * (x + 1)"]


# -- loops record passes


STEP = "loss = (x - 1) ** 2\n{i}loss.backward()\n{i}x.data -= 0.1 * x.grad\n{i}x.grad.zero_()\n"


@pytest.mark.parametrize(
    ("loop", "count", "line"),
    [
        ("for i in range(4):\n    " + STEP.format(i="    "), 4, 3),
        ("n = 0\nwhile n < 3:\n    n += 1\n    " + STEP.format(i="    "), 3, 4),
        ("for i in range(9):\n    if i == 2: break\n    " + STEP.format(i="    "), 2, 3),
        ("for i in range(5):\n    if i % 2: continue\n    " + STEP.format(i="    "), 3, 3),
        (
            "for epoch in range(2):\n    for batch in range(3):\n        "
            + STEP.format(i="        "),
            6,
            4,
        ),
        ("def step():\n    " + STEP.format(i="    ") + "for i in range(3): step()\n", 3, 3),
        (
            "for i in range(2):\n    "
            + STEP.format(i="    ")
            + "else:\n    "
            + STEP.format(i="    "),
            3,
            3,
        ),
        ("[print(i) for i in range(3)]\n" + STEP.format(i=""), 1, 2),
    ],
)
def test_loops_record_passes(traced, loop, count, line):
    answer = traced(X + loop)
    assert answer["status"] == "ok", answer["diagnostic"]
    told = [run for run in answer["passes"] if run["calls"]]
    assert sum(run["count"] for run in told) == count
    if "else" not in loop:
        assert len(answer["graphs"]) == 1
    w, column = 2.0, []
    for _ in range(count):
        column.append((w - 1) ** 2)
        w -= 0.1 * 2 * (w - 1)
    found = [value for run in range(len(told)) for value in values(answer, "loss", run)]
    assert found == pytest.approx(column, rel=1e-6)


def test_a_loop_of_plain_numbers_has_a_pass_for_each_turn(traced):
    answer = traced("w = 5.0\nfor step in range(6):\n    w = w - 0.1 * 2 * (w - 3)\n")
    assert sum(run["count"] for run in answer["passes"]) == 6
    w, history = 5.0, []
    for _ in range(6):
        history.append(w)
        w = w - 0.1 * 2 * (w - 3)
    (run,) = answer["passes"]
    assert values(answer, "w") == history
    assert run["after"]["0"] == pytest.approx([*history[1:], w])


# -- the trace up to an error or a limit


TRAINING = (
    X + "for step in range(10):\n    loss = (x - 1) ** 2\n    loss.backward()\n"
    "    x.data -= 0.1 * x.grad\n    x.grad.zero_()\n    {trouble}\n"
)


@pytest.mark.parametrize(
    ("trouble", "status", "code"),
    [
        ("assert step < 3", "error", "assertion"),
        ("1 / (3 - step)", "error", "zero_division"),
        ("[0, 0, 0][step]", "error", "index"),
        ("if step == 3: print(los)", "error", "name"),
        ("if step == 3: x.backwards()", "error", "attribute"),
        ("if step == 3: torch.ones(2) + torch.ones(3)", "error", "shape"),
        ("if step == 3: (x * 2).sum().backward(graph=True)", "error", "type"),
        ("while step == 3: pass", "limit", "operations"),
        ("if step == 3: torch.ones(100000, 100000)", "limit", "elements"),
        ("if step == 3: 'a' * 10 ** 10", "limit", "length"),
    ],
)
def test_what_ran_before_it_is_kept(traced, trouble, status, code):
    limits = Limits(operations=20_000)
    answer = traced(TRAINING.format(trouble=trouble), limits=limits, expand=[0, 5])
    found = answer["diagnostic"]
    assert (answer["status"], found["code"]) == (status, code)
    assert found["span"][0] == 7 and found["message"] and found["hint"]
    assert sum(run["count"] for run in answer["passes"] if run["calls"]) == 4
    assert answer["ticks"] > 20 and len(answer["steps"]) == 6
    assert answer["variables"]["step"]["value"] == 3
    assert answer["variables"]["x"]["value"] == pytest.approx(1 + 0.8**4)


# -- what may have been meant


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ("learning_rate = 0.1\nprint(learing_rate)", "learning_rate"),
        ("import torch\nx = torch.tensr(1.0)", "tensor"),
        ("x = torch.ones(2)\nx.resahpe(1, 2)", "reshape"),
        ("[1].apend(2)", "append"),
        ("'a'.uper()", "upper"),
        ("class N:\n    def __init__(self): self.weight = 1\nN().wieght", "weight"),
        ("w = torch.tensor(1.0, requires_grad=True)\ntorch.optim.SDG([w], lr=0.1)", "SGD"),
        ("def f(rate): return rate\nf(rat=1)", "rate"),
        ("torch.sum(torch.ones(2, 2), dmi=0)", "dim"),
        ("torch.tensor(1.0, require_grad=True)", "requires_grad"),
        ("tf.Variable(1.0, trainabel=True)", "trainable"),
        ("tf.keras.optimizers.Adam(learnin_rate=0.1)", "learning_rate"),
        ("prnt(1)", "print"),
    ],
)
def test_did_you_mean(traced, source, meant):
    for lang in ("en", "ko"):
        found = traced(source, lang=lang)["diagnostic"]
        assert meant in found["hint"], found


# -- what is explained once and skipped


def test_prompts_magics_and_plots_are_explained_once(traced):
    source = (
        "%matplotlib inline\n!pip install torch\nimport matplotlib.pyplot as plt\n"
        "x = [1, 2]\nplt.figure(figsize=(3, 2))\nplt.plot(x, x, 'r-', label='a')\n"
        "fig, ax = plt.subplots(1, 2)\nax[0].plot(x)\nplt.show()\nprint(x)\n"
    )
    answer = traced(source)
    assert answer["status"] == "ok" and answer["stdout"] == "[1, 2]\n"
    told = [note["code"] for note in answer["notes"]]
    assert sorted(told) == sorted(set(told)) and {"magic", "skipped"} <= set(told)


@pytest.mark.parametrize(
    "source",
    [
        ">>> x = 2\n>>> for i in range(2):\n...     x = x + i\n...\n>>> print(x)\n",
        "In [1]: x = 2\n\nIn [2]: for i in range(2):\n   ...:     x = x + i\n   ...: \n\n"
        "In [3]: print(x)\n",
        "%%time\nx = 3\nprint(x)\n",
    ],
)
def test_pasted_prompts(traced, source):
    answer = traced(source)
    assert answer["status"] == "ok", answer["diagnostic"]
    assert answer["stdout"] == "3\n" and len(answer["notes"]) == 1


@pytest.mark.parametrize(
    ("source", "notes"),
    [
        (">>> import torch\n>>> torch.ones(2)\ntensor([1., 1.])\n>>> print(3)\n3\n", ["prompt"]),
        (">>> x = 2\n>>> x\n2\n>>> print(x + 1)\nEpoch 1: loss=3\n", ["prompt"]),
        ("In [1]: x = 3\n\nIn [2]: x\nOut[2]: 3\n\nIn [3]: print(x)\n3\n", ["prompt"]),
        ("In [ ]:\nx = 3\nprint(x)\n", ["prompt"]),
        (">>> x = 3\nprint(x)\n", ["prompt"]),
        ("x = 3\ntorch.ones?\n?x\n!ls\nprint(x)\n", ["magic"]),
        ("In [1]: %matplotlib inline\n   ...: print(3)\n", ["prompt", "magic"]),
    ],
)
def test_what_was_printed_is_no_program(traced, source, notes):
    answer = traced(source)
    assert answer["status"] == "ok", answer["diagnostic"]
    assert answer["stdout"] == "3\n"
    assert [note["code"] for note in answer["notes"]] == notes


@pytest.mark.parametrize(
    ("source", "span"),
    [
        (">>> x = 1\n>>> print(missing)", [2, 11, 2, 18]),
        ("In [1]: x = 1\nIn [2]: print(missing)", [2, 15, 2, 22]),
        (">>> for i in range(2):\n...     print(missing)", [2, 15, 2, 22]),
        (">>> 한글 = missing", [1, 10, 1, 17]),
    ],
)
def test_places_in_a_session_are_those_of_the_text_as_it_was_pasted(traced, source, span):
    assert traced(source)["diagnostic"]["span"] == span


def test_clocks_are_skipped_too(printed):
    source = "import time\nstart = time.time()\nx = 1\ntook = time.time() - start\n"
    assert printed(source + "time.sleep(1)\nprint(x)\nif took > 60: print('slow')") == "1\n"
    shown = "print(f'{took:.2f}s', '%.1f' % took, '{:>4}'.format(took), round(took, 2), str(took))"
    assert printed(source + shown) == "…s … … … …\n"


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("    optimizer.step", "optimizer.step()"),
        ("    loss.backward", "loss.backward()"),
        ("    optimizer.zero_grad", "optimizer.zero_grad()"),
        ("    show", "show()"),
        ("net.train", "net.train()"),
    ],
)
def test_a_function_that_is_only_named_is_told(traced, line, named):
    source = (
        "net = torch.nn.Linear(1, 1)\noptimizer = torch.optim.SGD(net.parameters(), lr=0.1)\n"
        "def show():\n    print(1)\nfor i in range(3):\n    loss = net(torch.ones(1, 1)).sum()\n"
    )
    notes = traced(source + line)["notes"]
    found = [(one["code"], one["span"][0], named in one["text"]["en"]) for one in notes]
    assert ("uncalled", 7, True) in found
    assert not [one for one in traced(source + line + "()")["notes"] if one["code"] == "uncalled"]


def test_a_step_without_any_gradient_is_told(traced):
    source = (
        "w = torch.ones(1, requires_grad=True)\nopt = torch.optim.SGD([w], lr=0.1)\n"
        "for i in range(2):\n    loss = (w * 2).sum()\n    {}\n    opt.step()\n"
    )
    codes = [[one["code"] for one in traced(source.format(line))["notes"]]
             for line in ("loss.backward", "pass", "loss.backward()")]  # fmt: skip
    assert codes == [["uncalled", "nothing_to_step"], ["nothing_to_step"], []]


BARS = {
    "from tqdm import tqdm\nfor i in tqdm(range(3), desc='a'):\n    print(i)": "0\n1\n2\n",
    "from tqdm.notebook import trange\nfor i in trange(1, 4, desc='a'):\n    print(i)": "1\n2\n3\n",
    "import tqdm\nbar = tqdm.tqdm([4, 5], total=2)\nfor x in bar:\n    bar.set_postfix(x=x)\n"
    "    tqdm.tqdm.write(f'{x}')\nprint(len(bar), [*bar])": "4\n5\n2 [4, 5]\n",
    "from tqdm.auto import tqdm\nwith tqdm(total=4) as bar:\n    bar.update(2)\n    print('in')\n"
    "for i, x in enumerate(tqdm('ab')):\n    print(i, x)": "in\n0 a\n1 b\n",
}


@pytest.mark.parametrize("source", BARS)
def test_a_bar_is_walked_through_as_what_it_is_given_and_told_once(traced, source):
    answer = traced(source)
    assert (answer["status"], answer["stdout"]) == ("ok", BARS[source])
    assert [note["code"] for note in answer["notes"]] == ["bar"]


FIT = """import tensorflow as tf
import numpy as np
model = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_initializer='zeros')])
model.compile(optimizer='sgd', loss='mse')
x = np.array([[0.], [1.], [2.], [3.]])
model.fit(x, 2 * x - 1, epochs=3, batch_size=2, shuffle=False)
"""


def test_every_batch_of_fit_is_a_pass(traced):
    answer = traced(FIT)
    assert sum(run["count"] for run in answer["passes"] if run["calls"]) == 6
    assert answer["stdout"].splitlines()[::2] == ["Epoch 1/3", "Epoch 2/3", "Epoch 3/3"]
    assert answer["stdout"].splitlines()[1].startswith("2/2 - loss: ")


def test_a_model_tells_its_layers_and_parameters(printed):
    found = printed(
        "import tensorflow as tf\n"
        "net = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(3)])\n"
        "net.add(tf.keras.layers.BatchNormalization())\n"
        "net.summary()"
    ).splitlines()
    assert found[0] == 'Model: "sequential"'
    assert found[3].split() == ["dense", "(Dense)", "(None,", "3)", "15"]
    assert found[-3:] == ["Total params: 27", "Trainable params: 21", "Non-trainable params: 6"]


@pytest.mark.parametrize(
    ("source", "instead"),
    [
        ("np.vectorize(abs)([1.0])", "for v in x"),
        ("np.nditer(np.ones(2))", "np.ndindex"),
    ],
)
def test_what_is_left_out_says_what_to_write(traced, source, instead):
    found = traced(source)["diagnostic"]
    assert found["code"] == "unsupported"
    assert instead in found["message"]
