"""What the lab's page offers is what the API lists, with formulas that can be shown."""

from typing import get_args
from xml.etree import ElementTree

from fastapi.testclient import TestClient

from app.descent import LANDSCAPES, OPTIMIZERS
from app.web.descents_schema import Functions, Optimizers
from app.web.offer import RATES, most, offer
from app.work.limits import LAB


def test_the_page_offers_what_the_api_lists(client: TestClient):
    listed = client.get("/api/v1/meta").json()
    offered = offer()
    for kind in ("functions", "optimizers"):
        assert [one["name"] for one in offered[kind]] == [one["name"] for one in listed[kind]]
    for ours, theirs in zip(offered["optimizers"], listed["optimizers"], strict=True):
        names = [option["name"] for option in ours["options"]]
        assert names == [option["name"] for option in theirs["options"]]
        assert names[0] == "lr"
    assert most(client.app.state.limits) == {
        name: listed["limits"][name] for name in ("runs", "steps")
    }
    assert listed["limits"]["runs"] == LAB["runs"]


def test_names_and_numbers_are_those_of_the_registries():
    assert get_args(Optimizers) == tuple(OPTIMIZERS) == tuple(RATES)
    assert get_args(Functions) == tuple(LANDSCAPES)
    for name, rate in RATES.items():
        assert OPTIMIZERS[name].filled({"lr": rate})["lr"] == rate


def test_every_formula_is_mathml():
    found = offer()
    offered = [*found["functions"], *found["optimizers"]]
    formulas = [formula for one in offered for formula in one["mathml"]]
    for formula in formulas:
        assert ElementTree.fromstring(formula).tag.endswith("math")


def test_plotly_comes_from_its_wheel(client: TestClient):
    url = client.app.state.assets.url("plotly/plotly.min.js")
    answer = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert 1_000_000 < int(answer.headers["content-length"]) < 2_000_000
    assert b"plotly.js" in answer.content[:200]
