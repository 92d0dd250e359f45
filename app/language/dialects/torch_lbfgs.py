"""torch.optim.LBFGS: steps along the gradient seen through the last moves, with a closure.

Every number goes as in PyTorch's own file, torch/optim/lbfgs.py. Source: Nocedal, Wright,
"Numerical Optimization", 2006; Schmidt's minFunc.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.language.builtins import call
from app.language.dialects.common import number_of
from app.language.errors import ProgramError, type_error, value_error
from app.language.items import replace
from app.language.machine import Machine
from app.language.values import Array, Record, Value, type_name

Vector = np.ndarray[Any, Any]
OPTIONS: dict[str, Value] = {
    "lr": 1,
    "max_iter": 20,
    "max_eval": None,
    "tolerance_grad": 1e-7,
    "tolerance_change": 1e-9,
    "history_size": 100,
    "line_search_fn": None,
}


@dataclass
class State:
    """What is kept from one step to the next: the last moves and turns of the gradient."""

    turns: list[Vector] = field(default_factory=list)
    moves: list[Vector] = field(default_factory=list)
    ro: list[Any] = field(default_factory=list)
    scale: Any = 1
    way: Any = None
    t: Any = None
    before: Any = None  # the gradient before
    count: int = 0


def checked(options: dict[str, Value]) -> dict[str, Value]:
    """The options of an optimizer, each a number but for the search."""
    found = dict(options)
    for name, value in options.items():
        if name == "line_search_fn" or (name == "max_eval" and value is None):
            continue
        found[name] = number_of(value)
        if name in ("max_iter", "history_size", "max_eval") and not isinstance(found[name], int):
            raise type_error(f"{name} is a whole number, not {type_name(value)}")
    if not found["lr"] >= 0:
        raise value_error(f"Invalid learning rate: {found['lr']}")
    if found["max_eval"] is None:
        found["max_eval"] = found["max_iter"] * 5 // 4
    return found


class Search:
    """optimizer.step(closure): up to max_iter moves, each after a look at the slope."""

    def __init__(self, m: Machine, optimizer: Record, closure: Value, state: State):
        group = optimizer.members["param_groups"][0]
        self.m, self.closure, self.state = m, closure, state
        self.params: list[Array] = group["params"]
        self.options = checked({name: group[name] for name in OPTIONS})
        self.size = sum(x.tensor.size for x in self.params)

    def run(self) -> Value:
        s, o = self.state, self.options
        first = self._loss()
        loss, evals = float(number_of(first)), 1
        g = self._gradient()
        if np.max(np.abs(g), initial=0) <= o["tolerance_grad"]:
            return first
        for n in range(1, o["max_iter"] + 1):
            self._charge(4 + 4 * len(s.moves))
            s.count += 1
            self._turn(g)
            s.before, loss_before = g.copy(), loss
            s.t = min(1.0, 1.0 / np.sum(np.abs(g))) * o["lr"] if s.count == 1 else o["lr"]
            slope = g @ s.way
            if slope > -o["tolerance_change"]:
                break
            if o["line_search_fn"] is not None:
                if o["line_search_fn"] != "strong_wolfe":
                    words = "only 'strong_wolfe' is supported"
                    raise ProgramError("value", framework=f"RuntimeError: {words}", detail=words)
                begin = [np.array(x.tensor.data) for x in self.params]
                most = o["max_eval"] - evals
                loss, g, s.t, spent = self._wolfe(begin, loss, g, slope, most)
                self._add(s.t)
                still = np.max(np.abs(g), initial=0) <= o["tolerance_grad"]
            else:
                self._add(s.t)
                spent, still = 0, False
                if n != o["max_iter"]:
                    loss = float(number_of(self._loss()))
                    g = self._gradient()
                    still = np.max(np.abs(g), initial=0) <= o["tolerance_grad"]
                    spent = 1
            evals += spent
            if evals >= o["max_eval"] or still:
                break
            if np.max(np.abs(s.way * s.t), initial=0) <= o["tolerance_change"]:
                break
            if abs(loss - loss_before) < o["tolerance_change"]:
                break
        return first

    def _turn(self, g: Vector) -> None:
        """The way to go: the gradient, seen through the curvature of the last moves."""
        s = self.state
        if s.count == 1:
            s.way, s.scale = -g, 1
            s.turns, s.moves, s.ro = [], [], []
            return
        y, move = g - s.before, s.way * g.dtype.type(s.t)
        ys = y @ move
        if ys > 1e-10:
            if len(s.turns) == self.options["history_size"]:
                for kept in (s.turns, s.moves, s.ro):
                    kept.pop(0)
            self.m.budget.array((2 * self.size,))
            s.turns.append(y)
            s.moves.append(move)
            s.ro.append(1.0 / ys)
            s.scale = ys / (y @ y)
        q = -g
        al: list[Any] = [None] * len(s.turns)
        for i in range(len(s.turns) - 1, -1, -1):
            al[i] = (s.moves[i] @ q) * s.ro[i]
            q = _fused(q, -al[i], s.turns[i])
        way = q * s.scale
        for i in range(len(s.turns)):
            way = _fused(way, al[i] - (s.turns[i] @ way) * s.ro[i], s.moves[i])
        s.way = way

    # -- the parameters

    def _charge(self, passes: int) -> None:
        self.m.budget.step()
        self.m.budget.work(passes * self.size)

    def _loss(self) -> Value:
        enabled, span = self.m.grad_enabled, self.m.span
        self.m.grad_enabled = True
        try:
            found = call(self.m, self.closure)
        finally:
            self.m.grad_enabled = enabled
        if span is not None:
            self.m.at(span)  # what comes next happens where the step was asked for
        return found

    def _gradient(self) -> Vector:
        """The gradients of all parameters in a row; zeros where there is none."""
        parts = [
            np.zeros(x.tensor.size, x.tensor.dtype)
            if x.tensor.grad is None
            else np.ravel(np.asarray(x.tensor.grad.data))
            for x in self.params
        ]
        return np.concatenate(parts)

    def _add(self, t: Any) -> None:
        """All parameters go t times along the way."""
        at = 0
        for x in self.params:
            data = np.asarray(x.tensor.data)
            part = self.state.way[at : at + data.size].reshape(data.shape)
            replace(self.m, x, np.asarray(_fused(data, t, part)))
            at += data.size

    def _try(self, begin: list[Vector], t: Any) -> tuple[float, Vector]:
        """Loss and gradient t times along the way; the parameters stay where they are."""
        self._charge(4)
        self._add(t)
        loss = float(number_of(self._loss()))
        g = self._gradient()
        for x, data in zip(self.params, begin, strict=True):
            replace(self.m, x, data.copy())
        return loss, g

    def _wolfe(
        self, begin: list[Vector], f: float, g: Vector, slope: Any, most: int
    ) -> tuple[float, Vector, Any, int]:
        """A length of the move that lowers both the loss and its slope enough: first a bracket
        around it, then the bracket is made smaller."""
        s, t = self.state, self.state.t
        change, c1, c2 = self.options["tolerance_change"], 1e-4, 0.9
        width = np.max(np.abs(s.way))
        f_new, g_new = self._try(begin, t)
        spent, rise = 1, g_new @ s.way
        before: Point = (0, f, g, slope)
        done, n = False, 0
        ends: list[Point] = []
        while n < most:
            now: Point = (t, f_new, g_new, rise)
            if f_new > (f + c1 * t * slope) or (n > 1 and f_new >= before[1]):
                ends = [before, now]
                break
            if abs(rise) <= -c2 * slope:
                ends, done = [now], True
                break
            if rise >= 0:
                ends = [before, now]
                break
            bounds = (t + 0.01 * (t - before[0]), t * 10)
            t, before = _cubic(before, now, bounds), now
            f_new, g_new = self._try(begin, t)
            spent, rise, n = spent + 1, g_new @ s.way, n + 1
        if n == most:
            ends = [(0, f, g, slope), (t, f_new, g_new, rise)]
        stuck = False
        low, high = (0, 1) if ends[0][1] <= ends[-1][1] else (1, 0)
        while not done and n < most:
            first, last = ends[0][0], ends[1][0]
            if abs(last - first) * width < change:
                break
            t = _cubic(ends[0], ends[1])
            least, top = min(first, last), max(first, last)
            edge = 0.1 * (top - least)
            if min(top - t, t - least) < edge:
                if stuck or t >= top or t <= least:
                    t = top - edge if abs(t - top) < abs(t - least) else least + edge
                    stuck = False
                else:
                    stuck = True
            else:
                stuck = False
            f_new, g_new = self._try(begin, t)
            spent, rise, n = spent + 1, g_new @ s.way, n + 1
            now = (t, f_new, g_new, rise)
            if f_new > (f + c1 * t * slope) or f_new >= ends[low][1]:
                ends[high] = now
                low, high = (0, 1) if ends[0][1] <= ends[1][1] else (1, 0)
            else:
                if abs(rise) <= -c2 * slope:
                    done = True
                elif rise * (ends[high][0] - ends[low][0]) >= 0:
                    ends[high] = ends[low]
                ends[low] = now
        if low == len(ends):  # one end, where the slope is flat and the loss is nan
            raise ProgramError("search_lost", framework="IndexError: list index out of range")
        t, f_new, g_new, _ = ends[low]
        return f_new, g_new, t, spent


def _fused(x: Vector, factor: Any, y: Vector) -> Vector:
    """x + factor y, rounded once, as PyTorch's add with an alpha does it."""
    wide = np.dtype(np.float64) if x.dtype == np.float32 else x.dtype
    factor = wide.type(x.dtype.type(factor))
    found: Vector = np.asarray(x.astype(wide) + factor * y.astype(wide)).astype(x.dtype)
    return found


