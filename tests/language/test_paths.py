"""What an object holds is called by the way to it, keeps its history, and is listed at the end."""

import pytest

CLASS = """class Line:
    def __init__(self, w, b):
        self.w = w
        self.b = b
    def __call__(self, x):
        self.z = self.w * x + self.b
        return self.z
"""
TRAINED = """{made}
for step in range(3):
    loss = ({called} - 3.0) ** 2
    loss.backward()
    with torch.no_grad():
        {net}.w -= 0.1 * {net}.w.grad
        {net}.b -= 0.1 * {net}.b.grad
    {net}.w.grad.zero_(); {net}.b.grad.zero_()
"""
W, B = (f"torch.tensor({x}, requires_grad=True)" for x in (0.5, 0.0))


def names(answer: dict, graph: int = 0) -> set[str]:
    assert answer["status"] == "ok", answer["diagnostic"]
    return {node["name"] for node in answer["graphs"][graph]["nodes"] if node["name"]}


def column(answer: dict, name: str, kind: str) -> list:
    """The numbers of a node, pass after pass."""
    (graph,), (run,) = answer["graphs"], answer["passes"]
    id = next(str(node["id"]) for node in graph["nodes"] if node["name"] == name)
    return run[kind][id]


def test_attributes_of_an_object_are_variables_with_value_gradient_and_history(traced):
    source = CLASS + TRAINED.format(made=f"net = Line({W}, {B})", called="net(2.0)", net="net")
    answer = traced(source)
    assert {"net.w", "net.b", "net.z", "loss"} <= names(answer)
    assert answer["passes"][0]["count"] == 3
    w, b = 0.5, 0.0
    for k in range(3):
        slope = 2 * (w * 2 + b - 3)
        assert column(answer, "net.w", "forward")[k] == pytest.approx(w)
        assert column(answer, "net.w", "gradient")[k] == pytest.approx(2 * slope)
        w, b = w - 0.1 * 2 * slope, b - 0.1 * slope
        assert column(answer, "net.w", "after")[k] == pytest.approx(w)
        assert column(answer, "net.b", "after")[k] == pytest.approx(b)


def test_two_objects_of_a_class_are_told_apart(traced):
    made = f"net, other = Line({W}, {B}), Line({W}, {B})"
    source = CLASS + TRAINED.format(made=made, called="(net(2.0) - other(1.0))", net="net")
    assert {"net.w", "net.b", "net.z", "other.w", "other.b", "other.z"} <= names(traced(source))


def test_objects_within_objects_lists_and_dictionaries(traced):
    source = CLASS + (
        f"class Net:\n    def __init__(self):\n        self.first = Line({W}, {B})\n"
        f"        self.rest = [Line({W}, {B}) for _ in range(2)]\n"
        f"        self.params = {{'W1': {W}, 'a b': {W}}}\n"
        "net = Net()\n"
        "y = net.first(1.0) + net.rest[1](2.0) + net.params['W1'] * net.params['a b']\n"
        "y.backward()"
    )
    found = names(traced(source))
    assert {"net.first.w", "net.rest[1].b", "net.params['W1']"} <= found
    assert not any("a b" in name for name in found)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("m = torch.nn.Linear(2, 1)\nm(torch.ones(1, 2)).sum().backward()", "m.weight"),
        (
            "m = torch.nn.Sequential(torch.nn.Linear(1, 1))\nm(torch.ones(1, 1)).sum().backward()",
            "m.0.weight",
        ),
        (
            "m = tf.keras.Sequential([tf.keras.layers.Dense(1)])\n"
            "with tf.GradientTape() as t:\n    y = m(tf.ones((1, 2)))\n"
            "g = t.gradient(y, m.trainable_variables)",
            "m.layers[0].kernel",
        ),
        (
            "class N(tf.Module):\n    def __init__(self):\n        self.w = tf.Variable(1.0)\n"
            "n = N()\nwith tf.GradientTape() as t:\n    y = n.w * 2.0\ng = t.gradient(y, n.w)",
            "n.w",
        ),
    ],
)
def test_the_layers_of_the_frameworks(traced, source, wanted):
    assert wanted in names(traced(source))


def test_a_tensor_with_a_name_of_its_own_keeps_it(traced):
    answer = traced(CLASS + f"w = {W}\nnet = Line(w, {B})\nnet(2.0).backward()")
    assert {"w", "net.b"} <= names(answer) and "net.w" not in names(answer)


def test_an_object_is_called_by_its_first_name_but_rather_by_one_of_the_program(traced):
    made = f"def make():\n    inner = Line({W}, {B})\n    return inner\nnet = make()\nagain = net\n"
    found = names(traced(CLASS + made + "again(2.0).backward()"))
    assert {"net.w", "net.b"} <= found and not {"inner.w", "again.w"} & found


def test_numbers_and_arrays_given_anew_in_a_loop_are_updates(traced):
    answer = traced(
        "class Model:\n"
        "    def __init__(self):\n        self.w = np.array([1.0, -1.0])\n        self.b = 0.5\n"
        "    def step(self, x, y):\n"
        "        error = x @ self.w + self.b - y\n"
        "        self.w = self.w - 0.1 * error * x\n"
        "        self.b = self.b - 0.1 * error\n"
        "x = np.array([1.0, 2.0])\nmodel = Model()\nfor i in range(3):\n    model.step(x, 1.0)\n"
    )
    (run,), (graph,) = answer["passes"], answer["graphs"]
    first = {}
    for node in graph["nodes"]:
        first.setdefault(node["name"], str(node["id"]))
    w, b = [1.0, -1.0], 0.5
    for k in range(3):
        error = w[0] + 2 * w[1] + b - 1.0
        w, b = [w[0] - 0.1 * error, w[1] - 0.2 * error], b - 0.1 * error
        assert run["after"][first["model.w"]][k] == pytest.approx(w)
        assert run["after"][first["model.b"]][k] == pytest.approx(b)


def test_an_object_that_holds_itself_ends(traced):
    source = (
        f"{CLASS}net = Line({W}, {B})\nnet.me = net\nnet.all = [net]\nnet.all.append(net.all)\n"
    )
    answer = traced(source + "net(2.0).backward()")
    assert "net.w" in names(answer)
    assert answer["variables"]["net"]["attributes"]["me"]["kind"] == "object"


def test_at_the_end_an_object_lists_what_it_holds(traced):
    source = (
        CLASS + f"net = Line({W}, {B})\nnet.title, net.steps = 'a', [1, 2]\nnet(2.0).backward()"
    )
    found = traced(source)["variables"]["net"]
    assert (found["kind"], found["value"]) == ("object", "Line")
    w, steps = found["attributes"]["w"], found["attributes"]["steps"]
    assert (w["kind"], w["value"], w["grad"], w["state"]) == ("tensor", 0.5, 2.0, "value")
    assert (steps["kind"], steps["value"]) == ("list", [1, 2])
    assert found["attributes"]["title"] == {"kind": "string", "value": "a"}
