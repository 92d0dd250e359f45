"""What NumPy says of overflow, of divisions by zero and of what has no value: once for a line."""

from typing import TYPE_CHECKING, Any

from app.language.errors import ProgramError, Span

if TYPE_CHECKING:
    from app.language.machine import Machine

KINDS = ("divide", "over", "under", "invalid")
SAID = {  # by our operation and the function that it calls: what NumPy's own calls there
    ("square", "multiply"): "square",
    ("reciprocal", "divide"): "reciprocal",
    ("power", "reciprocal"): "power",
    ("dot", "vecdot"): "dot",
}
USUAL = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}


class Heard:
    """What NumPy writes its floating-point errors to; it tells of those in NumPy's operations.

    ways: what np.seterr says of each kind; told: the words and the line of each, and its place.
    """

    def __init__(self, m: "Machine"):
        self._m = m
        self.running: Any = None  # the operation of NumPy's that runs
        self.ways = dict(USUAL)
        self.told: dict[tuple[str, int], Span] = {}

    def write(self, text: str) -> None:
        """NumPy calls it with "Warning: overflow encountered in exp"."""
        head, _, function = text.removeprefix("Warning: ").strip().rpartition(" ")
        name = SAID.get((getattr(self.running, "name", ""), function), function)
        way = self.ways[next(kind for kind in KINDS if head.startswith(kind))]
        if self.running is None or way == "ignore":
            return
        words = f"{head} {name}"
        if way == "raise":
            raise ProgramError("raised", framework=f"FloatingPointError: {words}", detail=words)
        action = self._m.filters.action(("RuntimeWarning", "Warning"), words)
        if action == "ignore":
            return
        if action == "error":
            raise ProgramError("raised", framework=f"RuntimeWarning: {words}", detail=words)
        if (span := self._m.span) is not None:
            self.told.setdefault((words, span[0]), span)
