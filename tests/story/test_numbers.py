"""Numbers as text and JSON: the shortest that comes back the same."""

import json
import math

import numpy as np
import pytest

from app.story.numbers import FULL, detailed, dumps, plain, shortest, shown, summary, text_of

FLOATS = [0.1, 1 / 3, 2.0, 1e-8, 1e16, 123456.789, 5e-324, 1.7976931348623157e308, -0.25, 0.0]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.0, "2"), (0.1, "0.1"), (np.float32(0.1), "0.1"), (np.float64(0.1), "0.1"),
        (np.float32(1 / 3), "0.33333334"), (1 / 3, "0.3333333333333333"), (3, "3"),
        (np.int64(-4), "-4"), (True, "True"), (np.bool_(False), "False"), (-0.0, "-0"),
        (1e20, "1e+20"), (np.float32(1e-8), "1e-08"), (float("nan"), "NaN"),
        (math.inf, "Infinity"), (-math.inf, "-Infinity"), (np.float32("nan"), "NaN"),
    ],
)  # fmt: skip
def test_text_of(value, text):
    assert text_of(value) == text


@pytest.mark.parametrize("value", FLOATS)
def test_texts_come_back_the_same(value):
    assert float(text_of(value)) == value
    with np.errstate(over="ignore"):
        small = np.float32(value)
    if np.isfinite(small):
        assert np.float32(text_of(small)) == small
        assert np.float32(json.loads(dumps(plain(small)))) == small
    assert json.loads(dumps(plain(np.float64(value)))) == value


def test_plain_nests_and_names_what_is_not_finite():
    data = np.array([[1.5, np.nan], [np.inf, -np.inf]])
    assert plain(data) == [[1.5, "NaN"], ["Infinity", "-Infinity"]]
    assert plain(np.array([True, False])) == [True, False]
    assert plain(np.array([1, 2])) == [1, 2]
    assert json.loads(dumps(plain(data))) == plain(data)


def test_float32_is_written_in_its_own_digits():
    assert dumps(plain(np.float32(0.1))) == b"0.1"
    assert dumps(plain(np.array([0.1, 0.7], np.float32))) == b"[0.1,0.7]"


def test_shortest_leaves_out_what_says_nothing():
    assert dumps(shortest(np.array([1.0, 2.5, 10.0]))) == b"[1,2.5,10]"
    assert dumps(shortest(np.array([[0.1, 3.0]], np.float32))) == b"[[0.1,3]]"
    assert dumps(shortest(np.array([1e30, 1.0]))) in (b"[1e30,1]", b"[1e+30,1]")


def test_summary():
    data = np.arange(2000, dtype=np.float32).reshape(40, 50)
    found = summary(data)
    assert found == {
        "shape": [40, 50], "dtype": "float32", "min": 0.0, "max": 1999.0, "mean": 999.5,
        "std": pytest.approx(data.std()), "zeros": 1,
    }  # fmt: skip
    assert json.loads(dumps(found))["zeros"] == 1


def test_summary_of_what_is_not_finite_and_of_truth_values():
    assert summary(np.array([1.0, np.inf]))["max"] == "Infinity"
    assert summary(np.array([1.0, np.nan]))["mean"] == "NaN"
    assert summary(np.array([True, False, False]))["zeros"] == 2


def test_shown_is_whole_up_to_a_thousand():
    assert shown(np.zeros(FULL)) == [0.0] * FULL
    assert shown(np.zeros(FULL + 1))["shape"] == [FULL + 1]
    assert shown(np.float64(2.0)) == 2.0


def test_detailed_adds_a_histogram_and_a_corner():
    data = np.linspace(-1, 1, 3000).reshape(3, 10, 100)
    found = detailed(data)
    assert sum(found["histogram"]["counts"]) == 3000
    assert len(found["histogram"]["edges"]) == len(found["histogram"]["counts"]) + 1
    assert np.shape(found["corner"]) == (8, 8)
    assert found["corner"] == data[0, :8, :8].tolist()
    assert detailed(np.zeros(3)) == [0.0, 0.0, 0.0]
    assert len(detailed(np.zeros(5000))["corner"]) == 8


def test_detailed_counts_only_what_is_finite():
    data = np.full(2000, np.nan)
    assert detailed(data)["histogram"] == {"counts": [], "edges": []}
    data[:10] = 1.0
    assert sum(detailed(data)["histogram"]["counts"]) == 10
