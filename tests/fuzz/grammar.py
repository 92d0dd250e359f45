"""Programs made of bytes: each choice takes some, so that a fuzzer's small change is a small one
in the program. What is made is valid Python mostly; what it means is nobody's business."""

NAMES = ["a", "b", "f", "xs", "d", "A", "tf", "torch", "np", "math", "print", "self", "_", "한"]
ATTRIBUTES = [
    "append", "grad", "backward", "shape", "format", "join", "items", "sum", "numpy", "gradient",
    "assign", "ones", "Variable", "GradientTape", "tensor", "constant", "nn", "Linear", "keras",
    "optim", "SGD", "reshape", "T", "replace", "pop", "sort", "real", "__class__", "__init__",
    "call", "einsum", "random", "randn", "dtype", "float32", "zeros", "matmul", "item", "detach",
]  # fmt: skip
CALLS = [
    "len", "range", "sum", "max", "sorted", "list", "dict", "set", "tuple", "str", "int", "float",
    "repr", "zip", "map", "filter", "enumerate", "reversed", "isinstance", "iter", "next", "print",
    "abs", "round", "divmod", "pow", "any", "all", "super", "type", "open", "eval", "getattr",
    "np.array", "np.ones", "np.arange", "torch.tensor", "torch.ones", "tf.constant", "tf.Variable",
    "tf.reduce_sum", "torch.cat", "tf.ones", "np.dot", "torch.nn.Linear", "f", "A",
]  # fmt: skip
NUMBERS = ["0", "1", "-1", "2", "0.5", "1e300", "10**9", "2**63", "float('nan')", "1e-320", "True"]
TEXTS = ["''", "'a'", "'{}'", "'{0.x}'", "'%d'", "'{:{}}'", "'한'", "'%*d'", "'a' * 90000"]
BINARY = [
    "+", "-", "*", "/", "//", "%", "**", "@", "&", "|", "^", "<<", ">>",
    "<", "<=", "==", "!=", "in", "not in", "is", "is not", "and", "or",
]  # fmt: skip
HEADS = ["for {n} in {e}:", "while {e}:", "if {e}:", "with {e} as {n}:", "def f({n}={e}):"]
HEADS += ["class A:", "class A({e}):", "def __call__(self, *{n}):", "def f(*a, **b):", "else:"]

START = """import torch, math
import numpy as np, tensorflow as tf
a, b, xs, d = 1.0, torch.ones(2, requires_grad=True), [1, 2], {1: 'a', 'b': [2.0]}
def f(*a, **b): return a
class A(torch.nn.Module): pass
_, self, \ud55c = tf.Variable([1.0, 2.0]), A(), np.ones((2, 3))"""


class Choices:
    """The bytes, taken one after another; zeros when they are used up."""

    def __init__(self, data: bytes):
        self.data, self.at = data, 0

    def below(self, count: int) -> int:
        byte = self.data[self.at] if self.at < len(self.data) else 0
        self.at += 1
        return byte % count

    def one(self, of: list[str]) -> str:
        return of[self.below(len(of))]

    @property
    def left(self) -> bool:
        return self.at < len(self.data)


def expression(c: Choices, depth: int = 0) -> str:
    """An expression, not more than six deep."""
    kind = c.below(14) if depth < 6 else c.below(3)
    if kind == 0:
        return c.one(NUMBERS)
    if kind == 1:
        return c.one(NAMES)
    if kind == 2:
        return c.one(TEXTS)
    x = expression(c, depth + 1)
    if kind == 3:
        return f"({x}).{c.one(ATTRIBUTES)}"
    if kind in (4, 5):
        given = [x, *(expression(c, depth + 1) for _ in range(c.below(3)))]
        stars = ["", "", "", "", "*", "**", "key=", "axis=", "dim=", "default="]
        return f"{c.one(CALLS)}({', '.join(c.one(stars) + one for one in given)})"
    y = expression(c, depth + 1)
    if kind == 6:
        return f"({x}).{c.one(ATTRIBUTES)}({y})"
    if kind in (7, 8):
        return f"({x} {c.one(BINARY)} {y})"
    if kind == 9:
        return f"({x})[{y}{c.one(['', ':', '::-1', ', 0', ', ...', ', None'])}]"
    forms = [
        f"[{x}, {y}]", f"({x}, {y})", f"{{{x}: {y}}}", f"{{{x}, {y}}}", f"[{x}] * {y}",
        f"[{x} for a in {y}]", f"({x} for b in {y})", f"{{a: {x} for a in {y}}}",
        f"(lambda a=1, *b: {x})({y})", f"({x} if {y} else a)", f"(a := {x})", f"[*{x}, *{y}]",
        f"-{x}", f"not {y}", f"~{x}", f'f"{{{x}!r:>{{{y}}}}}"'.replace("'", '"'),
    ]  # fmt: skip
    return c.one(forms)


def program(data: bytes) -> str:
    """A program of at most forty lines."""
    c, lines, depth = Choices(data), START.split("\n"), 0
    while c.left and len(lines) < 45:
        kind, x = c.below(9), expression(c)
        indent = "    " * depth
        if kind < 3:
            lines.append(f"{indent}{c.one(NAMES)} = {x}")
        elif kind == 3:
            lines.append(f"{indent}{c.one(NAMES)} {c.one(['+', '-', '*', '@', '**', '%'])}= {x}")
        elif kind == 4:
            lines.append(f"{indent}{expression(c, 4)}.{c.one(ATTRIBUTES)} = {x}")
        elif kind == 5:
            lines.append(f"{indent}{c.one(NAMES)}[{expression(c, 4)}] = {x}")
        elif kind == 6 and depth < 4:
            lines.append(indent + c.one(HEADS).format(n=c.one(NAMES), e=x))
            depth += 1
            lines.append("    " * depth + f"a = {x}")
        elif kind == 7:
            depth = max(0, depth - 1)
        else:
            lines.append(f"{indent}{c.one(['', 'print', 'return ', 'del ', 'assert '])}({x})")
    return "\n".join(lines)
