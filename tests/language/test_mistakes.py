"""What students get wrong: the words of Python or the framework, and ours in both languages."""

import json
import re
from pathlib import Path

import pytest
from python_words import ending

from app.language.errors import Refused

HERE = Path(__file__).parent
REAL = json.loads((HERE.parent / "golden" / "mistakes.json").read_text())
CODE = re.compile(r"import \w+ as \w+|from \w+ import \w+|for \w+ in|\bwith \w+")
ENGLISH = re.compile(r"(?<![\w(.])[a-z]{2,}(?: [a-z]{2,}){2,}(?![\w(])")  # three plain words
TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")


def mistakes():
    """Each `### name | code`, its program, and the two sentences after it that begin with `> `.
    ~: our words are not the framework's own, or it is no error there."""
    for path in sorted((HERE / "mistakes").glob("*.txt")):
        for section in path.read_text().split("### ")[1:]:
            head, *lines = section.rstrip("\n").split("\n")
            name, _, marks = head.partition(" | ")
            source = "\n".join(line for line in lines if not line.startswith("> "))
            told = [line[2:] for line in lines if line.startswith("> ")]
            case = (source + "\n", *marks.split(), told, REAL[path.stem][name])
            yield pytest.param(case, id=f"{path.stem}: {name}")


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize("mistake", list(mistakes()))
def test_a_mistake_is_told(traced, mistake):
    source, code, *apart, told, real = mistake
    try:
        english, korean = (traced(source, lang=lang)["diagnostic"] for lang in ("en", "ko"))
    except Refused as refused:
        english, korean = (refused.diagnostic(lang) for lang in ("en", "ko"))
    assert english["code"] == code
    assert [english["message"], english["hint"]] == told
    if not apart:
        words, line = real
        assert (ending(english["framework_error"].strip()), english["span"][0]) == (
            ending(words),
            line,
        )
    for field in ("message", "hint"):
        assert re.search("[가-힣]", korean[field]) and not ENGLISH.search(
            CODE.sub("", korean[field])
        )
        assert "{" not in english[field] + korean[field]
        assert not TWO_STOPS.search(english[field] + " " + korean[field])
