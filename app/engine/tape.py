"""GradientTape: an interval of ticks."""

from collections.abc import Iterable
from contextvars import ContextVar, Token
from typing import Any

from app.engine.backward import Listener, gradients
from app.engine.modes import Recording, recording
from app.engine.tensor import Tensor, next_tick

open_tapes: ContextVar[tuple["GradientTape", ...]] = ContextVar("open_tapes", default=())


class TapeUsed(RuntimeError):
    """A tape that is not persistent was asked for gradients twice."""


class GradientTape:
    """What happened between its start and its end, and which Tensors it watches.

    While any tape is open every result keeps its history, so a tape needs no code in any
    operation: `gradient` follows what was made within its ticks from its own watched Tensors.
    Tracked leaves (variables) are watched on their own when `watch_accessed_variables`.
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True):
        self.persistent, self.watches_variables = persistent, watch_accessed_variables
        self.intervals: list[list[int | None]] = []
        self.watched: dict[Tensor, int] = {}
        self.used = False
        self._tokens: list[Token[Recording]] = []  # more than one: entered again while stopped

    def __enter__(self) -> "GradientTape":
        open_tapes.set((*open_tapes.get(), self))
        self._tokens.append(recording.set(Recording.EVERYTHING))
        self.resume()
        return self

    def __exit__(self, *problem: object) -> None:
        self.pause()
        recording.reset(self._tokens.pop())
        still = list(open_tapes.get())
        still.remove(self)
        open_tapes.set(tuple(still))

    @property
    def is_open(self) -> bool:
        return bool(self.intervals) and self.intervals[-1][1] is None

    def pause(self) -> None:
        """Ends the current interval (`stop_recording`, or the end of the block)."""
        if self.is_open:
            self.intervals[-1][1] = next_tick()

    def resume(self) -> None:
        """Begins an interval."""
        self.intervals.append([next_tick(), None])

    def watch(self, x: Tensor) -> None:
        """Follows x from now on."""
        self.watched.setdefault(x, next_tick())

    def reset(self) -> None:
        """Forgets everything recorded and watched so far."""
        self.intervals = [[next_tick(), None]] if self.is_open else []
        self.watched.clear()
        self.used = False

    def saw(self, node: Tensor) -> bool:
        """Whether this result was made while the tape was recording."""
        tick = node.tick
        return any(
            start <= tick and (end is None or tick < end)
            for start, end in self.intervals
            if start is not None
        )

    def saw_under(self, targets: Iterable[Tensor]) -> list[Tensor]:
        """The results under the targets that this tape recorded, oldest first."""
        below: set[Tensor] = set()
        waiting = [target for target in targets if target.op and self.saw(target)]
        while waiting:
            node = waiting.pop()
            if node not in below:
                below.add(node)
                waiting += [
                    x for x in node.inputs if isinstance(x, Tensor) and x.op and self.saw(x)
                ]
        return sorted(below, key=lambda node: node.tick)

    def watches(self, x: Tensor, node: Tensor) -> bool:
        """Whether x was watched when node was made from it."""
        return self._is_variable(x) or self.watched.get(x, node.tick) < node.tick

    def _is_variable(self, x: Tensor) -> bool:
        return self.watches_variables and x.tracked and x.op is None

    def gradient(
        self,
        targets: list[tuple[Tensor, Any]],
        sources: list[Tensor],
        listener: Listener | None = None,
    ) -> list[Any]:
        """The gradient of the (target, seed) pairs for each source; None where nothing links them.

        Under an open tape the result is itself recorded: Tensors, else values.
        """
        if self.used and not self.persistent:
            raise TapeUsed
        self.used = True
        if not self.persistent:
            self.pause()
        seen = self.saw_under(target for target, _ in targets)
        wanted, live, leading = set(sources), set(), set()
        for node in seen:  # live: depends on something watched; leading: on a source, so
            for x in node.inputs:
                if isinstance(x, Tensor) and (x in live or self.watches(x, node)):
                    live.add(node)
                    if x in wanted or x in leading:
                        leading.add(node)

        def follow(node: Tensor, x: Tensor) -> bool:
            if node not in leading or not (x in wanted or x in leading):
                return False
            return x in live or self.watches(x, node)

        known = live | {x for x in wanted if x in self.watched or self._is_variable(x)}
        arrived = gradients(
            [(target, seed) for target, seed in targets if target in known],
            follow=follow,
            create_graph=any(tape.is_open for tape in open_tapes.get()),
            listener=listener,
        )
        return [arrived.get(source) if source in known else None for source in sources]
