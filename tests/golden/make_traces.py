"""Writes tests/golden/traces/*.json: requests and the traces they give.

    python tests/golden/make_traces.py        # after a change of the contract that is meant

Look at the difference before keeping it. The layout is left out: it has tests of its own.
"""

import json
from pathlib import Path
from typing import Any

from app.language.budget import Limits
from app.language.run import trace

HERE = Path(__file__).parent
SEEDS = HERE.parent / "language" / "seeds"
REQUESTS: dict[str, dict[str, Any]] = {
    name: {"source": (SEEDS / f"{name}.py.txt").read_text()}
    for name in ("s1_chain", "s4_watch", "s4_nested", "s4_persistent", "s4_unwatched")
}
S0 = (SEEDS / "s0_fit.py.txt").read_text()
REQUESTS["s0_fit_3"] = {"source": S0.replace("range(500)", "range(3)")}
S2 = (SEEDS / "s2_neuron.py.txt").read_text()
S2 = S2.replace("tf.random.normal([1], 0, 1)", "0.8").replace("range(1000)", "range(3)")
REQUESTS["s2_neuron_3"] = {"source": S2}
REQUESTS["expression"] = {
    "source": "(x*w + b - y)**2",
    "inputs": {"x": 2, "w": 0.5, "b": 0.25, "y": -1},
}
REQUESTS["torch_held"] = {
    "source": """import torch
x = torch.tensor([1.0, 2.0, 3.0])
y = torch.tensor([2.0, 4.0, 6.0])
w = torch.tensor(0.5, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
for i in range(3):  # nobody sets the gradients to zero
    loss = ((w * x + b - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.01 * w.grad
        b -= 0.01 * b.grad
    print(i, loss.item(), w.grad.item())
"""
}
REQUESTS["torch_zeroed"] = {
    "source": """x = torch.tensor([[1.0, -2.0], [0.5, 3.0]])
w1 = torch.tensor([[0.5, -1.0], [0.25, 0.75]], requires_grad=True)
w2 = torch.tensor([[1.0], [-0.5]], requires_grad=True)
for t in range(2):
    loss = (x.mm(w1).clamp(min=0).mm(w2) - 1).pow(2).sum()
    loss.backward()
    with torch.no_grad():
        w1 -= 0.1 * w1.grad
        w2 -= 0.1 * w2.grad
        w1.grad.zero_()
        w2.grad.zero_()
"""
}
REQUESTS["korean_error"] = {
    "source": "가중치 = tf.Variable(2.0)\n"
    "with tf.GradientTape() as 테이프:\n    손실 = 가중치 ** 2\n"
    "기울기 = 테이프.gradient(손실, 가중치)\nprint(f'기울기 {기울기.numpy()}', 손싫)\n",
    "lang": "ko",
}


def golden(request: dict[str, Any]) -> dict[str, Any]:
    """The trace of a request, without the layouts of its graphs."""
    answer = json.loads(trace(request, Limits()))
    for graph in answer["graphs"]:
        for name in ("layout", "portrait", "page", "frame"):
            graph.pop(name, None)
    return answer


if __name__ == "__main__":
    (HERE / "traces").mkdir(exist_ok=True)
    for name, request in REQUESTS.items():
        kept = {"request": request, "trace": golden(request)}
        text = json.dumps(kept, indent=1, ensure_ascii=False)
        (HERE / "traces" / f"{name}.json").write_text(text + "\n")
