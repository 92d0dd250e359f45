"""Changes in place: backward notices those that PyTorch's backward notices, and no other."""

import json
from pathlib import Path

import pytest

from app.language.budget import Limits
from app.language.run import trace

KEPT = Path(__file__).parents[1] / "golden" / "saved_torch.json"
SAVED = json.loads(KEPT.read_text())
PROGRAM = """x = torch.tensor([0.2, 0.4, 0.6, 0.8], requires_grad=True)
h = x * 1.0
y = {expression}
with torch.no_grad():
    {changed} += 0.01
y.sum().backward()
"""


@pytest.mark.parametrize("changed", ["h", "y"])
@pytest.mark.parametrize("expression", SAVED)
def test_what_an_operation_saves(expression, changed):
    source = PROGRAM.format(expression=expression, changed=changed)
    answer = json.loads(trace({"source": source}, Limits()))
    noticed = SAVED[expression]["hy".index(changed)]
    assert answer["status"] == ("error" if noticed else "ok"), answer["diagnostic"]
    if noticed:
        assert answer["diagnostic"]["code"] == "modified"
        assert answer["diagnostic"]["span"][0] == 6
