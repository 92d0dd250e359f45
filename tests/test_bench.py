"""`make bench` tells a bound that is missed, and fails with it."""

import runpy
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parent / "bench" / "__main__.py"


@pytest.fixture(scope="module")
def bench():
    return runpy.run_path(str(BENCH), run_name="bench")


def times(bench, ratio: float) -> dict:
    """As long for every variant, and for ours so many times as long."""
    found = {}
    for row in bench["ROWS"]:
        found |= {(row.work, peer): 1.0 for peer in row.bounds}
        found[row.work, row.ours] = ratio
    return found


@pytest.mark.parametrize(("ratio", "met", "words"), [(0.2, True, "met"), (9.0, False, "NOT MET")])
def test_a_bound_is_met_or_missed(bench, capsys, ratio, met, words):
    assert bench["show"](times(bench, ratio)) is met
    lines = capsys.readouterr().out.splitlines()
    asked = [line for line in lines if "at most" in line]
    assert len(asked) == sum(len(row.bounds) for row in bench["ROWS"])
    assert all(line.endswith(f" {words}") for line in asked)


def test_a_peer_that_is_not_installed_misses_no_bound(bench, capsys):
    ours = {(row.work, row.ours) for row in bench["ROWS"]}
    assert bench["show"]({key: t for key, t in times(bench, 9.0).items() if key in ours})
    assert "not installed" in capsys.readouterr().out


def ended(bench, monkeypatch, ratio: float, answers: dict) -> int:
    told: list[str] = []
    here = bench["main"].__globals__
    monkeypatch.setitem(here, "measured", lambda: (times(bench, ratio), answers))
    monkeypatch.setitem(here, "overhead", lambda: told.append("rows without bounds"))
    with pytest.raises(SystemExit) as end:
        bench["main"]()
    assert told
    return int(end.value.code)


@pytest.mark.parametrize(
    ("ratio", "answers", "code"),
    [
        (0.2, {("line", "hand"): [1.0], ("line", "replayed"): [1.0]}, 0),
        (9.0, {("line", "hand"): [1.0], ("line", "replayed"): [1.0]}, 1),
        (0.2, {("line", "hand"): [1.0], ("line", "replayed"): [2.0]}, 1),
    ],
)
def test_ends_with_1_where_a_bound_is_missed_or_answers_differ(
    bench, monkeypatch, ratio, answers, code
):
    assert ended(bench, monkeypatch, ratio, answers) == code
    assert bench["ROUNDS"] % 2 and bench["ROUNDS"] >= 5 and "torch" not in sys.modules
