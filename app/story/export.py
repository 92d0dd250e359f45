"""A traced pass as a whole script for NumPy, PyTorch or TensorFlow, to be run elsewhere."""

from collections.abc import Iterator
from textwrap import wrap
from typing import Any

import numpy as np

from app.engine import N_
from app.engine.primitives.own import own_gradient
from app.story.asking import Asking
from app.story.code import Body, Line, commented
from app.story.hooks import Hooks
from app.story.leaves import Leaves
from app.story.moves import Moves
from app.story.own_functions import Owns
from app.story.own_steps import decided, step_text
from app.story.script import Among, Faulty, Script
from app.story.segment import Item
from app.story.severed import severed
from app.story.spellings import HELPERS
from app.story.updates import Course, summed
from app.story.words import LANGUAGES, both, say
from app.story.written import TITLES

ENOUGH = 200  # numbers of a leaf that are written out
MOST = 100_000  # the same where all are asked for
WIDTH = 96  # of a comment
IMPORTS = {
    "numpy": ["import numpy as np"],
    "torch": ["import torch"],
    "tensorflow": ["import tensorflow as tf"],
}
PLACEHOLDERS = N_(
    "Arrays of more than {most} numbers are drawn at random in this script; put your own there."
)
CONVENTION = N_("{name}: {framework} has another convention than this program {where}.")
PASSES = N_("This is pass {number} of {count} of this form.")
OTHERS = N_("Passes of another form that this program also makes: {count}. They are left out here.")
DECIDED = N_(
    "{name} decides by numbers, or takes numbers out of the graph: this script has the steps and "
    "the numbers that it had here."
)
KEEPS = N_("wrong: is not set to zero")
UPDATES = N_(
    "The updates are left out: they are not of the form x − rate × gradient, nor steps of an "
    "optimizer along these gradients alone."
)


