"""What is recorded: nothing, what is tracked, everything."""

import pytest

from app.engine import Recording, Tensor, enable_grad, no_grad, record, recording


def test_the_default_records_what_is_tracked(x):
    assert recording.get() is Recording.TRACKED
    assert (x * 2).op is not None
    assert (Tensor(1.0) * 2).op is None


def test_no_grad_and_enable_grad_nest(x):
    with no_grad():
        assert (x * 2).op is None and not (x * 2).tracked
        with enable_grad():
            assert (x * 2).tracked
            with no_grad():
                assert (x * 2).op is None
        assert (x * 2).op is None
    assert (x * 2).tracked


def test_everything():
    with record(Recording.EVERYTHING):
        y = Tensor(1.0) * 2
        assert y.op is not None and not y.tracked


def test_the_mode_is_restored_after_an_error():
    with pytest.raises(RuntimeError), no_grad():
        raise RuntimeError
    assert recording.get() is Recording.TRACKED
