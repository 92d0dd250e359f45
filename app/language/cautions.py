"""What a program does about warnings: the filters of Python's warnings module, the newest first."""

from collections.abc import Sequence
from typing import NamedTuple

PYTORCHS = {  # of PyTorch's warnings that are notes here, by code: how its words begin
    "target_size": "Using a target size {}. This will likely lead to incorrect results due to "
    "broadcasting. Please ensure they have the same size.",
    "implicit_dim": "Implicit dimension choice for {} has been deprecated. Change the call to "
    "include dim=X as an argument.",
    "grad_of_result": "The .grad attribute of a Tensor that is not a leaf Tensor is being "
    "accessed. Its .grad attribute won't be populated during autograd.backward().",
}
MAIN = "__main__"  # where NumPy's warnings are told, whichever module finds them


class Filter(NamedTuple):
    """What is done with warnings of a class, or of those derived from it, whose words and module
    begin so."""

    action: str
    category: str
    words: str
    module: str

    def fits(self, line: Sequence[str], words: str, module: str, abridged: bool) -> bool:
        ours, theirs = self.words.lower(), words.lower()
        alike = theirs.startswith(ours) or (abridged and ours.startswith(theirs))
        return self.category in line and alike and module.startswith(self.module)


class Filters:
    """The filters of a run."""

    def __init__(self) -> None:
        self.all: list[Filter] = []

    def action(
        self, line: Sequence[str], words: str, module: str = MAIN, abridged: bool = False
    ) -> str:
        """What is done with a warning: "ignore", "error", or one of the ways to tell of it.

        line: the names of its class and of those that this is derived from; abridged: whether the
        words are only how it begins."""
        for one in self.all:
            if one.fits(line, words, module, abridged):
                return one.action
        return "default"