Point = tuple[Any, float, Vector, Any]
"""A length of the move, and there the loss, its gradient and its slope along the way."""


def _cubic(one: Point, other: Point, bounds: tuple[Any, Any] | None = None) -> Any:
    """Where the cubic through two points with their slopes is least, within bounds."""
    (x1, f1, _, g1), (x2, f2, _, g2) = one, other
    low, high = bounds or ((x1, x2) if x1 <= x2 else (x2, x1))
    d1 = g1 + g2 - 3 * (f1 - f2) / (x1 - x2)
    square = d1**2 - g1 * g2
    if not square >= 0:
        return (low + high) / 2.0
    d2 = np.sqrt(square)
    if x1 <= x2:
        found = x2 - (x2 - x1) * ((g2 + d2 - d1) / (g2 - g1 + 2 * d2))
    else:
        found = x1 - (x1 - x2) * ((g1 + d2 - d1) / (g1 - g2 + 2 * d2))
    return low if math.isnan(found) else min(max(found, low), high)


def lbfgs(begin: Callable[..., Record]) -> Callable[..., Record]:
    """torch.optim.LBFGS. begin: makes an optimizer of groups, options and its step."""

    def make(
        m: Machine,
        params: Value,
        lr: Value = 1,
        max_iter: Value = 20,
        max_eval: Value = None,
        tolerance_grad: Value = 1e-7,
        tolerance_change: Value = 1e-9,
        history_size: Value = 100,
        line_search_fn: Value = None,
    ) -> Record:
        given = (lr, max_iter, max_eval, tolerance_grad, tolerance_change, history_size)
        options = checked(dict(zip(OPTIONS, (*given, line_search_fn), strict=True)))
        state = State()

        def step(m: Machine, optimizer: Record, closure: Value) -> Value:
            return Search(m, optimizer, closure, state).run()

        made = begin(m, "LBFGS", params, options, step)
        if len(made.members["param_groups"]) != 1:
            words = "LBFGS doesn't support per-parameter options (parameter groups)"
            raise value_error(words)
        return made

    return make
