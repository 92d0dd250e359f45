/** Tables beside the picture: variables now, every tick of the pass, what was printed. */

import { spanOf } from "../state/cursor.js";
import { gradientAt, isWrong, lookIn, valueAt } from "../state/facts.js";
import { isWild } from "../state/wild.js";
import { WRONG, gradientText, nodeName, nodeTitle, PHASES, stateName } from "../text/labels.js";
import { read, t } from "../text/messages.js";
import { count, exact, isSummary, short } from "../text/numbers.js";
import { plain, sentence } from "../text/sentences.js";
import { h, setText } from "./dom.js";
import { reveal } from "./reveal.js";
import { markRows, walkRows } from "./walk.js";

const cell = (value, kind = "", wrong = false) =>
  h("td", { class: `num ${isWild(value) ? "wild" : kind}${wrong ? " amiss" : ""}`, title: exact(value) },
    value === null ? "" : (wrong ? WRONG : "") + short(value, 32));

/** Named nodes of this pass, each name once: its newest node that is known by now. */
function named(cursor) {
  const latest = new Map();
  for (const node of cursor.graph.nodes) {
    if (!node.name) continue;
    if (!latest.has(node.name) || valueAt(cursor, node.id).value !== null) latest.set(node.name, node);
  }
  return [...latest.values()];
}

/** @param {HTMLElement} body the table's tbody */
export function drawVariables(body, cursor, pick) {
  body.replaceChildren(...(cursor ? named(cursor) : []).map((node) => {
    const gradient = gradientAt(cursor, node.id);
    const { value, wrong } = valueAt(cursor, node.id);
    const open = h("button", { type: "button", class: "link", onclick: () => pick(node.id) }, nodeName(node));
    return h("tr", { class: cursor.node?.id === node.id ? "at" : "" },
      h("th", { scope: "row" }, open), cell(value, "ahead", wrong),
      h("td", { class: `num back state ${gradient.state}${gradient.wrong ? " amiss" : ""}`, title: exact(gradient.value) },
        gradientText(gradient, 32)),
      h("td", { class: "muted" }, stateName(gradient)));
  }));
}

function atEnd(value) {
  if (value === undefined) return "";
  const isNumeric = typeof value === "number" || Array.isArray(value) || isSummary(value);
  return typeof value === "string" ? value : isNumeric ? short(value, 60) : exact(value);
}

/** A name and what it holds; of an object, each attribute after it. */
const opened = ([name, one]) => [[name, one],
  ...Object.entries(one.attributes ?? {}).flatMap(([key, held]) => opened([`${name}.${key}`, held]))];

/** Every name bound at the end of the program. */
export function drawFinals(body, trace) {
  const wrong = new Set(trace?.fault?.variables);
  body.replaceChildren(...Object.entries(trace?.variables ?? {}).flatMap(opened).map(([name, { kind, value }]) =>
    h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, kind),
      h("td", { class: `num${wrong.has(name) ? " amiss" : ""}`, title: exact(value) }, (wrong.has(name) ? WRONG : "") + atEnd(value)))));
}

const WINDOW = 200;

