"""The Recorder: operations, names and gradient calls, cut into segments."""

import numpy as np
import pytest

from app.engine import OPS, Recording, Tensor, gradients, ones_like, record
from app.story.recorder import Recorder
from app.story.segment import Segment


class Author:
    """A program by hand: it does what the language room does."""

    def __init__(self):
        self.segments: list[Segment] = []
        self.recorder = Recorder(self.segments.append)

    def do(self, result: Tensor, span=(1, 1, 1, 2), recorded: bool = True) -> Tensor:
        self.recorder.at(list(span))
        self.recorder.operation(result, recorded)
        return result

    def backward(self, target: Tensor, source: Tensor) -> None:
        pairs = [(target, ones_like(target.data))]
        call = self.recorder.call("backward", pairs, [source])
        gradients(pairs, listener=self.recorder.listener(call))

    def kinds(self, segment: int = 0) -> list[str]:
        return [what[0] for what in self.segments[segment].happened]


@pytest.fixture
def author():
    return Author()


@pytest.fixture
def w():
    return Tensor(3.0, tracked=True)


def test_an_operation_is_an_item_with_its_inputs(author, w):
    w.origin = ("w", [1, 1, 1, 2])
    y = author.do(w * 2.0, (4, 5, 4, 6))
    author.recorder.bind("y", y)
    author.recorder.end()
    (segment,) = author.segments
    (item,) = [what[1] for what in segment.happened if what[0] == "forward"]
    assert (item.op, item.name, item.span, item.data) == (OPS["multiply"], "y", [4, 5, 4, 6], 6.0)
    leaf, literal = item.inputs
    assert (leaf.name, leaf.tracked, leaf.op, literal) == ("w", True, None, 2.0)
    assert segment.line == 4


def test_results_within_a_result_are_told_oldest_first(author, w):
    author.do((w * 2.0 + 1.0) ** 2)
    author.recorder.end()
    items = [what[1].op.name for what in author.segments[0].happened]
    assert items == ["multiply", "add", "power"]


def test_a_call_and_what_follows(author, w):
    y = author.do(w * w)
    author.backward(y, w)
    author.recorder.update(w, w.data, np.float64(2.0))
    author.recorder.end()
    assert author.kinds() == ["forward", "seed", "backward", "backward", "update"]
    (call,) = author.segments[0].calls
    assert sorted(map(float, call.arrived.values())) == [1.0, 6.0]


def test_a_new_recording_after_a_call_begins_a_pass(author, w):
    for _ in range(3):
        author.backward(author.do(w * w), w)
    author.recorder.end()
    assert [segment.ordinal for segment in author.segments] == [0, 1, 2]


def test_what_goes_on_from_a_recorded_result_stays_in_its_pass(author, w):
    y = author.do(w * w)
    author.backward(y, w)
    author.backward(author.do(y * 2.0), w)
    author.recorder.end()
    assert len(author.segments) == 1 and len(author.segments[0].calls) == 2


def test_a_tape_that_opens_after_a_call_begins_a_pass(author, w):
    for _ in range(2):
        author.recorder.tape("enter")
        y = author.do(w * w)
        author.recorder.tape("exit")
        author.backward(y, w)
    author.recorder.end()
    assert author.kinds(0)[:2] == ["event", "forward"] and len(author.segments) == 2


def test_the_loop_turns_unless_something_waits(author, w):
    author.do(w * 2.0, recorded=False)
    author.recorder.turn()
    author.do(w * w)
    author.recorder.turn()  # its gradient is still to come
    author.recorder.end()
    assert len(author.segments) == 2 and author.segments[0].turned
    assert author.kinds(1) == ["forward", "turn"]


def test_plain_numbers(author):
    x, y = 2.5, 4.0
    z = x * y
    author.recorder.number(OPS["multiply"], [(x, "x"), (y, None)], z)
    author.recorder.bind("z", z)
    author.recorder.number(OPS["add"], [(z, "z"), (1, None)], z + 1)
    author.recorder.end()
    first, second = (what[1] for what in author.segments[0].happened)
    assert first.name == "z" and first.inputs[0].name == "x" and first.inputs[1] == 4.0
    assert second.inputs[0] is first and second.inputs[1] == 1


def test_an_alias_is_the_same_number(author):
    with record(Recording.EVERYTHING):
        y = author.do(Tensor(2.0) * 3.0, recorded=False)
    number = float(y.data)
    author.recorder.alias(number, y)
    author.recorder.number(OPS["add"], [(number, "n"), (1.0, None)], number + 1.0)
    author.recorder.end()
    assert forwards(author)[-1].inputs[0].op is OPS["multiply"]


def test_a_number_that_was_tracked_stands_apart_once_it_is_used(author, w):
    y = author.do(w * 3.0)
    used, unused = float(y.data), float(y.data) + 0.5
    author.recorder.alias(used, y)
    author.recorder.alias(unused, y)
    author.recorder.number(OPS["add"], [(used, "n"), (1.0, None)], used + 1.0)
    author.recorder.end()
    product, apart, added = forwards(author)
    assert apart.op is OPS["detach"] and apart.inputs == (product,) and added.inputs[0] is apart


def forwards(author):
    return [what[1] for what in author.segments[0].happened if what[0] == "forward"]


def test_a_leaf_that_moved_is_another_item(author, w):
    w.origin = ("w", None)
    before = author.do(w * 1.0)
    w.data = np.float64(9.0)
    after = author.do(w * 1.0)
    author.recorder.end()
    items = {what[1].value: what[1] for what in author.segments[0].happened}
    assert [items[y].inputs[0].data for y in (before, after)] == [3.0, 9.0]


def test_output_and_echo_are_in_the_stream(author, w):
    author.do(w * w)
    author.recorder.output(5)
    author.recorder.echo("9.0")
    author.recorder.end()
    assert author.kinds() == ["forward", "print", "echo"]


def test_zero_is_an_event_of_the_owner(author, w):
    w.origin = ("w", None)
    gradient = Tensor(6.0)
    author.recorder.gradient_of(gradient, w)
    author.recorder.zeroed(gradient)
    author.recorder.zeroed(Tensor(1.0))  # nobody's gradient
    author.recorder.end()
    ((kind, event, item, _),) = author.segments[0].happened
    assert (kind, event, item.name) == ("event", "zero", "w")
    assert gradient.origin[0] == "w.grad"


def test_a_pass_that_records_too_much_is_stopped(w):
    def full(what: str) -> None:
        raise OverflowError(what)

    recorder = Recorder(lambda segment: None, 5, full=full)
    y = w
    with pytest.raises(OverflowError, match="nodes"):
        for _ in range(9):
            y = y * 2.0
            recorder.operation(y, True)
    assert y.data == 3.0 * 2.0**5
    recorder = Recorder(lambda segment: None, lines=5, full=full)
    with pytest.raises(OverflowError, match="edges"):
        for _ in range(9):
            recorder.operation(w * w, True)


def test_plain_numbers_without_end_are_left_out_instead():
    segments: list[Segment] = []
    recorder = Recorder(segments.append, 5)
    x = 1.0
    for _ in range(9):
        recorder.number(OPS["multiply"], [(x, "x"), (2.0, None)], x := x * 2.0)
    recorder.end()
    assert segments[0].large and len(segments[0].items) < 8
