"""Scalar work: a 1,000-operation expression with its gradient, and a function with f' and f''."""

import random

import numpy as np

OPERATIONS, LEAVES = 1_000, 10
START = [0.3 + 0.07 * i for i in range(LEAVES)]


def lines():
    """+, -, * and relu of what came before, as (result, operation, operands): one straight text."""
    chance = random.Random(0)
    names, made = [f"x{i}" for i in range(LEAVES)], []
    for i in range(OPERATIONS):
        operation = chance.choice(["+", "-", "*", "*", "relu"])
        left, right = names[-1], chance.choice(names[-30:])
        name = f"t{i}"
        if operation == "*" and i % 2:
            right = chance.choice(["0.5", "0.25", "-0.5"])  # keeps the numbers small
        made.append((name, operation, left, right))
        names.append(name)
    return made


def forward():
    return [
        f"{z} = relu({x})" if operation == "relu" else f"{z} = {x} {operation} {y}"
        for z, operation, x, y in lines()
    ]


def compiled(text, **scope):
    arguments = ", ".join(f"x{i}" for i in range(LEAVES))
    body = "\n    ".join(text)
    exec(f"def program({arguments}):\n    {body}\n", scope)
    return scope["program"]


def expression(relu):
    """The same text for every peer, on its own numbers."""
    return compiled([*forward(), f"return t{OPERATIONS - 1}"], relu=relu)


def by_hand():
    """Forward and backward as one would write them: no tape, a number for each name."""
    text = [
        f"{z} = {x} if {x} > 0 else zero" if operation == "relu" else f"{z} = {x} {operation} {y}"
        for z, operation, x, y in lines()
    ]
    summed = {f"t{OPERATIONS - 1}"}
    text.append(f"gt{OPERATIONS - 1} = one")

    def send(x, part):
        if x[0] not in "xt":
            return
        text.append(f"g{x} = g{x} + {part}" if x in summed else f"g{x} = {part}")
        summed.add(x)

    for z, operation, x, y in reversed(lines()):
        if z not in summed:
            continue
        if operation == "relu":
            send(x, f"(g{z} if {x} > 0 else zero)")
        elif operation == "*":
            send(x, f"g{z} * {y}")
            send(y, f"g{z} * {x}")
        else:
            send(x, f"g{z}")
            send(y, f"g{z}" if operation == "+" else f"(-g{z})")
    ends = ", ".join(f"gx{i}" if f"x{i}" in summed else "zero" for i in range(LEAVES))
    text.append(f"return t{OPERATIONS - 1}, {ends}")
    program = compiled(text, one=np.float64(1), zero=np.float64(0))
    at = [np.float64(x) for x in START]
    return lambda: program(*at)


def multiplications():
    """As many float64 products as the text above has products and sums, and nothing else."""
    count = sum(2 if operation == "*" else 1 for _, operation, _, _ in lines()) + OPERATIONS
    program = compiled([*["x2 = x0 * x1"] * count, "return x2"])
    at = [np.float64(x) for x in START]
    return lambda: program(*at)


def ours_recorded():
    from app.engine import Tensor, gradients
    from app.engine.primitives.rectifiers import relu

    program = expression(relu)

    def work():
        leaves = [Tensor(x, tracked=True) for x in START]
        result = program(*leaves)
        found = gradients([(result, None)])
        return [result.data, *(found.get(x, 0.0) for x in leaves)]

    return work


def ours_replayed():
    from app.engine import Program, Tensor, gradients
    from app.engine.primitives.rectifiers import relu

    leaves = [Tensor(x, tracked=True) for x in START]
    result = expression(relu)(*leaves)
    found = gradients([(result, None)], create_graph=True)
    program = Program(leaves, [result, *(found.get(x, Tensor(0.0)) for x in leaves)])
    at = [np.float64(x) for x in START]
    return lambda: program(*at)


def micrograd():
    from micrograd.engine import Value

    program = expression(Value.relu)

    def work():
        leaves = [Value(x) for x in START]
        result = program(*leaves)
        result.backward()
        return [result.data, *(x.grad for x in leaves)]

    return work


def torch_recorded():
    import torch

    program = expression(torch.relu)

    def work():
        leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in START]
        result = program(*leaves)
        result.backward()
        return [float(result.detach()), *(0.0 if x.grad is None else float(x.grad) for x in leaves)]

    return work


# -- f, f' and f'': 20 operations


def curve(x, m):
    """m: where sin, cos, exp, tanh, sqrt and log come from."""
    a = m.sin(x) * m.exp(x * 0.5)
    b = m.tanh(a + x) - m.cos(a)
    c = m.sqrt(x * x + 1.0) * b
    d = m.log(x * x + 2.0) / (b * b + 1.5)
    return c * d + a * 0.3 - x


def curve_recorded():
    from app.engine import Tensor, gradients

    def work():
        x = Tensor(0.7, tracked=True)
        y = curve(x, np)
        first = gradients([(y, None)], create_graph=True)[x]
        return [y.data, first.data, gradients([(first, None)])[x]]

    return work


def curve_replayed():
    from app.engine import Program, Tensor, gradients

    x = Tensor(0.7, tracked=True)
    y = curve(x, np)
    first = gradients([(y, None)], create_graph=True)[x]
    second = gradients([(first, None)], create_graph=True)[x]
    program, at = Program([x], [y, first, second]), np.float64(0.7)
    return lambda: program(at)


def curve_torch():
    import torch

    def work():
        x = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
        y = curve(x, torch)
        (first,) = torch.autograd.grad(y, x, create_graph=True)
        (second,) = torch.autograd.grad(first, x)
        return [float(y.detach()), float(first.detach()), float(second)]

    return work


def curve_jax():
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def f(x):
        return curve(x, jnp)

    together = jax.jit(lambda x: (f(x), jax.grad(f)(x), jax.grad(jax.grad(f))(x)))
    at = jnp.float64(0.7)
    return lambda: [float(one) for one in jax.block_until_ready(together(at))]


def curve_calls():
    """The transcendental functions that f, f' and f'' call, and nothing else."""
    functions, at = [np.sin, np.exp, np.tanh, np.cos, np.sqrt, np.log] * 2, np.float64(0.7)

    def work():
        for one in functions:
            one(at)

    return work


WORK = {
    "expression": {
        "hand": by_hand,
        "limit": multiplications,
        "recorded": ours_recorded,
        "replayed": ours_replayed,
        "micrograd": micrograd,
        "torch": torch_recorded,
    },
    "curve": {
        "limit": curve_calls,
        "recorded": curve_recorded,
        "replayed": curve_replayed,
        "torch": curve_torch,
        "jax": curve_jax,
    },
}
