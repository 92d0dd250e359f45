"""The text of straight lines: Python with NumPy, as one would write it by hand."""

import builtins
import keyword
import operator
import re
from collections.abc import Collection, Sequence
from functools import cache
from inspect import CO_VARARGS
from typing import Any, NamedTuple

import numpy as np

from app.engine.idioms import idiom
from app.engine.literal import literal
from app.engine.op import OPS, SLOT, Op
from app.engine.straight import Line, Straight
from app.engine.tensor import Tensor, Value

OWN = re.compile(r"[txc]\d+|np|Diverged|spread|program")  # names that the text itself uses
PARTS = ("co_code", "co_names", "co_consts")  # of a function: what it does


class Source(NamedTuple):
    """A generated function: text, what its names mean, which node each line computes.

    nodes: by line number, from 1. point: the most bytes that are alive at once for one point of
    the batch, inputs and results included.
    """

    text: str
    scope: dict[str, Any]
    nodes: dict[int, Tensor]
    point: int


class Writer:
    """Writes the function of given Tensors for some results.

    batched: the given Tensors that carry one batch axis in front. Every primitive acts on the last
    axes, so there only operands of lower rank are lifted, and operands without the batch are spread
    where an operation would not broadcast them itself: both are known beforehand.
    """

    def __init__(
        self,
        given: Sequence[Tensor],
        results: Sequence[Tensor],
        decisions: Sequence[tuple[Tensor, bool]],
        batched: Collection[Tensor] = (),
    ):
        self.straight = Straight(given, [*results, *(x for x, _ in decisions)])
        self.batched = set(batched)
        self.scope: dict[str, Any] = {"np": np, "spread": spread}
        self.names: dict[Tensor, str] = {}
        self._taken: set[str] = set()
        self._free: list[str] = []
        self._count = 0  # of t0, t1, …
        self._kept_as: dict[int, str] = {}  # constants by identity
        self._results = [self.straight.value(x) for x in results]
        self._tests = self._decided(decisions)
        self._given = dict.fromkeys(given)

    def _decided(self, decisions: Sequence[tuple[Tensor, bool]]) -> dict[Tensor, bool]:
        decided = ((self.straight.value(x), taken) for x, taken in decisions)
        return {x: taken for x, taken in decided if type(x) is Tensor}

    def write(self) -> Source:
        for i, x in enumerate(self._given):
            self.names[x] = self._own_name(x) or f"x{i}"
        text = [f"def program({', '.join(self.names[x] for x in self._given)}):"]
        for x in self._given:
            text += self._test(x)
        nodes: dict[int, Tensor] = {}
        dying = self._last_readers()
        live = sum(bytes_of(x) for x in self._given if x in self.batched)
        most = live
        for line in self.straight.lines:
            node = line.node
            if any(x in self.batched for x in line.operands if type(x) is Tensor):
                self.batched.add(node)
                live += bytes_of(node)
                most = max(most, live)
            written = self._expression(line)
            dead = dying.get(node, [])
            for x in dead:
                live -= bytes_of(x) if x in self.batched else 0
                if OWN.fullmatch(self.names[x]) and x not in self._given:
                    self._free.append(self.names[x])
            self.names[node] = self._own_name(node) or self._next_name()
            text.append(f"    {self.names[node]} = {written}")
            nodes[len(text)] = node
            text += self._test(node)
            named = [x for x in dead if x.ndim and not OWN.fullmatch(self.names[x])]
            if gone := [self.names[x] for x in named if x not in self._given]:
                text.append(f"    del {', '.join(gone)}")
        results = "".join(f"{self._result(x)}, " for x in self._results)
        text.append(f"    return ({results.strip()})")
        return Source("\n".join(text) + "\n", self.scope, nodes, max(most, 1))

    # -- names

    def _own_name(self, x: Tensor) -> str | None:
        """The name that the Tensor has where it comes from, if it can be one here."""
        origin = x.origin[0] if isinstance(x.origin, tuple) and x.origin else x.origin
        if not isinstance(origin, str) or not origin.isidentifier() or keyword.iskeyword(origin):
            return None
        if origin in self._taken or origin in OPS or origin in vars(builtins):
            return None
        if OWN.fullmatch(origin):
            return None
        self._taken.add(origin)
        return origin

    def _next_name(self) -> str:
        """A result takes the name of one that is no longer read: its memory is freed."""
        if self._free:
            return self._free.pop()
        self._count += 1
        return f"t{self._count - 1}"

    def _last_readers(self) -> dict[Tensor, list[Tensor]]:
        """For each line's node, what is read there for the last time."""
        last: dict[Tensor, Tensor] = {}
        for node, operands in self.straight.lines:
            last |= {x: node for x in operands if type(x) is Tensor}
        kept = {x for x in self._results if type(x) is Tensor}
        dying: dict[Tensor, list[Tensor]] = {}
        for x, node in last.items():
            if x not in kept:
                dying.setdefault(node, []).append(x)
        return dying

    # -- lines

    def _test(self, x: Tensor) -> list[str]:
        """A branch that was taken must be taken again, by every point of a batch."""
        if x not in self._tests:
            return []
        name, taken = self.names[x], self._tests[x]
        if x in self.batched:
            failed = f"not np.all({name})" if taken else f"np.any({name})"
        else:
            failed = f"not {name}" if taken else name
        return [f"    if {failed}: raise Diverged"]

    def _expression(self, line: Line) -> str:
        node, operands = line
        op = node.op
        assert op is not None
        plain = is_text_of(op)
        if template := idiom(node, operands, node in self.batched):
            return template.format(self._operand(line, 0, False))
        lone = plain and op.elementwise
        written = [self._operand(line, slot, lone) for slot in range(len(operands))]
        if plain:
            template = op.spelled["numpy"]
            if not re.fullmatch(r"[\w.]+\(.*\)|\{0\}", template):
                written = [f"({one})" if re.match(r"-[\d.f]", one) else one for one in written]
            spelled = op.spell("numpy", written)
            assert spelled is not None
            return spelled
        self.scope[op.name] = op.forward
        return f"{op.name}({', '.join(written)})"

    def _operand(self, line: Line, slot: int, bare: bool) -> str:
        node, operands = line
        x, op = operands[slot], node.op
        assert op is not None
        is_array = type(x) is Tensor or (op.passes(slot) and isinstance(x, np.ndarray))
        text = self.names[x] if type(x) is Tensor else self._constant(x, line, bare)
        if node not in self.batched or not is_array:
            return text
        broadcasts = op.elementwise or op.forward is operator.matmul
        if broadcasts:
            rank = max(np.ndim(one.data if type(one) is Tensor else one) for one in operands)
            missing = rank - x.ndim if type(x) is Tensor and x in self.batched else 0
            return text + f"[:{', None' * missing}]" if missing > 0 else text
        if type(x) is Tensor and x in self.batched:
            return text
        return f"spread({text}, {self._length(line)})"

    def _length(self, line: Line) -> str:
        """The batch's length, as an expression."""
        first = next(x for x in line.operands if type(x) is Tensor and x in self.batched)
        return f"len({self.names[first]})"

    def _constant(self, x: Any, line: Line, bare: bool) -> str:
        """A constant as Python writes it where that is short and means the same, else by name."""
        if isinstance(x, np.generic):
            others = [one for one in line.operands if type(one) is Tensor]
            same = bare and all(one.dtype == x.dtype for one in others)
            return literal(x) if same and x.dtype.kind == "f" and np.isfinite(x) else self._kept(x)
        if isinstance(x, np.ndarray | np.dtype) or callable(x):
            return self._kept(x)
        if isinstance(x, tuple) and any(isinstance(one, np.ndarray) for one in x):
            if line.node.op is OPS.get("getitem"):
                return ", ".join(
                    self._kept(one) if isinstance(one, np.ndarray) else literal(one) for one in x
                )
            return self._kept(x)
        if isinstance(x, tuple) and line.node.op is not OPS.get("getitem"):
            indexes = any(isinstance(one, slice) or one is Ellipsis for one in x)
            return self._kept(x) if indexes else literal(x)
        if isinstance(x, float) and not np.isfinite(x):
            return self._kept(x)
        return self._kept(x) if isinstance(x, slice) else literal(x)

    def _kept(self, x: Any) -> str:
        if id(x) not in self._kept_as:
            self._kept_as[id(x)] = name = f"c{len(self._kept_as)}"
            self.scope[name] = x  # which also keeps the identity from being given to another
        return self._kept_as[id(x)]

    def _result(self, x: Any) -> str:
        return self.names[x] if type(x) is Tensor else self._kept(x)


