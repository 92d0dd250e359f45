"""What holds of every trace; each promise of the contract as one function."""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import numpy as np

Answer = dict[str, Any]
PLACEHOLDER = re.compile(r"\{([a-z])(\d+)\}")
STATES = {"untracked", "none", "zero", "value", "stale", None}
COLUMNS = ("forward", "edge", "partial", "gradient", "state", "cause", "held", "grad")
COLUMNS += ("after", "seed")


def runs(trace: Answer) -> Iterator[tuple[Answer, Answer]]:
    """Every run with its graph."""
    for run in trace["passes"]:
        yield run, trace["graphs"][run["graph"]]


def key(number: int, nth: int) -> str:
    return f"{number}@{nth}" if nth else str(number)


def ticks_are_numbered_through(trace: Answer) -> None:
    first = tick = 0
    for run, graph in runs(trace):
        assert (run["first"], run["first_tick"]) == (first, tick)
        first += run["count"]
        tick += run["count"] * len(graph["ticks"])
    assert trace["ticks"] == tick


def ticks_name_what_is_there(trace: Answer) -> None:
    for run, graph in runs(trace):
        nodes, edges = len(graph["nodes"]), len(graph["edges"])
        for kind, which, *rest in graph["ticks"]:
            nth = rest[0] if rest else 0
            assert len(rest) <= 1 and (not rest or nth > 0)
            if kind == "forward":
                assert graph["nodes"][which]["op"] is not None
            elif kind == "seed":
                assert which < nodes and nth < len(run["calls"])
            elif kind == "backward":
                assert which < edges and nth < len(run["calls"])
                assert graph["edges"][which]["tracked"] and graph["edges"][which]["rule"]
                assert key(which, nth) in run["edge"]
            elif kind == "update":
                assert key(which, nth) in run["after"]
            else:
                assert kind == "event" and which < len(graph["events"])
        assert [node["id"] for node in graph["nodes"]] == list(range(nodes))
        assert [edge["id"] for edge in graph["edges"]] == list(range(edges))


def columns_are_complete(trace: Answer) -> None:
    for run, graph in runs(trace):
        assert set(run["forward"]) == {str(node["id"]) for node in graph["nodes"]}
        for kind in COLUMNS:
            things = graph["edges"] if kind in ("edge", "partial") else graph["nodes"]
            for name, column in run.get(kind, {}).items():
                assert len(column) == run["count"], (kind, name)
                number, _, nth = name.partition("@")
                assert int(number) < len(things) and (not nth or int(nth) > 0)
        assert all(None not in column for column in run["forward"].values())
        for column in run["state"].values():
            assert set(column) <= STATES
        for column in run.get("cause", {}).values():
            assert {one["code"] for one in column if one} <= set(trace["causes"])


def edges_lead_to_inputs(trace: Answer) -> None:
    for graph in trace["graphs"]:
        made: dict[int, list[int]] = {}
        for edge in graph["edges"]:
            made.setdefault(edge["to"], []).append(edge["from"])
        for node in graph["nodes"]:
            assert node["inputs"] == made.get(node["id"], [])
            assert (node["role"] == "op") == (node["op"] is not None) == ("formula" in node)
            assert all(x < node["id"] for x in node["inputs"])  # leaves and older results first


def what_arrives_adds_up(trace: Answer) -> None:
    """In the order of the ticks, in the receiver's number type, to the last bit."""
    for run, graph in runs(trace):
        for call in range(len(run["calls"])):
            arrivals: dict[int, list[int]] = {}
            for kind, which, *rest in graph["ticks"]:
                if kind == "backward" and (rest[0] if rest else 0) == call:
                    arrivals.setdefault(graph["edges"][which]["from"], []).append(which)
            for node, edges in arrivals.items():
                dtype = graph["nodes"][node]["dtype"]
                total = run["gradient"][key(node, call)]
                for p in range(run["count"]):
                    parts = [run["edge"][key(edge, call)][p] for edge in edges]
                    if any(isinstance(part, dict) for part in parts):
                        continue  # a summary
                    with np.errstate(all="ignore"):
                        first = 1
                        found = np.array(parts[0], dtype)
                        if key(node, call) in run.get("seed", {}):  # a target that also receives
                            found = np.array(run["seed"][key(node, call)][p], dtype)
                            first = 0
                        for k, part in enumerate(parts[first:], first):
                            found = found + np.array(part, dtype)
                            if k < len(parts) - 1:
                                partial = run["partial"][key(edges[k], call)][p]
                                np.testing.assert_array_equal(found, np.array(partial, dtype))
                    np.testing.assert_array_equal(found, np.array(total[p], dtype))
                middle = {key(edge, call) for edge in edges[1:-1]}
                assert middle <= set(run.get("partial", {}))


