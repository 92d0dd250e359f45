"""The graph of one pass: nodes, edges, formulas, sentences and layout. Passes alike share it."""

import re
from collections import Counter
from functools import cached_property, partial
from typing import Any

import numpy as np

from app.engine import N_, Tensor
from app.story.formula import Formula, Rules, applied, constant, gradient_symbol, standing, symbol
from app.story.layout import FRAME, LEGIBLE, MANY, STAGE, layout, paged
from app.story.segment import Item
from app.story.words import both, say

EVENTS = {
    "enter": N_("A tape opens: what happens now is recorded."),
    "exit": N_("The tape ends its recording."),
    "watch": N_("The tape watches {x} from here on."),
    "stop": N_("The tape stops recording for a while."),
    "resume": N_("The tape records again."),
    "reset": N_("The tape forgets everything it has recorded."),
    "enter_inner": N_("Another tape opens inside: it records too."),
    "exit_inner": N_("The inner tape ends its recording."),
    "zero": N_("The gradient kept for {x} is set to zero."),
    "discard": N_("The gradient kept for {x} is dropped: it is None again."),
    "kept": N_("The gradient kept for {x} should go here; without zeroing it stays."),
    "hook": N_("A hook of the program is given the gradient of {x}."),
    "hook_changes": N_(
        "A hook of the program changes the gradient of {x}: this goes on from here."
    ),
    "no_grad": N_("From here on nothing is tracked."),
    "grad": N_("From here on operations are tracked again."),
}
HEIGHT = 64
STARTS = ((16, 1), (4, 2), (0, 8))  # orders that compete, once so many graphs are drawn
ROWS = 4  # of a graph that is read from left to right, at most
PAGE = 8  # of one that is scrolled down
MOST_PRIMES = 4
LANGUAGES = ("en", "ko")


