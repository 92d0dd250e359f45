"""Single ticks looked at closely: every number of a step, and single entries of large arrays."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from app.engine import N_, Tensor, ones_like
from app.story.formula import Formula, applied, constant, number, rule_of, standing, symbol
from app.story.graph import Graph
from app.story.numbers import detailed, plain, text_of
from app.story.segment import Item
from app.story.words import both

if TYPE_CHECKING:
    from app.story.telling import Telling

SEED = N_("Backward starts at {name} with a gradient of {value}.")
KEPT = {
    True: N_(
        "Nothing has set {name}.grad to zero: {gradient} is added to the {before} of the pass "
        "before, which makes {after}."
    ),
    False: N_(
        "This is not the first backward of the pass: {gradient} is added to the {before} that "
        "{name}.grad holds, which makes {after}."
    ),
}
"""What is said where a gradient is added to .grad: to what an earlier pass left, or this one."""
UPDATE = N_("The program changes {name} from {before} to {after}.")
PHASES = {"seed": "backward", "backward": "backward", "update": "update", "event": "event"}


class Window:
    """The ticks to look at while the program runs: steps from..to, or one element."""

    def __init__(self, expand: tuple[int, int] | None, element: Mapping[str, Any] | None):
        self.expand, self.element = expand, element
        self.steps: list[dict[str, Any]] = []
        self.found: dict[str, Any] | None = None

    def keep(self, first_tick: int, told: "Telling", graph: Graph) -> None:
        """Keeps what is asked for of this pass."""
        last_tick = first_tick + len(told.ticks) - 1
        if self.expand is not None:
            start, end = max(self.expand[0], first_tick), min(self.expand[1], last_tick)
            if start <= end:
                closeup = Closeup(told, graph)
                self.steps += [
                    {"tick": tick, **closeup.step(tick - first_tick)}
                    for tick in range(start, end + 1)
                ]
        if self.element is not None and first_tick <= self.element["tick"] <= last_tick:
            self.found = _element(self.element, told)


def _element(asked: Mapping[str, Any], told: "Telling") -> dict[str, Any]:
    """One entry of a node's value and gradient; null where node or index are not there."""
    answer: dict[str, Any] = {**asked, "value": None, "gradient": None}
    if not 0 <= asked["node"] < len(told.items):
        return answer
    item, index = told.items[asked["node"]], tuple(asked["index"])
    if len(index) == item.data.ndim and all(
        -n <= i < n for i, n in zip(index, item.data.shape, strict=True)
    ):
        answer["value"] = plain(item.data[index])
        for call in told.calls:
            if item in call.arrived:
                answer["gradient"] = plain(np.asarray(call.arrived[item])[index])
    return answer


