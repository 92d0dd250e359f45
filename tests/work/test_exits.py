"""Numbers that leave the graph and come back: everywhere the objective is the program itself, run
there; and what is only written down costs nothing."""

import json

import numpy as np
import pytest

from app.language.budget import Budget, Limits
from app.language.run import trace
from app.work.objective import ENOUGH, ProgramObjective
from app.work.training import Training

POINTS = [(1.5, 0.5), (-1.2, 0.7), (2.6, 3.1), (0.4, 2.0), (1.0, 1.0), (-0.5, -2.0)]
START = """\
import torch, math, numpy as np
import torch.nn.functional as F
a = torch.tensor({a}, requires_grad=True)
b = torch.tensor({b}, requires_grad=True)
for step in range({steps}):
    l = (a - 2) ** 2 + (b + 1) ** 2 * a
    d = torch.stack([a, b, a * b])
"""
END = """
    loss.backward()
    with torch.no_grad():
        a -= 0.01 * a.grad
        b -= 0.01 * b.grad
"""
EXITS = {
    "branch": "loss = l * 2 if l.item() > 3 else l",
    "branch on a variable": "loss = l * 2 if float(a) > 1 else l",
    "truth of a variable": "loss = l * 2 if a - 1 else l",
    "truth of a number": "loss = l * 2 if (a - 1).item() else l",
    "item": "loss = l * a.item()",
    "detach": "loss = l * a.detach()",
    "an error that is caught": (
        "try:\n        c = math.log(float(a))\n    except ValueError:\n        c = 3.0\n"
        "    loss = l * c"
    ),
    "an error of division": (
        "try:\n        c = math.sqrt(b.item())\n    except:\n        c = 3.0\n    loss = l * c"
    ),
    "range": "loss = l\n    for i in range(int(a.item())): loss = loss + b * b",
    "mask": "loss = (d[d > 0] ** 2).sum() + l",
    "masked_select": "loss = (torch.masked_select(d, d > 0) ** 2).sum() + l",
    "places": "loss = (d[torch.nonzero(d > 0, as_tuple=True)] ** 2).sum() + l",
    "argmax as an index": "loss = d[torch.argmax(d)] * 3 + b * b",
    "argmax of a list": "loss = [a, b * 2, a * b * 3][torch.argmax(d)] + l",
    "argmax as a whole number": "loss = [a, b * 2, a * b * 3][torch.argmax(d).item()] + l",
    "argsort": "loss = d[torch.argsort(d)[0]] * 3 + l",
    "max": "loss = max(a * a, b) * 1.0 + l",
    "sorted": "s = sorted([a, b]); loss = s[0] * 3 + s[1] + l",
    "sorted numbers": "s = sorted([a.item(), b.item()]); loss = l * s[0]",
    "sort": "e, i = torch.sort(d); loss = e[0] * 3 + e[1] * e[2]",
    "topk": "v, i = torch.topk(d, 2); loss = (v * torch.tensor([1., 3.])).sum() + i.sum() * a",
    "tolist": "t = d.tolist(); loss = l * (2 if t[0] > t[1] else 1) * t[2]",
    "tolist of whole numbers": "t = (d > 0).int().tolist(); loss = l * t[0]",
    "round": "loss = l * round(a.item())",
    "round to digits": "loss = l * round(a.item(), 1)",
    "floor": "loss = l * math.floor(a.item()) * math.ceil(b.item()) * math.trunc(a.item())",
    "degrees": "loss = l * math.degrees(a.item())",
    "isclose": "loss = l * (3 if math.isclose(a.item(), b.item()) else 1)",
    "numpy": "loss = l * torch.tensor(float(np.sin(a.detach().numpy())))",
    "numpy and back": "loss = l * torch.from_numpy(d.detach().numpy().copy()).sum()",
    "numpy's own": "loss = l * float(np.median(d.detach().numpy()))",
    "a list of numbers": "loss = l * torch.tensor([a.item(), 2.0]).sum()",
    "an array of lists": "loss = l * torch.tensor(d.tolist()).sum()",
    "full": "loss = l * torch.full((2,), a.item()).sum()",
    "format": 'loss = l * 2 if len(f"{a.item():.0f}") > 1 else l',
    "percent": 'loss = l * float("%.1f" % a.item())',
    "str.format": 'loss = l * float("{:.1f}".format(a.item()))',
    "str": "loss = l * float(str(a.item()))",
    "repr of a list": "loss = l * len(repr([a.item()]))",
    "nonzero": "loss = l * len(torch.nonzero(d > 0.5))",
    "shape of a choice": "loss = l * d[d > 1].shape[0]",
    "unique": "loss = l * len(torch.unique((d > 0.5).int()))",
    "in a list": "loss = l * (1 if a.item() in [1.0, 2.0] else 5)",
    "in a set": "loss = l * (1 if a.item() in {1.0, 2.0} else 5)",
    "a key": "loss = l * {1.0: 3}.get(a.item(), 2)",
    "a truth as a key": "loss = l * {True: 1, False: 7}[bool(a > 1)]",
    "while": "c, n = a, 0\n    while c < 4 and n < 5: c, n = c * 1.5 + 0.1, n + 1\n"
    "    loss = c * b + l",
    "allclose": "loss = l * (3 if torch.allclose(a, b) else 1)",
    "any": "loss = l * (3 if (d > 1).any() else 1)",
    "an index": "loss = l + torch.arange(10.)[int(a)]",
    "a slice": "loss = l + torch.arange(10.)[: int(a) + 1].sum()",
    "copysign": "loss = l * torch.copysign(torch.tensor(2.0), b)",
    "clamp": "loss = (d.clamp(min=a.item() - 1) ** 2).sum()",
    "power": "loss = l ** 2 * abs(a.item()) ** b.item()",
    "shown by a function": "def f():\n        return torch.argmax(d).item()\n"
    "    k = []\n    print(k.append(f()))\n    loss = d[k[0]] + l",
}
WRITTEN = {  # down, or shown: nothing of it comes back
    "print": 'loss = l\n    print(step, loss.item(), f"{loss.item():.4f} {a}", a.tolist())',
    "print before": 'print(f"{a.item():.3f} {b:.2f}"); loss = l',
    "losses": "loss = l\n    losses = [loss.item(), float(l)]",
    "a path": "path = [a.item(), d.tolist(), d.detach().numpy().copy()]; loss = l",
    "means": "loss = l\n    total = 0.9 * 2.0 + 0.1 * loss.item()",
    "shapes": "n = len(d) + d.size(0) + d.numel() + torch.zeros_like(d).dim(); loss = l * n",
}


