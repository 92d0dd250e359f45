"""Columns: whole numbers pass by pass, summaries where they grow too large, null for gaps."""

import json

import numpy as np
import pytest

from app.story.numbers import FULL, dumps
from app.story.passes import COLUMN, Column, Run, Summaries


def written(column: Column) -> list:
    return json.loads(dumps(column.as_json(False)))


def filled(*entries) -> Column:
    column = Column(Summaries())
    for entry in entries:
        column.append(entry)
    return column


@pytest.mark.parametrize(
    ("entries", "wanted"),
    [
        ([np.float32(0.1), np.float32(2)], [0.1, 2]),
        ([np.float64(1.5), np.float64("nan")], [1.5, "NaN"]),
        ([np.float64("inf"), None], ["Infinity", None]),
        ([np.array([1.0, 2.0]), np.array([3.0, 4.5])], [[1, 2], [3, 4.5]]),
        ([np.array([1.0, np.nan]), np.array([3.0, 4.5])], [[1, "NaN"], [3, 4.5]]),
        ([np.bool_(True), np.bool_(False)], [True, False]),
        ([np.int64(3), np.int64(4)], [3, 4]),
        (["value", "zero", None], ["value", "zero", None]),
        ([{"code": "flat", "node": 3}, None], [{"code": "flat", "node": 3}, None]),
        ([None, np.float64(2.5)], [None, 2.5]),
        ([np.float64(1), np.array([1.0, 2.0])], [1, [1, 2]]),
    ],
)
def test_entries(entries, wanted):
    assert written(filled(*entries)) == wanted


def test_a_large_array_is_a_summary_and_so_are_those_before_it():
    small, large = np.ones(3), np.ones(FULL + 1)
    first, second = written(filled(small, large))
    assert first["shape"] == [3] and second["shape"] == [FULL + 1]


def test_a_column_of_many_arrays_turns_to_summaries():
    column = filled(*(np.full(500, float(k)) for k in range(COLUMN // 500)))
    assert np.shape(written(column)) == (COLUMN // 500, 500)
    column.append(np.zeros(500))
    found = written(column)
    assert len(found) == COLUMN // 500 + 1
    assert found[0]["max"] == 0 and found[-1]["zeros"] == 500
    assert all(set(entry) >= {"shape", "min", "max"} for entry in found)


def test_numbers_never_turn_to_summaries():
    column = filled(*(np.float64(k) for k in range(COLUMN + 5)))
    assert written(column)[-1] == COLUMN + 4


def test_the_size_is_estimated():
    column = Column(Summaries())
    assert column.append(np.float64(1)) == 10
    assert column.append(np.ones(50)) == 500
    assert column.append(np.ones(2000)) == 110


def test_an_array_is_summed_up_once():
    summaries = Summaries(room=2)
    data = np.ones(5)
    assert summaries.of(data) is summaries.of(data)
    for _ in range(3):
        summaries.of(np.zeros(5))
    assert len(summaries._known) <= 3


def test_a_run_fills_its_gaps():
    run = Run(0, 4, 100, {"line": 7, "calls": []})
    run.put("forward", "0", np.float64(1))
    run.end_pass()
    run.put("forward", "0", np.float64(2))
    run.put("held", "0", np.float64(9))
    run.end_pass()
    run.end_pass()
    found = json.loads(dumps(run.as_json(False)))
    assert found["forward"] == {"0": [1, 2, None]}
    assert found["held"] == {"0": [None, 9, None]}
    assert (found["first"], found["count"], found["first_tick"], found["line"]) == (4, 3, 100, 7)
    assert found["edge"] == found["state"] == {}
