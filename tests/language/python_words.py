"""Python's own words: ours are those of one version, and other versions have others."""

import sys

OURS = (3, 11)
SAME = sys.version_info[:2] == OURS


def ending(words: str | None) -> str | None:
    """How a program ended: in the same words, or with the same error where Pythons differ."""
    return words if SAME or words is None else words.partition(":")[0]
