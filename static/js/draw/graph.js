/** The graph as SVG: built once per graph and direction, then only painted. */

import { gradientAt, productAt, valueAt } from "../state/facts.js";
import { reads } from "../state/cursor.js";
import { gradientText, nodeName, stateName } from "../text/labels.js";
import { t } from "../text/messages.js";
import { exact, largest, shapeText, short } from "../text/numbers.js";
import { s, setText } from "./dom.js";

/** The decade scale of gradient sizes: 16 decades around 1. */
const LOW = -8;
const HIGH = 8;
const PAD = 10;
const LETTER = 7.2;

const marker = (id) =>
  s("marker", {
    id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8,
    markerUnits: "userSpaceOnUse", orient: "auto-start-reverse",
  }, s("path", { d: "M0,0.5L8,4L0,7.5Z", class: id }));

const hatch = () =>
  s("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse",
    patternTransform: "rotate(45)" }, s("path", { d: "M0,0V6", class: "hatch" }));

function buildNode(node, [x, y, w, h]) {
  const named = node.role === "op" && node.name;
  const shape = shapeText(node.shape);
  const room = (w - 2 * PAD) / LETTER - (named ? node.name.length + node.label.length + 2 : nodeName(node).length);
  const title = s("text", { class: "title", x: PAD, y: h / 2 + 5 },
    named ? s("tspan", { class: "name" }, node.name) : null,
    named ? s("tspan", { class: "sign" }, " = ") : null,
    s("tspan", { class: node.role === "op" ? "op" : "name" }, node.role === "op" ? node.label : nodeName(node)));
  const radius = { variable: 16, constant: 3, op: 8 }[node.role];
  const line = (length) => `M${PAD},${h - 6}h${length}`;
  const decade = (w - 2 * PAD) / (HIGH - LOW);
  const blocks = `${decade - 1} 1`;
  const part = {
    box: s("rect", { class: "box", width: w, height: h, rx: radius }),
    hatched: s("rect", { class: "hatched", x: 1, y: h * 0.64, width: w - 2, height: h * 0.36 - 1,
      rx: Math.min(radius, 8) }),
    value: s("text", { class: "value", x: PAD, y: h * 0.26 + 2 }),
    gradient: s("text", { class: "gradient", x: PAD, y: h * 0.82 - 1 }),
    scale: s("path", { class: "scale", d: line(w - 2 * PAD), "stroke-dasharray": blocks }),
    size: s("path", { class: "size", "stroke-dasharray": blocks }),
    tip: s("title"),
  };
  const group = s("g", { class: `node ${node.role}`, transform: `translate(${x},${y})`,
    role: "button", tabindex: "-1", "data-node": node.id, "aria-pressed": "false" },
    part.tip, part.box, part.hatched, title,
    shape.length && shape.length + 2 < room ? s("text", { class: "shape", x: w - PAD, y: h / 2 + 5 }, shape) : null,
    part.value, part.gradient, part.scale, part.size);
  return { group, ...part, node, letters: Math.floor((w - 2 * PAD) / LETTER), line, decade };
}

function buildEdge(edge, path, [x, y], sideways) {
  const shift = (by) => (sideways ? `translate(0,${by})` : `translate(${by},0)`);
  const part = {
    ahead: s("path", { class: "wire ahead", d: path, transform: shift(edge.tracked ? -3 : 0),
      "marker-end": "url(#ahead)" }),
    back: s("path", { class: "wire back", d: path, transform: shift(3), "marker-start": "url(#back)" }),
    product: s("text", { class: "product", x, y: y + 4 }),
  };
  return { group: s("g", { class: "edge", "data-edge": edge.id }, part.ahead, part.back), ...part, edge };
}

/** Builds the drawing of a graph; the result's `paint(cursor, pinned)` is all that ticks need. */
export function buildGraph(graph, portrait) {
  const layout = portrait ? graph.portrait : graph.layout;
  const edges = graph.edges.map((edge) =>
    buildEdge(edge, layout.edges[edge.id], layout.labels?.[edge.id] ?? [0, 0], !portrait));
  const nodes = new Map(graph.nodes.map((node) => [node.id, buildNode(node, layout.nodes[node.id])]));
  const svg = s("svg", { class: "graph", viewBox: `0 0 ${layout.width} ${layout.height}`,
    role: "group", "aria-label": t("Computation graph: arrow keys move along the edges, Enter opens a node") },
    s("defs", {}, marker("ahead"), marker("back"), hatch()),
    s("g", { class: "edges" }, ...edges.map(({ group }) => group)),
    s("g", { class: "nodes" }, ...[...nodes.values()].map(({ group }) => group)),
    s("g", { class: "products" }, ...edges.map(({ product }) => product)));
  const paint = (cursor, pinned) => {
    const read = reads(cursor);
    svg.classList.toggle("selective", read.size > 0 || cursor.node !== null);
    for (const part of nodes.values()) paintNode(part, cursor, read, pinned);
    for (const part of edges) paintEdge(part, cursor);
  };
  return { svg, nodes, layout, paint };
}

/** An update: both values where there is room, else the new one. */
function change(previous, value, letters) {
  const both = `${short(previous, 9)} → ${short(value, 9)}`;
  return both.length <= letters ? both : `→ ${short(value, letters - 2)}`;
}

function paintNode(part, cursor, read, pinned) {
  const { node, group } = part;
  const { value, previous } = valueAt(cursor, node.id);
  const fact = gradientAt(cursor, node.id);
  setText(part.value, previous === null ? short(value, part.letters) : change(previous, value, part.letters));
  setText(part.gradient, gradientText(fact, part.letters));
  const written = cursor.node?.id === node.id;
  const touched = written || read.has(node.id);
  group.classList.toggle("known", value !== null);
  group.classList.toggle("dim", !touched);
  group.classList.toggle("read", touched && !written);
  for (const phase of ["forward", "loss", "backward", "update", "tape"]) {
    group.classList.toggle(phase, written && cursor.phase === phase);
  }
  group.dataset.gradient = fact.partial ? "partial" : fact.state;
  group.setAttribute("aria-pressed", String(pinned === node.id));
  const shape = node.shape.length ? `, ${shapeText(node.shape)}` : "";
  const label = t("{name}{shape}: value {value}, gradient {gradient}", {
    name: node.name ? `${node.name} (${node.label})` : node.label, shape, value: short(value),
    gradient: "value partial".includes(fact.state) ? short(fact.value) : stateName(fact),
  });
  group.setAttribute("aria-label", label);
  const slope = fact.value === null ? stateName(fact) : exact(fact.value);
  setText(part.tip, `${nodeName(node)} = ${exact(value)}\n∂ ${slope}`);
  paintSize(part, fact);
}

/** The bar grows by decades; zero and what is not a number have marks of their own in the text. */
function paintSize(part, fact) {
  const size = fact.value === null ? 0 : largest(fact.value);
  const decades = size > 0 ? Math.max(0, Math.min(HIGH - LOW, Math.log10(size) - LOW)) : 0;
  part.size.setAttribute("d", part.line(decades * part.decade));
  part.group.classList.toggle("sized", size > 0);
  part.group.classList.toggle("wild", Number.isNaN(size) || size === Infinity);
}

function paintEdge(part, cursor) {
  const { edge, group } = part;
  const product = productAt(cursor, edge.id);
  setText(part.product, product === null ? "" : short(product, 9));
  group.classList.toggle("arrived", product !== null);
  const active = cursor.edge
    ? cursor.edge.id === edge.id
    : cursor.kind === "forward" && cursor.node.id === edge.to;
  group.classList.toggle("active", active);
  part.product.classList.toggle("active", active);
}
