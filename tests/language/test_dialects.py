"""Tapes and autograd do what TensorFlow and PyTorch do, kinks and ties included."""

CASES = ["torch_autograd", "tf_tape"]


def test_prints_as_the_framework_does(traced, case):
    answer = traced(case["source"])
    assert answer["status"] == "ok", answer["diagnostic"]
    assert answer["stdout"] == case["stdout"]
