"""Code of a run with a fault: which languages can make the fault, and what is said of each."""

from app.engine import N_
from app.story.updates import Course
from app.story.words import both
from app.story.written import TITLES

# The languages in which the fault can be written. PyTorch and TensorFlow add gradients up by
# themselves; only PyTorch has gradients that stay.
FOLLOWED = {"overwrite": ("python", "numpy"), "keep": ("torch",)}
MADE = {
    "overwrite": N_(
        "This code makes the fault: where a line is marked ✗, a gradient replaces what had come. "
        "Every number that follows from it is wrong."
    ),
    "keep": N_(
        "This code makes the fault: the line marked ✗ does nothing, so that each pass adds to the "
        "gradients of the one before. Every number that follows from it is wrong."
    ),
}
UNCHANGED = N_("The fault that was chosen changes nothing in this code.")
RIGHT = {
    "overwrite": N_(
        "This code is without the fault that was chosen, and right: {library} itself adds up the "
        "gradients that arrive."
    ),
    "keep": N_(
        "This code is without the fault that was chosen, and right: it begins each pass without "
        "gradients, so there is nothing that could be left at the old value."
    ),
}


def follows(fault: str, language: str, course: Course) -> bool:
    """Whether code of this course, in this language, can make the fault."""
    several = course.loops and course.count > 1
    return language in FOLLOWED[fault] and (fault != "keep" or several)


def note(fault: str, language: str, made: bool, marked: bool) -> dict[str, str]:
    """What is said of the code. made: whether it makes the fault; marked: whether that shows."""
    if not made:
        return both(RIGHT[fault], library=TITLES.get(language, ""))
    return both(MADE[fault] if marked else UNCHANGED)
