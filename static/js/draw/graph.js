/** The graph as SVG: built once per graph and direction, then only painted. */

import { gradientAt, productAt, valueAt } from "../state/facts.js";
import { reads } from "../state/cursor.js";
import { isWild } from "../state/wild.js";
import { WRONG, gradientText, nodeName, nodeTitle, signOf, stateName, valueText } from "../text/labels.js";
import { t } from "../text/messages.js";
import { exact, largest, shapeText, short } from "../text/numbers.js";
import { s, setText } from "./dom.js";
import { isDrawn, miniMap } from "./heat.js";
import { createNear } from "./near.js";

/** The decade scale of gradient sizes: 16 decades around 1. */
const LOW = -8;
const HIGH = 8;
const PAD = 10;
/** What a letter takes on average, and a wide one. */
const LETTER = 7.8;
const WIDEST = 9.8;
/** Room for a matrix in a box, beside the text, and on a wire. */
const MAP = { width: 38, height: 20 };
const CARRIED = { width: 44, height: 17 };

const marker = (id) =>
  s("marker", {
    id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8,
    markerUnits: "userSpaceOnUse", orient: "auto-start-reverse",
  }, s("path", { d: "M0,0.5L8,4L0,7.5Z", class: id }));

/** Of a graph with more boxes only those in view are in the page. */
const MANY = 400;

const hatch = () =>
  s("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse",
    patternTransform: "rotate(45)" }, s("path", { d: "M0,0V6", class: "hatch" }));

const roomOf = (text) => [...text].reduce((sum, letter) => sum + (letter > "\u10ff" ? 14 : 9), 0);

/** A name that would run out of its box, without its middle. */
function shortened(name, room) {
  if (roomOf(name) <= room) return name;
  const letters = [...name];
  const middle = () => letters.length >> 1;
  while (letters.length > 2 && roomOf(letters.join("")) + 9 > room) letters.splice(middle(), 1);
  letters.splice(middle(), 0, "…");
  return letters.join("");
}

function buildNode(node, [x, y, w, h]) {
  const shape = shapeText(node.shape);
  const wide = node.shape.length > 1;
  const room = (w - 2 * PAD - (wide ? MAP.width : 0)) / LETTER - 1.12 * nodeTitle(node).length;
  const title = s("text", { class: "title", x: PAD, y: h / 2 + 3.5 },
    s("tspan", { class: node.name ? "name" : "symbol" },
      shortened(nodeName(node), w - 2 * PAD - (node.role === "op" ? 8 * (signOf(node).length + 3) : 0))),
    node.role === "op" ? s("tspan", { class: "sign" }, " = ") : null,
    node.role === "op" ? s("tspan", { class: "op" }, signOf(node)) : null,
    shape.length && wide && shape.length < room ? s("tspan", { class: "shape", dx: 7 }, shape) : null);
  const radius = { variable: 16, constant: 3, op: 8 }[node.role];
  const line = (length) => `M${PAD},${h - 6}h${length}`;
  const decade = (w - 2 * PAD) / (HIGH - LOW);
  const blocks = `${decade - 1} 1`;
  const part = {
    box: s("rect", { class: "box", width: w, height: h, rx: radius }),
    hatched: s("rect", { class: "hatched", x: 1, y: h * 0.64, width: w - 2, height: h * 0.36 - 1,
      rx: Math.min(radius, 8) }),
    value: s("text", { class: "value", x: PAD, y: h * 0.28 }),
    gradient: s("text", { class: "gradient", x: PAD, y: h * 0.82 }),
    valueMap: s("g", { transform: `translate(${w - PAD},5)` }),
    gradientMap: s("g", { transform: `translate(${w - PAD},${h - 8 - MAP.height})` }),
    scale: s("path", { class: "scale", d: line(w - 2 * PAD), "stroke-dasharray": blocks }),
    size: s("path", { class: "size", "stroke-dasharray": blocks }),
    tip: s("title"),
  };
  const group = s("g", { class: `node ${node.role}`, transform: `translate(${x},${y})`,
    role: "button", tabindex: "-1", "data-node": node.id, "aria-pressed": "false" },
    part.tip, part.box, part.hatched, title,
    !wide && shape.length && shape.length + 1 < room
      ? s("text", { class: "shape", x: w - PAD, y: h / 2 + 3.5 }, shape) : null,
    part.value, part.gradient, part.valueMap, part.gradientMap, part.scale, part.size);
  return { group, ...part, node, line, decade, room: w - 2 * PAD, drawn: {} };
}