def what_is_held_adds_up(trace: Answer) -> None:
    for run, graph in runs(trace):
        for name, column in run.get("grad", {}).items():
            dtype = graph["nodes"][int(name.partition("@")[0])]["dtype"]
            for held, gradient, total in zip(
                run["held"][name], run["gradient"][name], column, strict=True
            ):
                if not isinstance(total, dict):
                    before = np.zeros((), dtype) if held is None else np.array(held, dtype)
                    wanted = before + np.array(gradient, dtype)
                    np.testing.assert_array_equal(np.array(total, dtype), wanted)


def words_refer_to_columns(trace: Answer) -> None:
    for run, graph in runs(trace):
        nodes, edges = len(graph["nodes"]), len(graph["edges"])
        sizes = {"v": nodes, "g": nodes, "u": nodes, "h": nodes, "t": nodes, "e": edges}
        sizes |= {"b": edges, "a": edges}
        for thing in (*graph["nodes"], *graph["edges"]):
            if not thing.get("words"):
                continue
            found = {lang: PLACEHOLDER.findall(text) for lang, text in thing["words"].items()}
            assert set(found) == {"en", "ko"}
            assert sorted(found["en"]) == sorted(found["ko"])
            for letter, number in found["en"]:
                assert int(number) < sizes[letter]
                if letter == "e":
                    assert any(name.partition("@")[0] == number for name in run["edge"])
            assert "{" not in PLACEHOLDER.sub("", thing["words"]["en"])


def formulas_refer_to_columns(trace: Answer) -> None:
    for graph in trace["graphs"]:
        for thing in (*graph["nodes"], *graph["edges"]):
            formula = thing.get("formula") or thing.get("rule")
            if not formula:
                continue
            for one in ElementTree.fromstring(formula["mathml"]).iter():
                if ref := one.get("data-ref"):
                    assert ref[0] in "vg" and int(ref[1:]) < len(graph["nodes"])


def output_is_where_it_was_printed(trace: Answer) -> None:
    lengths = [length for _, length in trace["prints"]]
    ticks = [tick for tick, _ in trace["prints"]]
    assert lengths == sorted(lengths) and ticks == sorted(ticks)
    assert not lengths or lengths[-1] == len(trace["stdout"])
    assert all(-1 <= tick < max(trace["ticks"], 1) for tick in ticks)
    assert all(-1 <= echo["tick"] < max(trace["ticks"], 1) for echo in trace["echo"])


def spans_lie_in_the_program(trace: Answer, source: str) -> None:
    lines = source.split("\n")
    spans = [echo["span"] for echo in trace["echo"]]
    for run, graph in runs(trace):
        spans += [node["span"] for node in graph["nodes"] if node["span"]]
        spans += [event["span"] for event in graph["events"] if event["span"]]
        spans += [call["span"] for call in run["calls"] if call["span"]]
    if trace["diagnostic"] and trace["diagnostic"]["span"]:
        spans.append(trace["diagnostic"]["span"])
    for line, column, end, stop in spans:
        assert 1 <= line <= end <= len(lines)
        assert 1 <= column <= len(lines[line - 1]) and stop <= len(lines[end - 1]) + 1
        assert line < end or column < stop


def layouts_have_room_for_everything(trace: Answer) -> None:
    for graph in trace["graphs"]:
        for name in {"layout", "portrait", "page", "frame"} & graph.keys():
            layout = graph[name]
            assert set(layout["nodes"]) == {str(node["id"]) for node in graph["nodes"]}
            assert set(layout["edges"]) == {str(edge["id"]) for edge in graph["edges"]}
            for x, y, width, height in layout["nodes"].values():
                assert 0 <= x <= x + width <= layout["width"]
                assert 0 <= y <= y + height <= layout["height"]


def check(trace: Answer, source: str, laid_out: bool = True) -> None:
    """All of it."""
    assert set(trace) >= {"status", "diagnostic", "stdout", "prints", "echo", "notes", "ticks"}
    assert set(trace) >= {"graphs", "passes", "causes", "variables"}
    ticks_are_numbered_through(trace)
    ticks_name_what_is_there(trace)
    columns_are_complete(trace)
    edges_lead_to_inputs(trace)
    what_arrives_adds_up(trace)
    what_is_held_adds_up(trace)
    words_refer_to_columns(trace)
    formulas_refer_to_columns(trace)
    output_is_where_it_was_printed(trace)
    spans_lie_in_the_program(trace, source)
    if laid_out:
        layouts_have_room_for_everything(trace)
