"""Small numbers that several of the engine's tests use."""

import pytest

from app.engine import Tensor


@pytest.fixture
def x() -> Tensor:
    """A tracked scalar."""
    return Tensor(3.0, tracked=True)
