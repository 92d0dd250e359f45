"""An option that a framework has and we have not is told as that, not in the framework's words."""

import pytest

NOT_HERE = (
    "np.array([1, 2], dtype=float, order='C')",
    "np.sum(np.ones(2), initial=5)",
    "torch.nn.Embedding(3, 2, padding_idx=0)",
    "torch.div(torch.ones(2), 2, rounding_mode='floor')",
    "torch.nn.MSELoss(size_average=False)",
    "torch.ones(2, layout=None)",
    "tf.keras.optimizers.SGD(0.1, use_ema=True)",
)
NOWHERE = (
    "np.array([1, 2], colour=1)",
    "np.sum(np.ones(2), dim=0)",
    "torch.nn.Embedding(3, 2, colour=0)",
    "torch.div(torch.ones(2), 2, colour=1)",
    "def sum_of(xs): return xs\nsum_of(initial=1)",
    "class Embedding:\n    def __init__(self): pass\nEmbedding(padding_idx=0)",
)


@pytest.mark.parametrize("source", NOT_HERE)
def test_an_option_that_is_not_here(traced, source):
    found = traced(source)["diagnostic"]
    assert found["code"] == "option_not_here"
    assert "framework_error" not in found
    assert "is not available here" in found["message"]


@pytest.mark.parametrize("source", NOWHERE)
def test_an_option_that_no_one_has(traced, source):
    found = traced(source)["diagnostic"]
    assert found["framework_error"].startswith("TypeError: ")
    assert "got an unexpected keyword argument" in found["framework_error"]
