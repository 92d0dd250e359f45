"""GradientTape: an interval of ticks, and what it watches."""

import pytest

from app.engine import GradientTape, Recording, TapeUsed, Tensor, open_tapes, recording


@pytest.fixture
def c() -> Tensor:
    """A constant."""
    return Tensor(2.0)


def test_variables_are_watched_on_their_own(x):
    with GradientTape() as tape:
        y = x * x
    assert tape.gradient([(y, None)], [x]) == [6.0]


def test_constants_must_be_watched(c):
    with GradientTape(persistent=True) as tape:
        y = c * c
        tape.watch(c)
        z = c * 3
    assert tape.gradient([(y, None)], [c]) == [None]  # the use was before the watch
    assert tape.gradient([(z, None)], [c]) == [3.0]


def test_watch_accessed_variables(x, c):
    with GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        tape.watch(c)
        y = x * c
    assert tape.gradient([(y, None)], [x, c]) == [None, 3.0]


def test_a_second_call_raises_unless_persistent(x):
    with GradientTape() as tape:
        y = x * x
    tape.gradient([(y, None)], [x])
    with pytest.raises(TapeUsed):
        tape.gradient([(y, None)], [x])
    with GradientTape(persistent=True) as tape:
        y = x * x
    assert [tape.gradient([(y, None)], [x]) for _ in range(3)] == [[6.0]] * 3


def test_seeds_are_output_gradients(x):
    with GradientTape() as tape:
        y = x * x
    assert tape.gradient([(y, 10.0)], [x]) == [60.0]


def test_intermediates_are_sources_too(x):
    with GradientTape() as tape:
        y = x * x
        z = y * y
    assert tape.gradient([(z, None)], [y, x]) == [18.0, 108.0]


def test_what_was_made_outside_is_a_constant(x):
    y = x * x
    with GradientTape() as tape:
        z = y * 3
    assert tape.gradient([(z, None)], [x]) == [None]


def test_what_is_made_afterwards_is_not_on_the_tape(x):
    with GradientTape(persistent=True) as tape:
        y = x * x
    z = y * 3
    assert tape.gradient([(z, None)], [x]) == [None]
    assert tape.gradient([(y, None)], [x]) == [6.0]


def test_pause_and_resume(x):
    with GradientTape() as tape:
        y = x * x
        tape.pause()
        z = x * 5
        tape.resume()
        w = y + z
    assert tape.gradient([(w, None)], [x]) == [6.0]


def test_reset_forgets(x, c):
    with GradientTape(persistent=True) as tape:
        tape.watch(c)
        y = x * c
        tape.reset()
        z = y * x * c
    assert tape.gradient([(z, None)], [x, c]) == [12.0, None]
    assert tape.gradient([(y, None)], [x]) == [None]


def test_reset_allows_another_call(x):
    tape = GradientTape()
    with tape:
        y = x * x
    tape.gradient([(y, None)], [x])
    tape.reset()
    with tape:
        y = x * 4
    assert tape.gradient([(y, None)], [x]) == [4.0]


def test_a_tape_may_be_entered_again(x):
    tape = GradientTape()
    with tape:
        y = x * x
    with tape:
        z = y * 2
    assert tape.gradient([(z, None)], [x]) == [12.0]


def test_nested(x):
    with GradientTape() as outer:
        with GradientTape() as inner:
            y = x**3
        (first,) = inner.gradient([(y, None)], [x])
        assert isinstance(first, Tensor)
    (second,) = outer.gradient([(first, None)], [x])
    assert (first.data, second) == (27.0, 18.0)


def test_thrice_nested(x):
    with GradientTape() as a:
        with GradientTape() as b:
            with GradientTape() as c:
                y = x**4
            (first,) = c.gradient([(y, None)], [x])
        (second,) = b.gradient([(first, None)], [x])
    (third,) = a.gradient([(second, None)], [x])
    assert (first.data, second.data, third) == (108.0, 108.0, 72.0)


def test_side_by_side(x):
    with GradientTape() as a, GradientTape(persistent=True) as b:
        y = x * x
    assert a.gradient([(y, None)], [x]) == b.gradient([(y, None)], [x]) == [6.0]
    with pytest.raises(TapeUsed):
        a.gradient([(y, None)], [x])
    assert b.gradient([(y, None)], [x]) == [6.0]


def test_each_tape_watches_for_itself(c):
    with GradientTape() as outer:
        with GradientTape() as inner:
            inner.watch(c)
            y = c * c
        (first,) = inner.gradient([(y, None)], [c])
        outer.watch(c)
    assert first.data == 4.0
    assert outer.gradient([(first, None)], [c]) == [None]


def test_unconnected_is_none(x):
    other = Tensor(1.0, tracked=True)
    with GradientTape() as tape:
        y = x * x
    assert tape.gradient([(y, None)], [x, other]) == [6.0, None]


def test_the_listener_hears_only_what_leads_to_the_sources(x):
    other = Tensor(5.0, tracked=True)
    heard = []
    with GradientTape() as tape:
        y = (x * 2) * (other * 3)
    tape.gradient([(y, None)], [x], lambda node, slot, g, part, total: heard.append(node.op.name))
    assert heard == ["multiply", "multiply"]


def test_nothing_stays_open(x):
    with pytest.raises(RuntimeError), GradientTape():
        raise RuntimeError
    assert open_tapes.get() == () and recording.get() is Recording.TRACKED
    assert (Tensor(1.0) * 2).op is None


def test_the_target_itself(x):
    with GradientTape(persistent=True) as tape:
        y = x * 2
    assert tape.gradient([(y, None)], [y]) == [1.0]
    assert tape.gradient([(x, None)], [x]) == [1.0]


def test_a_stopped_tape_may_be_entered_again(x):
    with GradientTape(persistent=True) as tape:
        y = x * x
        tape.pause()
        with tape:
            z = x * y
        assert open_tapes.get() == (tape,)
        assert recording.get() is Recording.EVERYTHING
        tape.resume()
        u = z * x
    assert open_tapes.get() == ()
    assert tape.gradient([(u, None)], [x]) == [4 * 3.0**3]
