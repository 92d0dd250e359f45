"""Sentences in every language that the product speaks.

An English sentence is its own key. `app/locale/<lang>/*.po` hold the other languages; they are
read once, straight from the text files.
"""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

LANGUAGES = ("en", "ko")
LOCALE = Path(__file__).resolve().parent.parent / "locale"


@cache
def catalogue(lang: str, domain: str = "*") -> dict[str, str]:
    """The translations of one language: English sentence -> sentence. Empty for English.

    domain: which of its files, `pages` for what the browser says."""
    messages: dict[str, str] = {}
    for path in sorted((LOCALE / lang).glob(f"{domain}.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=lang):
                if message.id and message.string:
                    messages[str(message.id)] = str(message.string)
    return messages


def say(lang: str, sentence: str, **values: object) -> str:
    """The sentence in `lang`, its `{names}` filled from `values` (left standing without any)."""
    text = catalogue(lang).get(sentence, sentence)
    if not values:
        return text
    return text.format(**{name: _legible(value) for name, value in values.items()})


def _legible(value: object) -> object:
    """A whole number of five digits or more in groups of three: 1,000,000."""
    return f"{value:,}" if type(value) is int and abs(value) >= 10_000 else value


def both(sentence: str, **values: object) -> dict[str, str]:
    """The sentence in every language, for a trace that is read in any of them."""
    return {lang: say(lang, sentence, **values) for lang in LANGUAGES}
