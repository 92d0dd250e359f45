"""What is recorded: nothing, what is tracked, everything."""

import numpy as np
import pytest

from app.engine import OPS, Recording, Tensor, enable_grad, no_grad, record, recording


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


@pytest.mark.parametrize("mode", Recording)
@pytest.mark.parametrize("tracked", [(True, True), (True, False), (False, True), (False, False)])
def test_an_operator_records_what_its_op_would(mode, tracked):
    x, y = (Tensor(2.0, tracked=one) for one in tracked)
    with record(mode):
        pairs = [(x * y, OPS["multiply"]), (x > y, OPS["greater"]), (np.sin(x), OPS["sin"])]
    kept = mode is Recording.EVERYTHING or (mode is Recording.TRACKED and any(tracked))
    for found, op in pairs[:2]:
        assert found.op is (op if kept else None)
        assert found.tracked == (kept and any(tracked) and bool(op.rules))
        assert found.inputs == ((x, y) if kept else ())
        assert found.values == ((2.0, 2.0) if kept else ())
    found, op = pairs[2]
    kept = mode is Recording.EVERYTHING or (mode is Recording.TRACKED and x.tracked)
    assert found.op is (op if kept else None) and found.tracked == (kept and x.tracked)


def test_plain_numbers_are_never_recorded():
    with record(Recording.EVERYTHING):
        assert OPS["add"](np.float64(1), np.float64(2)).op is None
