"""Tensors print what PyTorch and TensorFlow print."""

CASES = ["torch_text", "tf_text", "torch_grad_fn"]


def test_prints_as_the_framework_does(traced, case):
    answer = traced(case["source"])
    assert answer["status"] == "ok", answer["diagnostic"]
    assert answer["stdout"] == case["stdout"]
