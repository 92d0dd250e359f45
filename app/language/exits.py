"""Where numbers leave the graph: what a call makes of them that is no operation on arrays.

A number that leaves may come back in any disguise (an index, a shape, a text, a whole number), so
its being what it was is recorded as a decision: elsewhere, the program is run afresh. What keeps
its own node (item(), tolist(), a view for NumPy) has not left, and what is printed comes not back.
"""

from collections.abc import Iterable
from typing import Any

from app.engine import Tensor
from app.language.values import Array, Value
from app.story.recorder import Recorder

MOST = 2_000  # entries of nested lists that are looked at
UNREAD = frozenset(  # calls that look at no numbers, or tell the recorder of each themselves
    (
        *("len", "isinstance", "type", "bool", "int", "float", "round", "any", "all", "print"),
        *("size", "dim", "numel", "nelement", "ndimension", "stride", "get_shape", "set_shape"),
        *("shape", "rank", "ndim", "is_tensor", "is_floating_point", "is_contiguous", "is_leaf"),
        *("result_type", "element_size", "data_ptr", "requires_grad_", "hasattr", "getattr"),
        *("zeros_like", "ones_like", "empty_like", "full_like", "rand_like", "randn_like"),
        *("randint_like", "new_zeros", "new_ones", "new_empty", "new_full", "new_tensor"),
        *("id", "callable", "max", "min", "sorted", "sum", "abs", "divmod", "pow"),
        *("floor", "ceil", "trunc", "isnan", "isinf", "isfinite"),
    )
)


def leave(recorder: Recorder, value: Value) -> None:
    """These numbers, or those within, leave the graph."""
    if isinstance(value, Array):
        recorder.left(value.tensor)
    elif type(value) is float:
        recorder.left(value)
    elif isinstance(value, list | tuple | dict):
        _within(recorder, value, iter(range(MOST)))


def _within(recorder: Recorder, value: Value, room: Any) -> None:
    for one in value.values() if isinstance(value, dict) else value:
        if next(room, None) is None:
            return
        if isinstance(one, list | tuple | dict):
            _within(recorder, one, room)
        else:
            leave(recorder, one)


def called(recorder: Recorder, name: str, given: Iterable[Value], result: Value) -> None:
    """A function or a method was called: what it was given leaves if it made something new."""
    if result is None or name.rpartition(".")[2] in UNREAD:
        return
    known = list(given)
    if known and _is_new(recorder, result, known):
        for value in known:
            leave(recorder, value)


def _is_new(recorder: Recorder, result: Value, given: list[Value]) -> bool:
    """Whether a result has no node that says how it comes about, or one of the first entries of a
    list, at whatever depth, has none."""
    waiting, room = [result], iter(range(MOST))
    while waiting and next(room, None) is not None:  # shared lists would be seen without end
        one = waiting.pop()
        if isinstance(one, list | tuple):
            waiting += one[7::-1]
        elif _is_new_one(recorder, one, given):
            return True
    return False


def _is_new_one(recorder: Recorder, result: Value, given: list[Value]) -> bool:
    if isinstance(result, Array):
        tensor: Tensor = result.tensor
        same = any(isinstance(x, Array) and x.tensor is tensor for x in given)
        return not same and not recorder.follows(tensor)
    if type(result) is float:
        return not any(x is result for x in given) and not recorder.follows(result)
    return isinstance(result, bool | int | str | range)