class Closeup:
    """The steps of one pass with their numbers."""

    def __init__(self, told: "Telling", graph: Graph):
        self.told, self.graph = told, graph
        self.arrivals = iter(told.arrivals)
        self.states = [self._by_tick(i, tick) for i, tick in enumerate(told.ticks)]

    def _by_tick(self, i: int, tick: tuple[Any, ...]) -> dict[str, Any]:
        """What the step at this index needs, found while walking the pass once."""
        return {"arrival": next(self.arrivals)} if tick[0] == "backward" else {}

    def step(self, index: int) -> dict[str, Any]:
        """One tick, whole."""
        kind, which, *call = self.told.ticks[index]
        nth = call[0] or 0 if call else 0
        maker = getattr(self, f"_{kind}")
        targets = {item for call in self.told.calls for item, _ in call.targets}
        phase = PHASES.get(kind) or ("loss" if self.told.items[which] in targets else "forward")
        blank = dict.fromkeys(("node", "edge", "span", "words", "formula", "substituted"))
        blank |= dict.fromkeys(("upstream", "local", "product", "before", "after", "state"))
        return {**blank, "phase": phase, **maker(index, which, nth)}

    def _forward(self, index: int, node: int, _: int) -> dict[str, Any]:
        item = self.told.items[node]
        json = self.graph.json["nodes"][node]
        assert item.op is not None
        operands = [
            self._number(x) if isinstance(x, Item) else constant(x)
            for x in standing(item.op, item.inputs, Item)
        ]
        values = {f"v{i}": x.data for i, x in enumerate(self.told.items)}
        return {
            "node": node,
            "span": item.span,
            "words": _filled(json["words"], values),
            "formula": json["formula"],
            "substituted": applied(item.op, *operands).as_json(),
            "after": detailed(item.data),
        }

    def _seed(self, index: int, node: int, nth: int) -> dict[str, Any]:
        call = self.told.calls[nth]
        seed = np.asarray(dict(call.targets)[self.told.items[node]])[()]
        name, value = self.graph.names[node], short(seed)
        return {
            "node": node,
            "span": call.span,
            "words": both(SEED, name=name, value=value),
            "after": detailed(seed),
            "state": "value",
        }

    def _backward(self, index: int, edge: int, nth: int) -> dict[str, Any]:
        item, slot, _, part, total = self.states[index]["arrival"]
        assert item.op is not None
        receiver = item.inputs[slot]
        call = self.told.calls[nth]
        upstream = np.asarray(call.arrived[item])[()]
        seeds = dict(call.targets)
        before = [np.asarray(seeds[receiver])[()]] if receiver in seeds else []
        before += [
            state["arrival"][4]
            for state in self.states[:index]
            if self._arrives(state, receiver, nth)
        ]
        json = self.graph.json["edges"][edge]
        read = call.values.get(item, item.values)
        numbers = {
            i: (_value(read[i]) if read[i] is not item.values[i] else None) or self._number(x)
            for i, x in enumerate(item.inputs)
            if isinstance(x, Item)
        }
        values = {f"v{i}": x.data for i, x in enumerate(self.told.items)}
        values |= {f"g{self.told.node[item]}": upstream, f"e{edge}": part}
        values |= {f"b{edge}": before[-1] if before else None, f"a{edge}": total}
        substituted = None
        if json["rule"] is not None:
            g = _value(upstream) or Formula(r"\bar z", "<mi>z̄</mi>")
            z = self._number(item)
            substituted = rule_of(item.op, read, slot, numbers, g, z, self._number_of).as_json()
        words = _filled(json["words"], values) if json["words"] else None
        if words is not None and (kept := self._kept(index, receiver, nth, total)) is not None:
            words = {lang: f"{text} {kept[lang]}" for lang, text in words.items()}
        return {
            "node": self.told.node[receiver],
            "edge": edge,
            "span": item.span,
            "words": words,
            "formula": json["rule"],
            "substituted": substituted,
            "upstream": detailed(upstream),
            "local": self._local(item, slot, read),
            "product": detailed(part),
            "before": detailed(before[-1]) if before else None,
            "after": detailed(total),
            "state": "value" if np.any(total != 0) else "zero",
        }

    def _kept(self, index: int, receiver: Item, nth: int, gradient: Any) -> dict[str, str] | None:
        """What .grad held when the last of a gradient arrived, if that was not zero."""
        call = self.told.calls[nth]
        last = max(i for i, state in enumerate(self.states) if self._arrives(state, receiver, nth))
        before = call.held.get(receiver)
        if index != last or before is None or receiver not in call.total or not np.any(before != 0):
            return None
        first = not any(receiver in one.total for one in self.told.calls[:nth])
        name, total = self.graph.names[self.told.node[receiver]], call.total[receiver]
        numbers = {"before": before, "gradient": gradient, "after": total}
        return both(
            KEPT[first], name=name, **{k: short(np.asarray(x)[()]) for k, x in numbers.items()}
        )

    @staticmethod
    def _arrives(state: dict[str, Any], receiver: Item, nth: int) -> bool:
        """Whether something reaches this node at a step of this call."""
        arrival = state.get("arrival")
        return bool(arrival and arrival[2] == nth and arrival[0].inputs[arrival[1]] is receiver)

    def _local(self, item: Item, slot: int, values: tuple[Any, ...]) -> Any:
        """The slope itself: what the rule makes of an upstream gradient of ones."""
        assert item.op is not None
        rule = item.op.rules[slot]
        if not item.op.elementwise or rule is None:
            return None
        local = rule(ones_like(item.data), item.data, *values)
        return detailed(local) if local.shape == item.data.shape else None

    def _update(self, index: int, node: int, nth: int) -> dict[str, Any]:
        item = self.told.items[node]
        afters = [after for x, n, after in self.told.updates if x is item and n <= nth]
        before = afters[-2] if len(afters) > 1 else item.data
        place = [one for one in self.told.places if (one["node"], one["nth"]) == (node, nth)]
        words = both(
            UPDATE, name=self.graph.names[node], before=short(before), after=short(afters[-1])
        )
        return {
            "node": node,
            "span": place[0]["span"],
            "words": words,
            "before": detailed(before),
            "after": detailed(afters[-1]),
        }

    def _event(self, index: int, event: int, _: int) -> dict[str, Any]:
        json = self.graph.json["events"][event]
        return {"node": json["node"], "span": json["span"], "words": json["words"]}

    def _number_of(self, x: Tensor) -> Formula | None:
        item = self.graph.of.get(id(x))
        return None if item is None else self._number(item)

    def _number(self, item: Item) -> Formula:
        return _value(item.data) or symbol(self.graph.names[self.told.node[item]], "")


def _value(data: Any) -> Formula | None:
    if data.size != 1:
        return None
    written = number(data.reshape(-1)[0])
    if written.level == written.__class__("", "").level:
        return written
    return Formula(
        rf"\left({written.latex}\right)", f"<mrow><mo>(</mo>{written.mathml}<mo>)</mo></mrow>"
    )


def _filled(words: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, str]:
    """The sentences with their numbers."""
    filled = {}
    for lang, text in words.items():
        for name, data in values.items():
            place = text.find(f"{{{name}}}")
            if place >= 0 and data is None:  # a sum of nothing so far goes without saying
                text = text[: text.rfind(". ", 0, place) + 1]
            elif place >= 0:
                text = text.replace(f"{{{name}}}", short(data))
        filled[lang] = text
    return filled


def _listed(data: Any) -> str:
    if data.ndim == 0:
        return text_of(data)
    return "[" + ", ".join(map(_listed, data)) + "]"


def short(data: Any) -> str:
    """A value within a sentence: a number, a few numbers, or a shape."""
    if data.ndim == 0:
        return text_of(data)
    if data.size <= 8:
        return _listed(data)
    return " × ".join(str(n) for n in data.shape) + " numbers"
