"""A traced pass as a whole script for NumPy, PyTorch or TensorFlow, to be run elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Any

import numpy as np

from app.engine import N_
from app.engine.literal import literal
from app.story.code import Body, Line, commented, constant, shortest
from app.story.segment import Call, Item
from app.story.spellings import HELPERS
from app.story.updates import Course
from app.story.words import LANGUAGES, both, say
from app.story.written import operation

ENOUGH = 200  # numbers of a leaf that are written out
MOST = 100_000  # the same where all are asked for
MODULES = {"numpy": "np", "torch": "torch", "tensorflow": "tf"}
WIDTH = 96  # of a comment
TITLES = {"numpy": "NumPy", "torch": "PyTorch", "tensorflow": "TensorFlow"}
IMPORTS = {
    "numpy": ["import numpy as np"],
    "torch": ["import torch"],
    "tensorflow": ["import tensorflow as tf"],
}
PLACEHOLDERS = N_(
    "Arrays of more than {most} numbers are drawn at random in this script; put your own there."
)
CONVENTION = N_("{name}: {framework} has another convention than this program {where}.")
PASSES = N_("This is the first of {count} passes of this form; what it is given changes each time.")
KEEPS = N_("wrong: is not set to zero")
UPDATES = N_("The updates are left out: they are not of the form x − rate × gradient.")


class Unspoken(ValueError):
    """An operation that the language has no function for."""

    def __init__(self, op: str, library: str, span: Any):
        super().__init__(op)
        self.op, self.library, self.span = op, library, span


@dataclass
class Script:
    """Lines of code, what the reader should know, and the numbers that running it must give.

    wrong: the names of those numbers that a fault has spoilt."""

    lines: list[Line]
    notes: list[dict[str, str]] = field(default_factory=list)
    values: dict[str, Any] | None = None
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Faulty:
    """A fault that a script makes: its kind, the course of the run with it and without it."""

    kind: str
    course: Course
    right: Course


class Writer:
    """One pass, or a loop of such passes, in one language."""

    def __init__(
        self,
        course: Course,
        language: str,
        lang: str = "en",
        whole: bool = False,
        faulty: Faulty | None = None,
    ):
        self.course, self.language, self.lang, self.faulty = course, language, lang, faulty
        self.most = MOST if whole else ENOUGH
        self.told = course.first
        self.body = Body(self.told, faulty is not None and faulty.kind == "overwrite", lang)
        self.names = self.body.names
        self.notes: list[dict[str, str]] = []
        self.drawn = False  # whether a leaf is drawn at random
        self.loops = course.plain and course.loops and course.count > 1
        self.calls = [call for call in self.told.calls if call.targets]
        arrived = {x for call in self.calls for x in call.arrived}
        self.wanted = {
            x
            for x in self.told.items
            if x.op is None and x.data.dtype.kind == "f" and (x.tracked or x in arrived)
        }

    def script(self) -> Script:
        leaves = [self._leaf(item) for item in self.told.items if item.op is None]
        work = list(self._work())
        if self.drawn:
            leaves.insert(0, Line("rng = np.random.default_rng(0)"))
            self._note(PLACEHOLDERS, most=self.most)
        if self.loops:
            work = [Line(f"for step in range({self.course.count}):"), *(x.indented() for x in work)]
        elif self.course.count > 1:
            self._note(PASSES, count=self.course.count)
        if self.told.updates and not self.course.plain:
            self._note(UPDATES)
        values, wrong = (None, []) if self.drawn else self._values()
        shown = [
            Line(f'print("{name} =", {text}){"  # ✗" * (name in wrong)}', wrong=name in wrong)
            for name, text in self._shown()
        ]
        lines = [*leaves, Line(""), *work, Line(""), *shown]
        return Script([*self._head(lines), *lines], self.notes, values, wrong)

    def _head(self, lines: list[Line]) -> list[Line]:
        """What comes first: the notes, the imports, and functions that the language lacks."""
        texts = [f"# {row}" for note in self.notes for row in wrap(note[self.lang], WIDTH)]
        texts += IMPORTS[self.language]
        if self.language == "numpy":
            functions = self.body.helpers() if self.body.used else []
            return [Line(text) for text in [*texts, ""]] + [Line("")] * bool(functions) + functions
        code = "\n".join(line.text for line in lines)
        helpers = [
            text
            for (language, name), text in HELPERS.items()
            if language == self.language and f"{name}(" in code
        ]
        if "np." in code:
            texts.append("import numpy as np")
        texts.append("")
        for text in helpers:
            texts += ["", *text.split("\n"), ""]
        return [Line(text) for text in [*texts, *[""] * bool(helpers)]]

    def _note(self, sentence: str, **values: Any) -> None:
        note = both(sentence, **values)
        if note not in self.notes:
            self.notes.append(note)

    # -- what it begins with

    def _leaf(self, item: Item) -> Line:
        return Line(f"{self.names.of[item]} = {self._start(item)}", node=self.told.node[item])

    def _start(self, item: Item) -> str:
        if isinstance(item.value, float | int) and not isinstance(item.value, np.generic):
            return literal(item.value)  # Python's own numbers leave types alone
        data = item.data
        if data.size > self.most:
            self.drawn = True
            return self._made(item, _random(data))
        if self.language == "numpy":
            return constant(data)
        return self._made(item, shortest(data))

    def _made(self, item: Item, text: str) -> str:
        """A tensor of these numbers and the leaf's type."""
        dtype = item.data.dtype.name
        if self.language == "numpy":
            return f"{text}.astype(np.{dtype})"
        default = {
            "torch": ("float32", "int64", "bool"),
            "tensorflow": ("float32", "int32", "bool"),
        }
        usual = dtype in default[self.language] and not text.startswith("rng")
        if self.language == "torch":
            typed = "" if usual else f", dtype=torch.{dtype}"
            return f"torch.tensor({text}{typed}{', requires_grad=True' * (item in self.wanted)})"
        maker = "tf.Variable" if item in self.wanted else "tf.constant"
        return f"{maker}({text}{'' if usual else f', dtype=tf.{dtype}'})"

    # -- one pass

    def _work(self) -> Iterator[Line]:
        if self.language == "numpy":
            yield from commented(self.body.lines)
        elif self.language == "torch":
            if self.loops and self._by_backward():
                leaves = [self.names.of[x] for x in self.told.items if x in self.wanted]
                text = f"{' = '.join(f'{name}.grad' for name in leaves)} = None"
                kept = self.faulty is not None and self.faulty.kind == "keep"
                if kept:
                    text = f"# {text}  # ✗ {say(self.lang, KEEPS)}"
                yield Line(text, wrong=kept)
            yield from self._forward()
            yield from self._torch_calls()
        elif self.calls:
            several = len(self.calls) > 1
            yield Line(f"with tf.GradientTape({'persistent=True' * several}) as tape:")
            yield from (line.indented() for line in self._forward())
            yield from self._tape_calls()
        else:
            yield from self._forward()
        if self.course.plain:
            yield from self._updates()

    def _forward(self) -> Iterator[Line]:
        for tick, (kind, which, *_) in enumerate(self.told.ticks):
            if kind == "forward":
                item = self.told.items[which]
                found = operation(item, self.language, self.names.of)
                assert item.op is not None
                if found is None:
                    raise Unspoken(item.op.sign, TITLES[self.language], item.span)
                text, where = found
                if where:
                    self._convention(item.op.sign, where)
                yield Line(f"{self.names.of[item]} = {self._cut(item, text)}", kind, tick, which)
                if self.language == "torch" and self._begins(item):
                    yield Line(f"{self.names.of[item]}.requires_grad_()")
                elif self.language == "tensorflow" and (item.watched or self._begins(item)):
                    yield Line(f"tape.watch({self.names.of[item]})")

    def _begins(self, item: Item) -> bool:
        """Whether a gradient is asked for by a result of what has none."""
        asked = any(item in call.sources for call in self.calls)
        return asked and not any(isinstance(x, Item) and x.tracked for x in item.inputs)

    def _convention(self, name: str, where: str) -> None:
        note = {
            lang: say(
                lang,
                CONVENTION,
                name=name,
                framework=TITLES[self.language],
                where=say(lang, where),
            )
            for lang in LANGUAGES
        }
        if note not in self.notes:
            self.notes.append(note)

    def _cut(self, item: Item, text: str) -> str:
        """The same without a history, where the program's own run kept none."""
        if not (item.cut and self.calls):
            return text
        return f"({text}).detach()" if self.language == "torch" else f"tf.stop_gradient({text})"

    # -- gradients

    def _by_backward(self) -> bool:
        leaves = all(source.op is None for call in self.calls for source in call.sources)
        return len(self.calls) == 1 and len(self.calls[0].targets) == 1 and leaves

    def _torch_calls(self) -> Iterator[Line]:
        if not self.calls:
            return
        if self._by_backward():
            (target, seed), *_ = self.calls[0].targets
            yield Line(f"{self.names.of[target]}.backward({self._seed(target, seed)})")
            return
        for k, call in self._found():
            asked = [self.names.of[target] for target, _ in call.targets]
            seeds = [self._seed(target, seed) for target, seed in call.targets]
            given = f", [{', '.join(seed or 'None' for seed in seeds)}]" if any(seeds) else ""
            more = f"[{', '.join(asked)}], [{', '.join(self._sources(call))}]{given}"
            names = self._gradients(k, call)
            yield Line(f"{names} = torch.autograd.grad({more}, retain_graph=True)")

    def _tape_calls(self) -> Iterator[Line]:
        for k, call in self._found():
            asked = [self.names.of[target] for target, _ in call.targets]
            target = asked[0] if len(asked) == 1 else f"[{', '.join(asked)}]"
            seeds = [self._seed(target, seed) for target, seed in call.targets]
            given = ""
            if any(seeds):
                ones = [
                    seed or f"tf.ones_like({name})" for seed, name in zip(seeds, asked, strict=True)
                ]
                given = (
                    f", output_gradients={ones[0] if len(ones) == 1 else f'[{chr(44).join(ones)}]'}"
                )
            sources = f"[{', '.join(self._sources(call))}]"
            yield Line(f"{self._gradients(k, call)} = tape.gradient({target}, {sources}{given})")

    def _found(self) -> Iterator[tuple[int, Call]]:
        """The calls that gave a gradient, by their number."""
        for k, call in enumerate(self.told.calls):
            if any(source in call.arrived for source in call.sources):
                yield k, call

    def _sources(self, call: Call) -> list[str]:
        return [self.names.of[x] for x in call.sources if x in call.arrived]

    def _gradients(self, k: int, call: Call) -> str:
        names = [self.names.gradient(x, k) for x in call.sources if x in call.arrived]
        return f"{', '.join(names)}{',' * (len(names) == 1)}"

    def _seed(self, target: Item, seed: Any) -> str:
        """What a gradient starts from, where that is not 1."""
        data = np.asarray(seed)[()]
        if np.all(data == 1) and (data.ndim == 0 or self.language != "torch"):
            return ""
        if data.size > self.most or (data.ndim and np.all(data == 1)):
            return f"{MODULES[self.language]}.ones_like({self.names.of[target]})"
        text, dtype = shortest(data), f"{MODULES[self.language]}.{data.dtype.name}"
        maker = "torch.tensor" if self.language == "torch" else "tf.constant"
        return f"{maker}({text}, dtype={dtype})"

    # -- updates and results

    def _slope(self, item: Item) -> str:
        if self.language == "torch" and self._by_backward():
            return f"{self.names.of[item]}.grad"
        calls = [k for k, call in enumerate(self.told.calls) if item in call.arrived]
        return self.names.gradient(item, calls[-1])

    def _updates(self) -> Iterator[Line]:
        told, names = self.told, self.names.of
        updates = []
        for tick, (kind, which, *_) in enumerate(told.ticks):
            if kind == "update":
                item = told.items[which]
                rate = (self.course.rates or {}).get(which)
                moved = self.course.moved.get(which)
                step = (
                    names[told.items[moved]]
                    if moved is not None
                    else f"{rate!r} * {self._slope(item)}"
                )
                updates.append((item, step, moved is not None, tick, which))
        if self.language == "torch" and any(item in self.wanted for item, *_ in updates):
            yield Line("with torch.no_grad():")
            for item, step, whole, tick, which in updates:
                text = f"{names[item]}.copy_({step})" if whole else f"{names[item]} -= {step}"
                yield Line(text, "update", tick, which).indented()
            return
        if self.language == "numpy":
            yield Line("# update")
        for item, step, whole, tick, which in updates:
            text = f"{names[item]} = {step}" if whole else f"{names[item]} = {names[item]} - {step}"
            if self.language == "tensorflow" and item in self.wanted:
                text = f"{names[item]}.assign{'' if whole else '_sub'}({step})"
            yield Line(text, "update", tick, which)

    def _shown(self) -> Iterator[tuple[str, str]]:
        """What the script prints: targets, gradients, updated leaves."""
        names = self.names.of
        for item in self.body.targets() or self.told.items[-1:]:
            yield names[item], names[item]
        for item, k in self.body.results():
            if self.language == "torch" and self._by_backward():
                yield self.names.gradient(item, k), f"{names[item]}.grad"
            else:
                yield self.names.gradient(item, k), self.names.gradient(item, k)
        if self.course.plain:
            for item in dict.fromkeys(item for item, *_ in self.told.updates):
                yield names[item], names[item]

    def _values(self) -> tuple[dict[str, Any], list[str]]:
        """The engine's own numbers for what the script prints; the names of the wrong ones."""
        if self.faulty is None:
            return self._at(self.course), []
        values = self._at(self.faulty.course)
        right = self._at(self.faulty.right)
        wrong = [name for name, x in values.items() if not np.array_equal(x, right[name], True)]
        return values, wrong

    def _at(self, course: Course) -> dict[str, Any]:
        """What a script of this form prints of the run of `course`."""
        last = course.last if self.loops else course.first
        at = {item: last.items[i] for item, i in self.told.node.items()}
        values = {self.names.of[x]: at[x].data for x in self.body.targets() or self.told.items[-1:]}
        kept = self.faulty is not None and self.faulty.kind == "keep"
        for item, k in self.body.results():
            call = last.calls[k]
            x = at[item]
            found = call.total.get(x, call.arrived[x]) if kept else call.arrived[x]
            values[self.names.gradient(item, k)] = np.asarray(found)[()]
        if self.course.plain:
            values |= {self.names.of[self.told.items[last.node[x]]]: y for x, _, y in last.updates}
        return values


def _random(data: Any) -> str:
    """An array of this shape and kind, drawn at random."""
    shape = literal(tuple(data.shape))
    if data.dtype.kind == "b":
        return f"(rng.random({shape}) < 0.5)"
    if data.dtype.kind in "iu":
        return f"rng.integers({int(data.min())}, {int(data.max()) + 1}, {shape})"
    return f"rng.standard_normal({shape})"


def export(
    course: Course,
    language: str,
    lang: str = "en",
    whole: bool = False,
    faulty: Faulty | None = None,
) -> Script:
    """The script of a course of passes, its comments in `lang`. Raises Unspoken.

    whole: with all numbers of large arrays too, up to MOST of each."""
    return Writer(course, language, lang, whole, faulty).script()