@cache
def is_text_of(op: Op) -> bool:
    """Whether the NumPy spelling of an Op is its `forward`, word for word, so that either will do.

    True for Python's operators, for NumPy's functions, and for a lambda that compiles to the same
    instructions.
    """
    template, forward = op.spelled["numpy"], op.forward
    if not template:
        return False
    call = re.fullmatch(r"np\.(\w+)\(.*\)", template)
    if call and getattr(np, call[1], None) is forward:
        return True
    if forward is abs or getattr(forward, "__module__", None) == "_operator":
        return True
    code = getattr(forward, "__code__", None)
    if code is None or forward.__closure__ or forward.__globals__.get("np") is not np:
        return False
    if code.co_flags & CO_VARARGS:
        return False
    names = code.co_varnames[: code.co_argcount]
    if max([int(slot) for slot in SLOT.findall(template) if slot != "..."], default=0) >= len(
        names
    ):
        return False
    scope: dict[str, Any] = {}  # the import: Python compiles calls of an imported module's names so
    exec(f"import numpy as np\ntext = lambda {', '.join(names)}: {op.spell('numpy', names)}", scope)
    text = scope["text"].__code__
    return all(getattr(text, part) == getattr(code, part) for part in PARTS)


def spread(x: Value, length: int) -> Value:
    """x once for each point of a batch, without a copy."""
    return np.broadcast_to(x, (length, *np.shape(x)))


def bytes_of(x: Tensor) -> int:
    return int(x.size * x.dtype.itemsize)