class Writer:
    """One pass, or a loop of such passes, in one language."""

    def __init__(
        self,
        course: Course,
        language: str,
        lang: str = "en",
        whole: bool = False,
        faulty: Faulty | None = None,
        among: Among | None = None,
    ):
        self.among = among or Among(1, course.count, 0)
        self.course, self.language, self.lang, self.faulty = course, language, lang, faulty
        most = MOST if whole else ENOUGH
        self.told = course.first
        self.body = Body(self.told, faulty is not None and faulty.kind == "overwrite", lang)
        self.names = self.body.names
        self.notes: list[dict[str, str]] = []
        self.loops = course.plain and course.loops and course.count > 1 and not self.told.hooked
        self.asking = Asking(self.told, language, self.names, most)
        self.calls = self.asking.calls
        arrived = {x for call in self.calls for x in call.arrived}
        self.wanted = {
            x
            for x in self.told.items
            if x.op is None and x.data.dtype.kind == "f" and (x.tracked or x in arrived)
        }
        self.leaves = Leaves(language, self.names.of, self.wanted, most)
        self.owns = Owns(self.told, language, self.names.of, self.leaves.array, self._convention)
        self.hooks = Hooks(self.told, language, self.names.of, self.leaves.array, self._convention)
        self.seen = dict(self.names.of)  # the names that operations read
        self.summed = {item: summed(self.told, item) for item, *_ in self.told.updates}
        self.totals = self._totals() if course.plain else {}
        self.severed = severed(self.told)
        self.moves = self._moves() if course.plain and course.steps else None

    def script(self) -> Script:
        leaves = [
            Line(self.leaves.text(item), node=self.told.node[item]) for item in self.told.begun
        ]
        leaves += [
            Line(f"{total} = {self._before(item)}")
            for item, total in self.totals.items()
            if self._before(item)
        ]
        leaves += self.moves.head() if self.moves else []
        work = list(self._work())
        if self.leaves.drawn:
            leaves.insert(0, Line("rng = np.random.default_rng(0)"))
            self._note(PLACEHOLDERS, most=self.leaves.most)
        if self.loops:
            work = [Line(f"for step in range({self.course.count}):"), *(x.indented() for x in work)]
        elif self.among.count > 1:
            self._note(PASSES, number=self.among.number, count=self.among.count)
        if self.among.others:
            self._note(OTHERS, count=self.among.others)
        for name in decided(self.told):
            self._note(DECIDED, name=name)
        if self.told.updates and not self.course.plain:
            self._note(UPDATES)
        values, wrong = (None, []) if self.leaves.drawn else self._values()
        shown = [
            Line(f'print("{name} =", {text}){"  # ✗" * (name in wrong)}', wrong=name in wrong)
            for name, text in self._shown()
        ]
        lines = [*leaves, Line(""), *work, Line(""), *shown]
        return Script([*self._head([*self.owns.head, *lines]), *lines], self.notes, values, wrong)

    def _head(self, lines: list[Line]) -> list[Line]:
        """What comes first: the notes, the imports, and functions that the language lacks."""
        texts = [f"# {row}" for note in self.notes for row in wrap(note[self.lang], WIDTH)]
        texts += IMPORTS[self.language]
        if self.language == "numpy":
            functions = self.body.helpers() if self.body.used else []
            return [Line(text) for text in [*texts, ""]] + [Line("")] * bool(functions) + functions
        own = self.owns.head
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
        texts += [""] * bool(helpers or own)
        return [*map(Line, texts), *own]

    def _note(self, sentence: str, **values: Any) -> None:
        note = both(sentence, **values)
        if note not in self.notes:
            self.notes.append(note)

    # -- one pass

    def _work(self) -> Iterator[Line]:
        if self.language == "numpy":
            yield from commented(self.body.lines)
        elif self.language == "torch":
            leaves = [
                self.names.of[x]
                for x in self.told.items
                if x in self.wanted and x not in self.totals
            ]
            if self.loops and self.asking.by_backward and leaves:
                text = f"{' = '.join(f'{name}.grad' for name in leaves)} = None"
                kept = self.faulty is not None and self.faulty.kind == "keep"
                if kept:
                    text = f"# {text}  # ✗ {say(self.lang, KEEPS)}"
                yield Line(text, wrong=kept)
            yield from self._forward()
            yield from map(Line, self.hooks.registered())
            yield from self.asking.torch()
        elif self.calls:
            several = len(self.calls) > 1
            yield Line(f"with tf.GradientTape({'persistent=True' * several}) as tape:")
            yield from (line.indented() for line in list(self._forward()) or [Line("pass")])
            yield from self.asking.tape()
        else:
            yield from self._forward()
        if self.course.plain:
            yield from self._updates()

    def _forward(self) -> Iterator[Line]:
        if self.language == "tensorflow":
            for x in self.hooks.of:
                if x.op is None:
                    yield from map(Line, self.hooks.passed(x))
                    self.seen[x] = self.hooks.behind(x)
        for tick, (kind, which, *_) in enumerate(self.told.ticks):
            if kind == "forward":
                item = self.told.items[which]
                text = self._operation(item)
                yield Line(f"{self.names.of[item]} = {self._cut(item, text)}", kind, tick, which)
                self.asking.read(item, text)
                if self.language == "tensorflow" and item in self.hooks.of:
                    yield from map(Line, self.hooks.passed(item))
                if self.language == "torch" and self._begins(item):
                    yield Line(f"{self.names.of[item]}.requires_grad_()")
                elif self.language == "tensorflow" and (item.watched or self._begins(item)):
                    yield Line(f"tape.watch({self.names.of[item]})")

    def _operation(self, item: Item) -> str:
        if item.op is own_gradient:
            return self.owns.applied(item)
        return step_text(item, self.language, self.seen, self._convention)

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
        cut = item.cut and self.calls and not any(item in call.arrived for call in self.calls)
        if not cut and item not in self.severed:
            return text
        return f"({text}).detach()" if self.language == "torch" else f"tf.stop_gradient({text})"

    # -- updates and results

    def _totals(self) -> dict[Item, str]:
        """What the gradients of leaves are called that are added up from pass to pass."""
        names = {}
        for i in sorted(self.course.carried):
            item = self.told.items[i]
            name = f"total_{self.names.of[item]}"
            while name in self.names.of.values():
                name += "_"
            names[item] = f"{self.names.of[item]}.grad" if self.asking.by_backward else name
        return names

    def _before(self, item: Item) -> str:
        """What is there already of such a gradient when the script begins."""
        before = self.summed[item].before
        if before is None:
            return "" if self.asking.by_backward else "0"
        return self.leaves.array(np.asarray(before)[()])

    def _slope(self, item: Item) -> str:
        if self.asking.by_backward:
            return f"{self.names.of[item]}.grad"
        if item in self.totals:
            return self.totals[item]
        given = [self.names.gradient(item, k) for k in self.summed[item].calls]
        return given[0] if len(given) == 1 else f"({' + '.join(given)})"

    def _added(self) -> Iterator[Line]:
        """The gradients of this pass, added to those of the passes before."""
        for item, total in self.totals.items():
            if not self.asking.by_backward:
                given = [self.names.gradient(item, k) for k in self.summed[item].calls]
                yield Line(f"{total} = {total} + {' + '.join(given)}")

    def _moves(self) -> Moves:
        return Moves(
            self.course,
            self.language,
            self.names.of,
            self.leaves,
            self._slope,
            self.asking.by_backward,
            self.wanted,
            self.loops,
        )

    def _rate(self, item: Item) -> str:
        step = self.moves.steps.get(item) if self.moves else None
        if self.moves is not None and step is not None:
            return self.moves.rate(item) if step.straight else ""
        return repr((self.course.rates or {}).get(self.told.node[item]))

    def _updates(self) -> Iterator[Line]:
        told, names = self.told, self.names.of
        updates = []
        for tick, (kind, which, *_) in enumerate(told.ticks):
            if kind == "update":
                item = told.items[which]
                moved = self.course.moved.get(which)
                rate = "" if moved is not None else self._rate(item)
                step = f"{rate} * {self._slope(item)}" if rate else ""
                if moved is not None:
                    step = names[told.items[moved]]
                if step:
                    updates.append((item, step, moved is not None, tick, which))
        yield from self._added()
        written = list(self.moves.written_out()) if self.moves else []
        if self.language == "numpy":
            yield Line("# update")
        if self.language == "torch" and (written or any(x in self.wanted for x, *_ in updates)):
            yield Line("with torch.no_grad():")
            for item, step, whole, tick, which in updates:
                text = f"{names[item]}.copy_({step})" if whole else f"{names[item]} -= {step}"
                yield Line(text, "update", tick, which).indented()
            yield from (line.indented() for line in written)
        else:
            yield from self._assigned(updates)
            yield from written
        if self.moves:
            yield from self.moves.by_optimizers()

    def _assigned(self, updates: list[Any]) -> Iterator[Line]:
        names = self.names.of
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
            if self.asking.by_backward:
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
            stays = kept or (self.asking.by_backward and item in self.totals)
            found = call.total.get(x, call.arrived[x]) if stays else call.arrived[x]
            values[self.names.gradient(item, k)] = np.asarray(found)[()]
        if self.course.plain:
            values |= {self.names.of[self.told.items[last.node[x]]]: y for x, _, y in last.updates}
        return values


def export(
    course: Course,
    language: str,
    lang: str = "en",
    whole: bool = False,
    faulty: Faulty | None = None,
    among: Among | None = None,
) -> Script:
    """The script of a course of passes, its comments in `lang`. Raises Unspoken.

    whole: with all numbers of large arrays too, up to MOST of each; among: where it stands."""
    return Writer(course, language, lang, whole, faulty, among).script()