class Graph:
    """One shape of pass, numbered: items are matched to nodes by position."""

    def __init__(
        self,
        items: list[Item],
        ticks: list[tuple[Any, ...]],
        events: list[tuple[str, Item | None, Any]],
        updates: list[dict[str, Any]],
        edges: list[tuple[Item, int]],
        travelled: set[tuple[Item, int]],
        roles: dict[Item, str],
        before: int = 0,
    ):
        """before: how many graphs were drawn already; the effort for each is less and less."""
        self.items, self._before = items, before
        self.node = {item: i for i, item in enumerate(items)}
        self.of = {id(item.value): item for item in items if isinstance(item.value, Tensor)}
        self.edge = {edge: i for i, edge in enumerate(edges)}
        self.travelled, self.roles = travelled, roles
        self.names = self._names()  # by node
        self._last: tuple[Item, Rules] | None = None
        self._arriving = Counter(item.inputs[slot] for item, slot in travelled)
        self.json = {
            "id": 0,
            "nodes": [self._node(item) for item in items],
            "edges": [self._edge(item, slot) for item, slot in edges],
            "events": [self._event(*event) for event in events],
            "updates": updates,
            "ticks": [[part for part in tick if part is not None] for tick in ticks],
            **self._layouts(edges),
        }

    def _names(self) -> list[str]:
        """What each node is called in formulas: its name, or v and its number."""
        names: dict[str, None] = {}
        nth: dict[str, int] = {}
        for item, i in self.node.items():
            base = item.name or f"v{i}"
            name = base
            while name in names:
                nth[base] = nth.get(base, 0) + 1
                name = f"{base}{_primes(nth[base])}"
            names[name] = None
        return list(names)

    def name(self, item: Item) -> str:
        return self.names[self.node[item]]

    def _operands(self, item: Item) -> list[Formula]:
        """The inputs as they stand in a formula; settings are left out."""
        assert item.op is not None
        return [
            self._symbol(x) if isinstance(x, Item) else constant(x)
            for x in standing(item.op, item.inputs, Item)
        ]

    def _symbol(self, item: Item) -> Formula:
        return self._written[self.node[item]]

    @cached_property
    def _written(self) -> list[Formula]:
        """What each node is called, by number."""
        return [symbol(name, f"v{i}") for i, name in enumerate(self.names)]

    def symbol_of(self, x: Tensor) -> Formula | None:
        """What a Tensor is called, if it is a node."""
        item = self.of.get(id(x))
        return None if item is None else self._symbol(item)

    def _node(self, item: Item) -> dict[str, Any]:
        i = self.node[item]
        node: dict[str, Any] = {
            "id": i,
            "role": self.roles[item],
            "op": item.op.name if item.op else None,
            "label": item.op.sign if item.op else item.name or "",
            "name": item.name,
            "symbol": self.name(item),
            "shape": list(item.data.shape),
            "dtype": str(item.data.dtype),
            "span": item.span,
            "inputs": [self.node[x] for x in item.inputs if isinstance(x, Item)],
            "tracked": item.tracked or item.recorded,
        }
        if item.op is None:
            return node
        node["formula"] = applied(item.op, *self._operands(item)).as_json()
        node["words"] = both(
            N_("{symbol} = {named} = {numbers}, which is {value}."),
            symbol=self.name(item),
            named=self._text(item, lambda x: self.name(x)),
            numbers=self._text(item, lambda x: f"{{v{self.node[x]}}}", "({0})"),
            value=f"{{v{i}}}",
        )
        return node

    def _text(self, item: Item, write: Any, base: str = "{0}") -> str:
        """The operation in plain text. base: how what is raised to a power is set apart."""
        assert item.op is not None
        texts = [
            write(x) if isinstance(x, Item) else _plain(x)
            for x in standing(item.op, item.inputs, Item)
        ]
        if not item.op.text:
            return f"{item.op.name}({', '.join(texts)})"
        text = re.sub(r"\{0\}(?=[\^²])", base, item.op.text)
        return re.sub(r"\{(\d)\}", lambda slot: texts[int(slot[1])], text)

    def _edge(self, item: Item, slot: int) -> dict[str, Any]:
        """The edge from an input to the operation `item`."""
        source = item.inputs[slot]
        edge = self.edge[item, slot]
        tracked = (item, slot) in self.travelled
        json: dict[str, Any] = {
            "id": edge,
            "from": self.node[source],
            "to": self.node[item],
            "tracked": tracked,
            "rule": None,
            "words": None,
        }
        assert item.op is not None
        if tracked:
            json["rule"] = self._rules(item).of(slot).as_json()
            json["words"] = {lang: self._edge_words(lang, item, source, edge) for lang in LANGUAGES}
        return json

    def _rules(self, item: Item) -> Rules:
        """The rules of an operation; of the last one, which may have many inputs, they are kept."""
        if self._last is None or self._last[0] is not item:
            assert item.op is not None
            names = {i: self._symbol(x) for i, x in enumerate(item.inputs) if isinstance(x, Item)}
            g = gradient_symbol(self.name(item), f"g{self.node[item]}")
            rules = Rules(item.op, item.values, names, g, self._symbol(item), self.symbol_of)
            self._last = (item, rules)
        return self._last[1]

    def _edge_words(self, lang: str, item: Item, source: Item, edge: int) -> str:
        assert item.op is not None
        several = self._arriving[source]
        sentences = [
            say(
                lang,
                N_("Back from {z} to {x}: upstream {g} becomes {e}."),
                z=self.name(item),
                x=self.name(source),
                g=f"{{g{self.node[item]}}}",
                e=f"{{e{edge}}}",
            ),
            say(lang, item.op.why),
        ]
        if several > 1:
            sentences.append(
                say(lang, N_("Added to {b} so far: {a}."), b=f"{{b{edge}}}", a=f"{{a{edge}}}")
            )
        return " ".join(sentences)

    def _event(self, event: str, item: Item | None, span: Any) -> dict[str, Any]:
        name = "?"
        if item is not None:
            name = self.name(item) if item in self.node else item.name or "?"
        return {
            "event": event,
            "span": span,
            "node": self.node.get(item) if item is not None else None,
            "words": both(EVENTS[event], x=name),
        }

    def _layouts(self, edges: list[tuple[Item, int]]) -> dict[str, Any]:
        sizes = {i: (_width(self.name(item), item), HEIGHT) for item, i in self.node.items()}
        lines = [
            (self.edge[item, slot], self.node[item.inputs[slot]], self.node[item], slot)
            for item, slot in edges
        ]
        starts = next(most for drawn, most in STARTS if self._before >= drawn)
        whole = layout(sizes, lines, "right", rows=ROWS, starts=starts)
        drawn = {
            "layout": whole.as_json(),
            "portrait": layout(sizes, lines, "down", starts=starts).as_json(),
        }
        narrowest = whole
        for name, stage in (("page", STAGE), ("frame", FRAME)):
            legible = narrowest is not whole and narrowest.width * LEGIBLE <= stage[0]
            if legible or whole.in_view(stage) or len(sizes) > MANY:
                continue
            fold = partial(paged, width=stage[0])
            page = layout(sizes, lines, "right", rows=PAGE, starts=starts, fold=fold)
            if page.width < narrowest.width:
                drawn[name], narrowest = page.as_json(), page
        return drawn


def _plain(x: Any) -> str:
    """An operand that is no node, as plain text."""
    return constant(x).latex if np.ndim(x) == 0 else "·"


def _primes(count: int) -> str:
    """So many primes; a number where nobody would count them."""
    return "′" * count if count <= MOST_PRIMES else f"′{count}"


def _width(name: str, item: Item) -> int:
    """Room for the name and the sign; of a matrix also for its shape and a picture of it."""
    letters = sum(14 if letter > "\u10ff" else 9 for letter in name)
    title = letters + 8 * (len(item.op.sign) + 3 if item.op else 0)  # names are bold
    if item.data.ndim < 2:
        return max(104, min(208, title + 24))
    shape = sum(len(str(length)) + 1 for length in item.data.shape)
    return max(152, min(256, title + 8 * shape + 68))