/** Of a wire: a browser draws each for itself, so those of a long wire are longer, not more. */
const DASHES = 80;

function dashed(path) {
  const at = path.match(/-?[\d.]+/g).map(Number);
  const length = at.reduce((sum, one, i) => sum + (i > 1 ? Math.abs(one - at[i - 2]) : 0), 0);
  const times = Math.max(1, length / 9 / DASHES);
  return `${5 * times} ${4 * times}`;
}

function buildEdge(edge, path, [x, y], sideways) {
  const shift = (by) => (sideways ? `translate(0,${by})` : `translate(${by},0)`);
  const part = {
    plate: s("rect", { class: "plate", y: y - 9, height: 18 }),
    carried: s("g"),
    ahead: s("path", { class: "wire ahead", d: path, transform: shift(edge.tracked ? -3 : 0),
      "marker-end": "url(#ahead)" }),
    back: s("path", { class: "wire back", d: path, transform: shift(3), "marker-start": "url(#back)",
      "stroke-dasharray": dashed(path) }),
    text: s("text", { x, y: y + 5 }),
  };
  return { group: s("g", { class: "edge", "data-edge": edge.id }, part.ahead, part.back), ...part, edge, x, y, drawn: {},
    product: s("g", { class: "product" }, part.plate, part.text, part.carried) };
}

/** Builds the drawing of a graph in one of its layouts; the result's `paint(cursor, pinned)` is all that ticks need. */
export function buildGraph(graph, layout, portrait) {
  const edges = graph.edges.map((edge) =>
    buildEdge(edge, layout.edges[edge.id], layout.labels?.[edge.id] ?? [0, 0], !portrait));
  const nodes = new Map(graph.nodes.map((node) => [node.id, buildNode(node, layout.nodes[node.id])]));
  const layers = {
    edges: s("g", { class: "edges" }), nodes: s("g", { class: "nodes" }), products: s("g", { class: "products" }),
  };
  const svg = s("svg", { class: "graph", viewBox: `0 0 ${layout.width} ${layout.height}`,
    role: "group", "aria-label": t("Computation graph: arrow keys move along the edges, Enter opens a node") },
    s("defs", {}, marker("ahead"), marker("back"), hatch()),
    layers.edges, layers.nodes, layers.products);
  let now = null;
  const paintOne = (part) => {
    if (!now) return;
    if (part.node) paintNode(part, now.cursor, now.read, now.pinned);
    else paintEdge(part, now.cursor);
  };
  const put = (part) => {
    (part.node ? layers.nodes : layers.edges).append(part.group);
    if (part.product) layers.products.append(part.product);
    paintOne(part);
  };
  const all = [...nodes.values(), ...edges];
  const near = nodes.size > MANY ? createNear?.(layout, nodes, edges, layers.edges, put) : null;
  if (!near) all.forEach(put);
  const paint = (cursor, pinned) => {
    now = { cursor, pinned, read: reads(cursor) };
    svg.classList.toggle("selective", now.read.size > 0 || cursor.node !== null);
    if (near && cursor.edge) near.add(edges.find(({ edge }) => edge.id === cursor.edge.id));
    (near?.shown ?? all).forEach(paintOne);
  };
  return { svg, nodes, layout, paint, look: near?.look, bring: near?.bring };
}

/** An update: both values where there is room, else the new one. */
function change(previous, value, letters, last) {
  const both = typeof value === "object" ? null : `${short(previous, 9)} → ${short(value, 9)}`;
  if (both?.length <= letters) return both;
  const after = valueText(value, letters - 2, "");
  return after ? `→ ${after}` : valueText(value, letters, last);
}

