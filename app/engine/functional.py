"""Derivatives of functions: what the graph gives, without a graph in sight."""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine.backward import gradients
from app.engine.tensor import Tensor, Value

Function = Callable[..., Tensor]


def grad(f: Function, *at: Any, create_graph: bool = False) -> tuple[Any, ...]:
    """The gradient of f (summed, if not a scalar) for each argument: values, or Tensors."""
    leaves = [x if isinstance(x, Tensor) else Tensor(x, tracked=True) for x in at]
    arrived = gradients([(f(*leaves), None)], create_graph=create_graph)
    return tuple(arrived.get(x, np.zeros(x.shape, x.dtype)[()]) for x in leaves)


def value_and_grad(f: Function, *at: Any) -> tuple[Value, tuple[Value, ...]]:
    """f and its gradient for each argument, from one recording."""
    leaves = [Tensor(x, tracked=True) for x in at]
    result = f(*leaves)
    arrived = gradients([(result, None)])
    return result.data, tuple(arrived.get(x, np.zeros(x.shape, x.dtype)[()]) for x in leaves)


def jacobian(f: Function, x: Any) -> Value:
    """All first derivatives: shape f's, then x's. One backward pass per entry of f."""
    leaf = Tensor(x, tracked=True)
    result = f(leaf)
    rows = []
    for entry in np.ndindex(result.shape):
        seed = np.zeros(result.shape, result.dtype)
        seed[entry] = 1
        rows.append(gradients([(result, seed[()])]).get(leaf, np.zeros(leaf.shape)))
    return np.array(rows).reshape(result.shape + leaf.shape)


def hessian(f: Function, x: Any) -> Value:
    """All second derivatives of a scalar f: shape x's twice."""

    def slope(leaf: Tensor) -> Tensor:
        (result,) = grad(f, leaf, create_graph=True)
        return result if isinstance(result, Tensor) else Tensor(result)

    return jacobian(slope, x)


def hvp(f: Function, x: Any, v: Value) -> Value:
    """The Hessian of a scalar f times v, without the Hessian."""
    leaf = Tensor(x, tracked=True)
    (slope,) = grad(f, leaf, create_graph=True)
    return gradients([(slope, np.asarray(v, leaf.dtype)[()])]).get(leaf, np.zeros(leaf.shape))


def jvp(f: Function, x: Any, v: Value) -> Value:
    """The directional derivative of f along v: reverse mode run through itself."""
    leaf = Tensor(x, tracked=True)
    result = f(leaf)
    u = Tensor(np.ones(result.shape), tracked=True)
    pulled = gradients([(result, u)], create_graph=True).get(leaf)
    if pulled is None:
        return np.zeros(result.shape)
    return gradients([(pulled, np.asarray(v, leaf.dtype)[()])]).get(u, np.zeros(result.shape))
