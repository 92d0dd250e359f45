"""Makes orders.json: derivatives of order 1 to 4 by torch.func. Needs PyTorch.

python tests/golden/make_orders.py
"""

import json
import pathlib
import sys

import torch
from torch.func import grad, hessian, jacfwd, jacrev, jvp, vjp

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from order_cases import SCALARS, VECTORS, U, W

HERE = pathlib.Path(__file__).parent


def direction(x):
    return torch.tensor(U["vector"] if x.ndim else U["scalar"][0], dtype=x.dtype)


def scalar(f, at, dtype):
    w, x = torch.tensor(W, dtype=dtype), torch.tensor(at, dtype=dtype)
    g = lambda x: f(torch, x, w)  # noqa: E731
    third = jacfwd(hessian(g))
    found = {
        "value": g(x),
        "grad": grad(g)(x),
        "hessian": hessian(g)(x),
        "hvp": jvp(grad(g), (x,), (direction(x),))[1],
        "third": third(x),
        "fourth": jacfwd(third)(x),
    }
    return {name: one.tolist() for name, one in found.items()}


def vector(f, at, dtype):
    w, x = torch.tensor(W, dtype=dtype), torch.tensor(at, dtype=dtype)
    g = lambda x: f(torch, x, w)  # noqa: E731
    value, pull = vjp(g, x)
    seed = torch.linspace(-1, 1, value.numel(), dtype=dtype).reshape(value.shape)
    found = {
        "value": value,
        "jacobian": jacrev(g)(x),
        "jvp": jvp(g, (x,), (direction(x),))[1],
        "vjp": pull(seed)[0],
    }
    return {name: one.tolist() for name, one in found.items()}


def main():
    stored = {}
    for dtype in (torch.float64, torch.float32):
        name = str(dtype).removeprefix("torch.")
        stored[name] = {case: scalar(*at, dtype) for case, at in SCALARS.items()}
        stored[name] |= {case: vector(*at, dtype) for case, at in VECTORS.items()}
    text = json.dumps(stored, indent=1)
    (HERE / "orders.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