function stepRow(cursor, k, go) {
  const { graph, plan, start } = cursor;
  const [kind, id, nth = 0] = graph.ticks[k];
  const at = { ...cursor, k, tick: start + k, kind, id, nth, phase: plan.phases[k],
    node: plan.nodes.get(plan.written[k]) ?? null, edge: kind === "backward" ? plan.edges.get(id) : null,
    call: kind === "seed" || kind === "backward" ? nth : 0 };
  const look = lookIn(at);
  const value = kind === "forward" ? look(`v${id}`) : kind === "update" ? look(`u${id}`) : null;
  const gradient = kind === "backward" ? look(`e${id}`) : kind === "seed" ? look(`s${id}`) : null;
  const { sign, name } = PHASES[at.phase];
  const operation = {
    event: () => plain(sentence(at, look)),
    backward: () => `${nodeName(plan.nodes.get(at.edge.to))} → ${nodeName(at.node)}`,
    forward: () => nodeTitle(at.node),
  }[kind]?.() ?? nodeName(at.node);
  return h("tr", { "data-tick": at.tick, onclick: () => go(at.tick) },
    h("th", { scope: "row" }, h("button", { type: "button", class: "link", tabindex: -1,
      "aria-label": t("Tick {tick}", { tick: count(at.tick + 1) }) }, count(at.tick + 1))),
    h("td", { class: `phase-name ${at.phase}` }, `${sign} ${name}`),
    h("td", { class: "num" }, String(spanOf(cursor, k)?.[0] ?? "")),
    h("td", {}, operation), cell(value, "ahead", isWrong(at, `${kind === "update" ? "u" : "v"}${id}`)),
    cell(gradient, "back", kind === "backward" ? isWrong(at, `e${id}`) : false));
}

/** The step table: an equal view of the pass. Rebuilt per pass (or window), marked per tick. */
export function createSteps(body, go) {
  let shown = "";
  walkRows(body, "tick", go);
  return (cursor) => {
    if (!cursor) return body.replaceChildren();
    const held = body.contains(document.activeElement);
    const from = Math.max(0, Math.min(cursor.length - 2 * WINDOW, Math.floor((cursor.k - WINDOW) / 100) * 100));
    const to = Math.min(cursor.length, from + 2 * WINDOW + 100);
    const key = `${cursor.start} ${from}`;
    if (shown !== key || body.trace !== cursor.trace) {
      shown = key;
      body.trace = cursor.trace;
      const rows = [];
      for (let k = from; k < to; k++) rows.push(stepRow(cursor, k, go));
      body.replaceChildren(...rows);
    }
    const current = markRows(body, "tick", cursor.tick);
    if (held) current.querySelector("button").focus({ preventScroll: true });
    return reveal(current, body.closest(".scroll"));
  };
}

/** What had been printed by the cursor's tick. */
function printedBy(trace, tick) {
  if (tick >= trace.ticks - 1) return trace.stdout;
  const last = trace.prints?.findLast(([at]) => at <= tick);
  return last ? [...trace.stdout].slice(0, last[1]).join("") : "";
}

/** A printed text whose wrong lines are marked. */
const withWrong = (text, wrong) => text.split("\n").flatMap((line, k) =>
  [k ? "\n" : "", wrong.has(k) && line ? h("span", { class: "amiss" }, WRONG + line) : line]);

/** @param {{printed: HTMLElement, echo: HTMLElement, notes: HTMLElement}} parts */
export function drawOutput({ printed, echo, notes }, trace, tick) {
  const text = trace ? printedBy(trace, tick) : "";
  if (text && trace.fault?.lines.length) printed.replaceChildren(...withWrong(text, new Set(trace.fault.lines)));
  else setText(printed, text || t("Nothing printed up to this tick."));
  printed.classList.toggle("muted", !text);
  echo.replaceChildren(...echoedBy(trace, tick).map(({ span, text: repr, wrong }) =>
    h("li", {}, h("span", { class: "muted" }, t("line {line}", { line: span[0] })), " ",
      h("code", { class: wrong ? "amiss" : "" }, repr))));
  notes.replaceChildren(...(trace?.notes ?? []).map(({ span, text: words }) =>
    h("li", {}, span ? h("span", { class: "muted" }, t("line {line}", { line: span[0] }), " ") : null, read(words))));
  notes.closest("section").hidden = !trace?.notes?.length;
  echo.hidden = !echo.children.length;
}

/** Bare expressions that have been reached; those that a fault has made wrong are marked. */
export const echoedBy = (trace, tick) => (trace?.echo ?? [])
  .map((one, k) => (trace.fault?.echo.includes(k) ? { ...one, text: WRONG + one.text, wrong: true } : one))
  .filter((one) => one.tick <= tick || tick >= trace.ticks - 1);
