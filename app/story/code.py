"""The derivative as code: one pass as straight-line Python, a line per operation and per edge.

Every line knows its tick, and so its node or edge: a page marks the line of the moment.
"""

import keyword
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from app.engine import N_, Op
from app.engine.literal import literal
from app.engine.primitives.own import is_long
from app.story.helpers import definitions
from app.story.hooks import INDENT, HookSteps, hooked, in_numpy
from app.story.own_steps import InNumpy
from app.story.segment import Item
from app.story.words import say
from app.story.written import is_spelled, operation, rule, tidy

if TYPE_CHECKING:
    from app.story.telling import Telling

REPLACES = N_("wrong: replaces what had come, instead of being added to it")
TAKEN = {
    "_u",
    "_v",
    "np",
    "rng",
    "torch",
    "tf",
    "tape",
    "step",
    "derivative",
    "print",
    "abs",
    "range",
    "float",
}


@dataclass(frozen=True)
class Line:
    """One line of code, and what it stands for: the tick of its pass, a node or an edge."""

    text: str
    kind: str = ""  # forward, seed, backward, update; nothing for what frames them
    tick: int | None = None
    node: int | None = None
    edge: int | None = None
    wrong: bool = False  # what a fault has made of it

    def indented(self) -> "Line":
        return replace(self, text=INDENT + self.text if self.text else "")

    def as_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "kind": self.kind or None,
            "tick": self.tick,
            "node": self.node,
            "edge": self.edge,
            "wrong": self.wrong,
        }


class Names:
    """Identifiers for the nodes of a pass, the program's own where they can be."""

    def __init__(self, told: "Telling"):
        self.told = told
        self.of: dict[Item, str] = {}
        self._used = used = TAKEN | {item.op.name for item in told.items if item.op}
        for item, i in told.node.items():
            own = item.name if item.name and item.name.isidentifier() else f"v{i}"
            name, again = own, 1
            while name in used or keyword.iskeyword(name):
                again += 1
                name = f"{own}_{again}"
            used.add(name)
            self.of[item] = name

    def fresh(self, name: str) -> str:
        """A name that nothing has: this, or this letter with the next number."""
        number = 1
        while name in self._used:
            number += 1
            name = f"{name[0]}{number}"
        self._used.add(name)
        return name

    def gradient(self, item: Item, call: int = 0) -> str:
        """What the gradient of a node is called in a gradient call: g, g2 in its second one, …"""
        earlier = sum(item in one.arrived for one in self.told.calls[:call])
        name = f"g{earlier + 1 if earlier else ''}_{self.of[item]}"
        return f"{name}_" if name in self.of.values() else name


