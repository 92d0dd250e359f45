"""Programs by chance: plain Python prints here what CPython prints, or is refused with a place."""

import re

import pytest
from chance import PROGRAMS
from hypothesis import given, settings
from python_words import ending

from app.language.budget import Limits
from app.language.errors import Refused

ADDRESS = re.compile(r" at 0x[0-9a-f]+")


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
@settings(max_examples=400, deadline=None, derandomize=True)
@given(PROGRAMS)
def test_a_program_by_chance_does_what_it_does_in_python(traced, by_python, source):
    try:
        answer = traced(source, Limits(seconds=2))
    except Refused as refused:
        assert refused.span is not None
        return
    told = answer["diagnostic"]
    if answer["status"] == "limit" or (told and told["code"] == "construct"):
        assert told["span"] is not None
        return
    printed, words, line = by_python(source)
    found = (told["framework_error"], told["span"][0]) if told else (None, None)
    assert answer["stdout"] == ADDRESS.sub("", printed)
    assert (ending(found[0]), found[1]) == (ending(words), line)
