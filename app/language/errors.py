"""Everything that can go wrong with a program, each with a code; its prose is in prose.py.

Refused        never run: syntax, a construct or name outside the subset     (HTTP 422)
ProgramError   an error at run time, in Python's or the framework's words    (a result)
LimitReached   the budget is used up; guest code cannot catch it             (a result)
"""

import difflib
import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

from app.engine import N_
from app.language import left_out
from app.language.advice import NOTHING, ROWS, RUNNING, Seen
from app.language.advice import advice as advice_for
from app.language.options import is_option
from app.language.prose import BARE, PROSE
from app.story.words import say

Span = list[int]
PLAIN = re.compile(r"[a-z]{2} [a-z]{2}")  # words, and not only names and numbers
LONG, MANY = 100, 10_000  # characters of a name that is compared with others; how many others


class Phrase:
    """A part of a sentence that is translated with it."""

    def __init__(self, text: str, values: dict[str, Any]):
        self.text, self.values = text, values

    def __str__(self) -> str:
        return say("en", self.text, **self.values)


class Diagnosed(Exception):
    """An error with a code, a place, and the words of Python or the framework if they have any.

    advice: what to try in this very case, in place of what its code says; also filled by values.
    seen: what stands at its place, by which advice is found where none is given."""

    seen: Seen = NOTHING

    def __init__(
        self,
        code: str,
        span: Span | None = None,
        framework: str | None = None,
        advice: str | None = None,
        **values: Any,
    ):
        super().__init__(framework or code)
        self.code, self.span, self.framework, self.values = code, span, framework, values
        self.advice = advice

    def diagnostic(self, lang: str = "en") -> dict[str, Any]:
        """What the reader is told, in their language."""
        message, hint = PROSE[self.code]
        values: dict[str, Any] = {
            name: say(lang, one.text, **one.values) if isinstance(one, Phrase) else one
            for name, one in self.values.items()
        }
        told = not self.advice and (hint == "{close}" or bool(values.get("close")))
        if self.code in BARE and self._says_it_all(str(values.get("detail"))):
            message = BARE[self.code]
        if self.advice:
            hint = self.advice
        elif self.framework and not (values.get("close") and self.code == "attribute"):
            rows = ROWS.get(self.code, RUNNING)
            if (found := advice_for(rows, self.framework, self.seen)) is not None:
                message, hint = found[0] or message, found[1]
                values |= found[2]
                told = bool(values.get("close"))
        if "close" in values:
            values["close"] = _guess(lang, values["close"], self.code)
        answer: dict[str, Any] = {
            "code": self.code,
            "message": say(lang, message, **values),
            "hint": values["close"] if told else say(lang, hint, **values),
            "span": self.span,
        }
        if self.code == "construct" and (instead := left_out.instead_of(self.values["what"])):
            answer["hint"] = say(lang, instead)
        if self.framework:
            answer["framework_error"] = self.framework
        return answer

    def _says_it_all(self, detail: str) -> bool:
        """Whether the words of Python or the framework hold the detail, or say it in their way."""
        in_words = PLAIN.search(detail) is not None
        if self.code == "index" and self.framework and in_words:
            return True
        return detail in (self.framework or "") and (in_words or self.code != "shape")


class Refused(Diagnosed):
    """The program was not run."""


class ProgramError(Diagnosed):
    """The program stopped with an error; error: as a value of the program, if it is one."""

    error: Any = None


class LimitReached(Diagnosed):
    """The program used up its budget.

    turns: of the loop that its advice is about."""

    turns = 0


def close_names(name: str, known: Iterable[str]) -> list[str]:
    """Known names that look like a misspelt one: the likest, and those that are hardly less so."""
    among = sorted(one for one in islice(known, MANY) if len(one) <= LONG)
    if len(name) > LONG:
        return []
    found = difflib.get_close_matches(name, among, n=3, cutoff=0.6)
    alike = {one: difflib.SequenceMatcher(None, one, name).ratio() for one in found}
    return [one for one in found if alike[one] > alike[found[0]] - 0.15]


UNGUESSED = {"attribute": PROSE["type"][1], "not_here": PROSE["unsupported"][1]}


def _guess(lang: str, close: list[str], code: str) -> str:
    if not close:
        usual = N_("Assign it first, check its spelling, or write it another way.")
        return say(lang, UNGUESSED.get(code, usual))
    return say(lang, N_("Did you mean: {names}?"), names=", ".join(close))


def type_error(detail: str) -> ProgramError:
    """Python's TypeError."""
    return ProgramError("type", framework=f"TypeError: {detail}", detail=detail)


def lacking_words(lacking: list[str], kind: str = "positional") -> str | None:
    """Which arguments were not given, as Python says it; None where there are none."""
    quoted = [f"'{one}'" for one in lacking]
    listed = " and ".join(quoted)
    if len(quoted) > 2:
        listed = f"{', '.join(quoted[:-1])}, and {quoted[-1]}"
    plural = "" if len(quoted) == 1 else "s"
    words = f"missing {len(quoted)} required {kind} argument{plural}: {listed}"
    return words if lacking else None


def unexpected_keyword(
    function: str, name: str, known: Iterable[str], own: bool = False, framework: str = ""
) -> ProgramError:
    """Python's TypeError, with what may have been meant; an option that the framework has, and we
    have not, is told as that. own: of a function of the program; framework: whose it is, where
    the function's name does not say it."""
    if not own and is_option(f"{framework}.{function}" if framework else function, name):
        told = function.removesuffix(".__init__")
        return ProgramError("option_not_here", name=told, option=name)
    words = f"{function}() got an unexpected keyword argument '{name}'"
    close = close_names(name, known)
    return ProgramError("type", framework=f"TypeError: {words}", detail=words, close=close)


def key_error(key: str) -> ProgramError:
    """Python's KeyError, of a key as it is written."""
    return ProgramError("key", framework=f"KeyError: {key}", detail=key)


def value_error(detail: str) -> ProgramError:
    """Python's ValueError."""
    return ProgramError("value", framework=f"ValueError: {detail}", detail=detail)


def overflow_error(detail: str) -> ProgramError:
    """Python's OverflowError."""
    return ProgramError("value", framework=f"OverflowError: {detail}", detail=detail)


def exhausted() -> ProgramError:
    """Python's StopIteration: an iterator has no more values."""
    return ProgramError("exhausted", framework="StopIteration")


def given_back(value: Any, text: str) -> ProgramError:
    """StopIteration with what a generator gave back at its end."""
    return ProgramError("exhausted", framework=f"StopIteration: {text}", given=(value,))


def unsupported(detail: str, **values: Any) -> ProgramError:
    """A spelling of the framework that is not here. detail: a phrase, filled from the values."""
    return ProgramError("unsupported", detail=Phrase(detail, values))


def not_begun(kind: str, words: str) -> ProgramError:
    """An object of a framework's class whose own __init__ left out super().__init__()."""
    return ProgramError("not_begun", framework=words, kind=kind)