class Body:
    """The forward and backward lines of one pass in NumPy, in the order of its ticks.

    overwrites: with the fault that gradients replace each other, said in `lang`."""

    def __init__(self, told: "Telling", overwrites: bool = False, lang: str = "en"):
        self.told, self.names = told, Names(told)
        self.overwrites, self.lang = overwrites, lang
        self.used: set[Op] = set()
        self._owns: dict[tuple[Item, int], InNumpy] = {}
        self.lines = list(self._lines())

    def _lines(self) -> Iterator[Line]:
        told = self.told
        arrivals = iter(told.arrivals)
        waiting = {
            (x, k): HookSteps(told, x, own)
            for k, one in enumerate(told.calls)
            for x, own in hooked(one)
        }
        begun: set[tuple[Item, int]] = set()
        for tick, (kind, which, *more) in enumerate(told.ticks):
            call = (more[0] or 0) if more else 0
            if kind == "forward":
                yield Line(self._forward(told.items[which]), kind, tick, which)
            elif kind == "seed":
                item = told.items[which]
                begun.add((item, call))
                yield Line(self._seed(item, call), kind, tick, which)
            elif kind == "backward":
                item, slot, *_ = next(arrivals)
                yield from self._hooked(item, call, waiting.pop((item, call), None))
                receiver = item.inputs[slot]
                again = (receiver, call) in begun
                begun.add((receiver, call))
                wrong = again and self.overwrites
                *steps, text = self._backward(item, slot, call, again)
                for step in steps:
                    yield Line(step, kind, tick, told.node[receiver], which)
                yield Line(text, kind, tick, told.node[receiver], which, wrong)
        for (item, call), hook in waiting.items():  # of those that send nothing on
            yield from self._hooked(item, call, hook)

    def _hooked(self, item: Item, call: int, steps: HookSteps | None) -> Iterator[Line]:
        """What hooks make of the gradient of a node, once that is complete."""
        if steps is not None:
            gradient = self.names.gradient(item, call)
            lines, used = in_numpy(steps, self.names.of, gradient, constant, self.names.fresh)
            self.used |= used
            yield from (Line(line, "backward", node=self.told.node[item]) for line in lines)

    def _forward(self, item: Item) -> str:
        assert item.op is not None
        if not is_spelled(item.op, "numpy"):
            self.used.add(item.op)
        found = operation(item, "numpy", self.names.of)
        assert found is not None
        return f"{self.names.of[item]} = {found[0]}"

    def _seed(self, item: Item, call: int) -> str:
        seed = np.asarray(dict(self.told.calls[call].targets)[item])
        name = self.names.gradient(item, call)
        if seed.ndim and np.all(seed == 1):
            return f"{name} = np.ones_like({self.names.of[item]})"
        return f"{name} = {constant(seed[()])}"

    def _backward(self, item: Item, slot: int, call: int, more: bool) -> Iterator[str]:
        receiver = item.inputs[slot]
        name = self.names.gradient(receiver, call)
        upstream = self.names.gradient(item, call)
        if is_long(item.values, slot):
            key = item, call
            if key not in self._owns:
                self._owns[key] = InNumpy(
                    self.told, item, self.names.of, upstream, constant, self.names.fresh
                )
            lines, text = self._owns[key].part(slot)
            used = self._owns[key].used
            yield from lines
        else:
            text, used = rule(item, slot, self.names.of, upstream)
        self.used |= used
        if not more:
            yield f"{name} = {text}"
        elif self.overwrites:
            yield f"{name} = {text}  # ✗ {say(self.lang, REPLACES)}"
        elif receiver.data.ndim == 0:
            yield f"{name} += {text}"
        else:  # += would write into an array that another gradient may share
            yield f"{name} = {tidy(f'{name} + ({text})')}"

    def results(self) -> list[tuple[Item, int]]:
        """The gradients that were asked for and arrived, each with its call."""
        return [
            (item, k)
            for k, call in enumerate(self.told.calls)
            for item in call.sources
            if item in call.arrived
        ]

    def targets(self) -> list[Item]:
        return list(dict.fromkeys(x for call in self.told.calls for x in call.asked))

    def helpers(self) -> list[Line]:
        return [
            Line(line) for text in definitions(self.used) for line in [*text.split("\n"), "", ""]
        ]


def constant(value: Any) -> str:
    """A number or a small array as NumPy code that keeps its type."""
    dtype = value.dtype
    if np.ndim(value) == 0:
        return f"np.{dtype.name}({shortest(value)})" if dtype.kind in "fiu" else literal(value)
    return f"np.array({shortest(value)}, np.{dtype.name if dtype.kind != 'b' else 'bool'})"


def shortest(value: Any) -> str:
    """The numbers of an array, the shortest text of each that keeps it."""
    if np.ndim(value) == 0:
        if value.dtype.kind != "f" or not np.isfinite(value):
            return literal(value)
        return str(value)
    return f"[{', '.join(shortest(one) for one in value)}]"


def listing(told: "Telling", overwrites: bool = False, lang: str = "en") -> list[Line]:
    """A function of the leaves that computes the targets and their gradients; see Body."""
    body = Body(told, overwrites, lang)
    leaves = [body.names.of[item] for item in told.begun]
    results = [body.names.of[item] for item in body.targets()]
    results += [body.names.gradient(item, call) for item, call in body.results()]
    if not results:
        results = [body.names.of[told.items[-1]]]
    lines = [Line("import numpy as np"), Line(""), *body.helpers()]
    name = "derivative" if told.calls else "forward"
    lines.append(Line(f"def {name}({', '.join(leaves)}):"))
    lines += [line.indented() for line in commented(body.lines)]
    return [*lines, Line(f"{INDENT}return {', '.join(results)}")]


def commented(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines under a word wherever they change direction."""
    direction = ""
    for line in lines:
        now = "forward" if line.kind == "forward" else "backward"
        if now != direction:
            yield Line(f"# {now}")
        direction = now
        yield line
