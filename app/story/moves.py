"""How optimizers move the leaves of a pass, as lines of a script: by the library's own optimizer
where the rules are its own, else written out."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from app.story.code import TAKEN, Line
from app.story.leaves import Leaves
from app.story.optimizers import Formulas, Stepped, arguments, counts
from app.story.segment import Item
from app.story.updates import Course

MODULES = {"numpy": "np", "torch": "torch", "tensorflow": "tf"}
SCALARS = ("mu_product", "eta", "mu")  # what PyTorch remembers as one number
OWN = {"torch": "torch.optim", "tensorflow": "tf.keras.optimizers"}


class Moves:
    """The optimizers' part of a script. names: of the items; leaves: writes arrays; slope: how the
    gradient of a leaf is written; graded: whether it is in .grad already; wanted: the leaves that
    a gradient is asked for; loops: whether the passes are a loop, in `step`."""

    def __init__(
        self,
        course: Course,
        language: str,
        names: Mapping[Item, str],
        leaves: Leaves,
        slope: Callable[[Item], str],
        graded: bool,
        wanted: set[Item],
        loops: bool,
    ):
        self.course, self.language, self.names, self.leaves = course, language, names, leaves
        self.slope, self.graded, self.wanted, self.loops = slope, graded, wanted, loops
        self.told = course.first
        self._used = TAKEN | set(names.values())
        self._rates: dict[tuple[float, ...], str] = {}
        self.steps = {self.told.items[i]: step for i, step in course.begun.items()}
        self._ticks = {
            self.told.items[which]: tick
            for tick, (kind, which, *_) in reversed(list(enumerate(self.told.ticks)))
            if kind == "update"
        }
        mine = {item: step for item, step in self.steps.items() if not step.straight}
        self.own: dict[int, dict[int, list[Item]]] = {}  # optimizer -> group -> leaves
        self.named: dict[int, str] = {}
        for item, step in mine.items():
            if self._has(item, step):
                self.own.setdefault(step.of, {}).setdefault(step.group, []).append(item)
        self.named = {of: self._fresh("optimizer") for of in self.own}
        rest = [item for item, step in mine.items() if not self._has(item, step)]
        self.t = self._fresh("t") if any(counts(self.steps[item]) for item in rest) else ""
        self.written = {item: self._formulas(item) for item in rest}
        self.texts = {item: list(one.lines()) for item, one in self.written.items()}

    def _has(self, item: Item, step: Stepped) -> bool:
        """Whether the language's library has this optimizer, as far as it has come."""
        new = step.number == 1 or self.language == "torch"
        return step.library == self.language and item in self.wanted and new

    def _fresh(self, name: str) -> str:
        while name in self._used:
            name += "_"
        self._used.add(name)
        return name

    def rate(self, item: Item) -> str:
        """The rate of a leaf's update: a number, or one from a list by the number of the pass."""
        rates = self.course.lrs[self.told.node[item]]
        if not self.loops or len(set(rates)) == 1:
            return repr(rates[0])
        key = tuple(rates)
        if key not in self._rates:
            self._rates[key] = self._fresh("rates")
        return f"{self._rates[key]}[step]"

    def _formulas(self, item: Item) -> Formulas:
        x = self.names[item]
        return Formulas(
            self.steps[item],
            self.language,
            x,
            self.slope(item),
            self.rate(item),
            self.t,
            lambda letter: self._fresh(f"{letter}_{x}"),
        )

    # -- before the passes

    def head(self) -> Iterator[Line]:
        """What the optimizers begin with."""
        body = list(self._head())
        for rates, name in self._rates.items():
            yield Line(f"{name} = [{', '.join(map(repr, rates))}]")
        yield from body

    def _head(self) -> Iterator[Line]:
        for of, groups in self.own.items():
            yield from self._optimizer(self.named[of], groups)
        for item, formulas in self.written.items():
            for name in formulas.memories:
                yield Line(f"{name} = {self._filled(item, formulas.begins(name))}")
        for item in self.steps:
            self.rate(item)  # the lists are known before the lines that read them

    def _optimizer(self, name: str, groups: Mapping[int, list[Item]]) -> Iterator[Line]:
        firsts = {at: self.steps[items[0]] for at, items in groups.items()}
        kind = f"{OWN[self.language]}.{next(iter(firsts.values())).kind}"
        if self.language == "tensorflow":
            (step,) = firsts.values()
            yield Line(f"{name} = {kind}({arguments(step.given())})")
            return
        lists = {at: f"[{', '.join(self.names[x] for x in items)}]" for at, items in groups.items()}
        if len(groups) == 1:
            ((at, step),) = firsts.items()
            yield Line(f"{name} = {kind}({lists[at]}, {arguments(step.given())})")
        else:
            parts = [f"params={lists[at]}, {arguments(one.given())}" for at, one in firsts.items()]
            yield Line(f"{name} = {kind}([{', '.join(f'dict({one})' for one in parts)}])")
        for item in [item for items in groups.values() for item in items]:
            step = self.steps[item]
            if step.number > 1 and step.state:
                kept = [f'"step": torch.tensor({float(step.number - 1)!r})'] * (step.kind != "SGD")
                kept += [
                    f'"{key}": {self._filled(item, x.flat[0] if key in SCALARS else x)}'
                    for key, x in step.state.items()
                ]
                yield Line(f"{name}.state[{self.names[item]}] = {{{', '.join(kept)}}}")

    def _filled(self, item: Item, value: Any) -> str:
        """A memory like a leaf: all of one number, or of these numbers."""
        x, module = self.names[item], MODULES[self.language]
        if np.ndim(value) or not isinstance(value, float):
            if np.size(value) <= self.leaves.most:
                return self.leaves.array(np.asarray(value)[()])
            value = 0.0  # the leaf is drawn at random as well
        if not value:
            return f"{module}.zeros_like({x})"
        if self.language == "tensorflow":
            return f"{value!r} * tf.ones_like({x})"
        return f"{module}.full_like({x}, {value!r})"

    # -- in a pass

    def written_out(self) -> Iterator[Line]:
        """The formulas."""
        if self.t:
            number = min(self.steps[item].number for item in self.written)
            yield Line(f"{self.t} = {f'step + {number}' if self.loops else number}")
        for item, lines in self.texts.items():
            tick, node = self._ticks[item], self.told.node[item]
            for name, text in lines:
                if name != self.names[item]:
                    yield Line(f"{name} = {text}", "update", tick, node)
                elif self.language == "torch" and item in self.wanted:
                    yield Line(f"{name}.copy_({text})", "update", tick, node)
                elif self.language == "tensorflow" and item in self.wanted:
                    yield Line(f"{name}.assign({text})", "update", tick, node)
                else:
                    yield Line(f"{name} = {text}", "update", tick, node)

    def by_optimizers(self) -> Iterator[Line]:
        """The steps of the library's own optimizers."""
        for of, groups in self.own.items():
            name, items = self.named[of], [x for group in groups.values() for x in group]
            for k, group in enumerate(groups.values()):
                rate = self.rate(group[0])
                if rate.endswith("[step]"):
                    at = f'param_groups[{k}]["lr"]' if self.language == "torch" else "learning_rate"
                    yield Line(f"{name}.{at} = {rate}")
            tick, node = self._ticks[items[0]], self.told.node[items[0]]
            if self.language == "torch":
                if not self.graded:
                    yield from (Line(f"{self.names[x]}.grad = {self.slope(x)}") for x in items)
                yield Line(f"{name}.step()", "update", tick, node)
            else:
                pairs = ", ".join(f"({self.slope(x)}, {self.names[x]})" for x in items)
                yield Line(f"{name}.apply_gradients([{pairs}])", "update", tick, node)
