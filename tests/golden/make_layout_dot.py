"""Writes layout_dot.json: how many crossings Graphviz dot draws on the graphs of test_layout.py.

Run by hand: python tests/golden/make_layout_dot.py. Needs pygraphviz; its wheel bundles Graphviz.
"""

import json
import sys
from pathlib import Path

import pygraphviz

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent / "story")]

import test_layout as t  # noqa: E402


def drawn_by_dot(graph: t.Graph, slots: bool) -> dict[int, list[t.Point]]:
    """The edges' splines as points; with `slots`, to ports in slot order, from the right side."""
    dot = pygraphviz.AGraph(
        strict=False, directed=True, rankdir="LR", nodesep=20 / 72, ranksep=110 / 72
    )
    dot.node_attr.update(shape="record" if slots else "box", fixedsize="true")
    arity = dict.fromkeys(graph.sizes, 1)
    for _, _, w, slot in graph.edges:
        arity[w] = max(arity[w], slot + 1)
    for v, (width, height) in graph.sizes.items():
        fields = "{{" + "|".join(f"<p{k}>" for k in range(arity[v])) + "}}"
        dot.add_node(v, width=width / 72, height=height / 72, label=fields if slots else "")
    for name, u, w, slot in graph.edges:
        ports = {"headport": f"p{slot}:w", "tailport": "e"} if slots else {}
        dot.add_edge(u, w, key=name, arrowhead="none", **ports)
    dot.layout("dot")
    lines: dict[int, list[t.Point]] = {}
    for edge in dot.edges_iter():
        pairs = edge.attr["pos"].replace("\\\n", "").split()
        ends = [tuple(map(float, pair.split(","))) for pair in pairs if pair[0] not in "es"]
        line = [ends[0]]
        for i in range(1, len(ends) - 2, 3):
            line += t.bezier(line[-1], *ends[i : i + 3])
        lines[int(edge.name)] = line
    return lines


def main() -> None:
    crossings = {
        name: {
            task: t.count_crossings(drawn_by_dot(build(), task == "slots"), build().edges)
            for task in ("free", "slots")
        }
        for name, build in {**t.NAMED, **t.RANDOM}.items()
    }
    made = f"pygraphviz {pygraphviz.__version__}, dot left to right, by make_layout_dot.py"
    text = json.dumps({"made_by": made, "crossings": crossings}, indent=1)
    (HERE / "layout_dot.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