/** An array that cannot be written out, as a map; drawn anew only when it is another one. Its width, or 0. */
function paintMap(part, slot, value, top) {
  const shown = isDrawn(value, Math.floor(part.room / LETTER)) ? value : null;
  const drawn = part.drawn[slot];
  if (drawn?.shown === shown) return drawn.width;
  const mini = shown && miniMap(shown, MAP.width, MAP.height);
  mini?.map.setAttribute("transform", `translate(${-mini.width},${top ? 0 : MAP.height - mini.height})`);
  part[slot].replaceChildren(...(mini ? [mini.map] : []));
  part.drawn[slot] = { shown, width: mini?.width ?? 0 };
  return part.drawn[slot].width;
}

/** Text that must not run out of its box. */
function fitText(element, text, room) {
  if (element.textContent === text) return;
  element.removeAttribute("textLength");
  element.textContent = text;
  const tight = text.length * WIDEST > room && element.getComputedTextLength() > room;
  if (tight) element.setAttribute("textLength", room);
}

function paintNode(part, cursor, read, pinned) {
  const { node, group } = part;
  const { value, previous, wrong } = valueAt(cursor, node.id);
  const fact = gradientAt(cursor, node.id);
  group.dataset.gradient = fact.partial ? "partial" : fact.state;
  /** Room and letters beside a map, and what stands for a value without either. */
  const beside = (width) => [part.room - (width && width + 5), Math.floor((part.room - (width && width + 5)) / LETTER), width ? "" : "…"];
  const [above, letters, last] = beside(paintMap(part, "valueMap", value, true));
  const [below, ...fitting] = beside(paintMap(part, "gradientMap", fact.value, false));
  const amiss = wrong ? WRONG : "";
  const room = letters - amiss.length;
  const shown = previous === null ? valueText(value, room, last) : change(previous, value, room, last);
  fitText(part.value, shown && amiss + shown, above);
  fitText(part.gradient, gradientText(fact, ...fitting), below);
  const written = cursor.node?.id === node.id;
  const touched = written || read.has(node.id);
  group.classList.toggle("known", value !== null);
  group.classList.toggle("wild-value", isWild(value));
  part.value.classList.toggle("amiss", Boolean(wrong));
  part.gradient.classList.toggle("amiss", Boolean(fact.wrong));
  group.classList.toggle("dim", !touched);
  group.classList.toggle("read", touched && !written);
  for (const phase of ["forward", "loss", "backward", "update", "tape"]) {
    group.classList.toggle(phase, written && cursor.phase === phase);
  }
  group.setAttribute("aria-pressed", String(pinned === node.id));
  const shape = node.shape.length ? `, ${shapeText(node.shape)}` : "";
  const label = t("{name}{shape}: value {value}, gradient {gradient}", {
    name: node.name ? `${node.name} (${signOf(node)})` : signOf(node), shape, value: amiss + short(value),
    gradient: "value partial".includes(fact.state) ? (fact.wrong ? WRONG : "") + short(fact.value) : stateName(fact),
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
  part.group.classList.toggle("wild", isWild(fact.value));
}

function paintEdge(part, cursor) {
  const { edge, group } = part;
  const product = productAt(cursor, edge.id);
  const pictured = isDrawn(product, 8);
  setText(part.text, product === null || pictured ? "" : valueText(product, 8, ""));
  paintCarried(part, pictured ? product : null);
  group.classList.toggle("arrived", product !== null);
  part.product.classList.toggle("wild", isWild(product));
  const active = cursor.edge
    ? cursor.edge.id === edge.id
    : cursor.kind === "forward" && cursor.node.id === edge.to;
  group.classList.toggle("active", active);
  part.product.classList.toggle("active", active);
}

/** What an edge carries, on a plate that keeps the wires off it. */
function paintCarried(part, matrix) {
  const { text, plate, x, y } = part;
  if (part.drawn.carried !== matrix) {
    const mini = matrix && miniMap(matrix, CARRIED.width, CARRIED.height);
    mini?.map.setAttribute("transform", `translate(${x - mini.width / 2},${y - mini.height / 2})`);
    part.carried.replaceChildren(...(mini ? [mini.map] : []));
    part.drawn = { carried: matrix, width: mini?.width ?? 0 };
  }
  const width = text.textContent ? Math.min(64, text.textContent.length * 8.6 + 4) : part.drawn.width && part.drawn.width + 6;
  plate.setAttribute("x", x - width / 2);
  plate.setAttribute("width", width);
}