def source(body: str, at: tuple[float, float], steps: int = 1) -> str:
    return START.format(a=at[0], b=at[1], steps=steps) + f"    {body}" + END


def objective_of(body: str) -> ProgramObjective:
    return ProgramObjective(Training({"source": source(body, POINTS[0])}, Budget(Limits())))


def by_running(body: str, at: tuple[float, float]) -> tuple[float, list[float]]:
    told = json.loads(trace({"source": source(body, at)}, Limits()))
    assert told["status"] == "ok", told["diagnostic"]
    found = told["variables"]
    slopes = [found[name]["grad"] for name in "ab"]
    return found["loss"]["value"], [x["value"] if isinstance(x, dict) else x or 0 for x in slopes]


@pytest.mark.parametrize("exit_", list(EXITS))
def test_the_objective_is_the_program_itself_everywhere(exit_):
    objective = objective_of(EXITS[exit_])
    order = [name.split("[")[0] for name in objective.names]
    at = np.array(
        [[dict(zip("ab", point, strict=True))[name] for name in order] for point in POINTS]
    )
    values, slopes = objective.value_and_grad(at)
    wanted = [by_running(EXITS[exit_], point) for point in POINTS]
    assert np.allclose(values, [value for value, _ in wanted], rtol=1e-4)
    assert np.allclose(objective.values(at), values)
    where = ["ab".index(name) for name in order]
    told = np.array([slope for _, slope in wanted], float)[:, where]
    assert np.allclose(slopes, told, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("body", list(WRITTEN))
def test_what_is_only_written_down_costs_nothing(body, monkeypatch):
    objective = objective_of(WRITTEN[body])
    runs = []
    monkeypatch.setattr(Training, "elsewhere", lambda *given: runs.append(given))
    at = np.random.default_rng(0).normal(size=(50, 2))
    assert np.all(np.isfinite(objective.values(at))) and not runs


@pytest.mark.parametrize("after", ["if loss.item() < 1e-3: break", "best = min(9.0, loss.item())"])
def test_a_program_that_may_stop_after_its_loss_has_a_surface_without_a_hole(after):
    body = f"loss = l ** 2\n    {after}\n    seen = (d > 0).sum().item()"
    objective, plain = objective_of(body), objective_of("loss = l ** 2")
    at = np.vstack([np.random.default_rng(0).normal(size=(60, 2)), [[0.0, 5.0], [2.0, -1.0]]])
    for _ in range(2):  # first new ways are found, then known ones taken
        assert np.allclose(objective.values(at), plain.values(at))
        for mine, theirs in zip(
            objective.value_and_grad(at), plain.value_and_grad(at), strict=True
        ):
            assert np.allclose(mine, theirs)


def test_numbers_written_down_between_loss_and_gradient_cost_a_few_runs():
    body = "loss = l\n    seen = round(loss.item(), 3); right = (d > 0).sum().item()"
    objective, plain = objective_of(body), objective_of("loss = l")
    at = np.random.default_rng(0).normal(size=(200, 2))
    assert np.allclose(objective.values(at), plain.values(at))
    assert len(objective.ways) == 1 + ENOUGH
    assert np.allclose(objective.values(at), plain.values(at))  # by the first way alone
