/** The current tick: phase, sentence, formula with its numbers, and the accumulation ledger. */

import { gradientAt, ledgerAt, lookIn, valueAt } from "../state/facts.js";
import { nodeName, PHASES } from "../text/labels.js";
import { read, t } from "../text/messages.js";
import { exact, short } from "../text/numbers.js";
import { sentence, spread } from "../text/sentences.js";
import { h } from "./dom.js";
import { formula, m, OVERLINE, row, substituted } from "./math.js";

const number = (value, kind = "") => h("span", { class: `num ${kind}`, title: exact(value) }, short(value));

const bar = (symbol) => {
  const over = m("mover", "", { accent: "true" });
  over.append(m("mi", symbol), m("mo", OVERLINE, { stretchy: "true" }));
  return over;
};

/** Rows of "left = right" lined up at the equals sign. */
function equations(left, sign, rights) {
  return h("div", { class: "equations" }, ...rights.filter(Boolean).flatMap((right, index) => [
    h("div", { class: "left" }, index ? "" : formula(left)),
    formula(index ? "=" : sign, right),
  ]));
}

const value = (number) => m("mn", short(number, 34));

function formulas(cursor, look) {
  const { kind, node, edge, plan } = cursor;
  if (kind === "forward" && node.formula) {
    return equations(m("mi", node.symbol), "=",
      [row(node.formula), substituted(node.formula, look), value(look(`v${node.id}`))]);
  }
  if (kind === "backward" && edge.rule) {
    const many = plan.calls[cursor.call].arrivals.get(node.id).length > 1;
    return equations(bar(node.symbol), many ? "+=" : "=",
      [row(edge.rule), substituted(edge.rule, look), value(look(`e${edge.id}`))]);
  }
  if (kind === "seed") return equations(bar(node.symbol), "=", [value(look(`s${node.id}`))]);
  return null;
}

function ledger(cursor) {
  const account = ledgerAt(cursor);
  if (!account || (account.rows.length < 2 && account.held === null)) return null;
  const line = (name, amount, sum, kind) => h("tr", { class: kind },
    h("th", { scope: "row" }, name), h("td", {}, number(amount)), h("td", {}, number(sum)));
  const held = account.held !== null;
  return h("table", { class: "ledger" },
    h("caption", {}, t("What arrives at {name}", { name: nodeName(account.node) })),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("from")), h("th", { scope: "col" }, t("adds")),
      h("th", { scope: "col" }, t("sum so far")))),
    h("tbody", {},
      ...account.rows.map(({ edge, from, product, sum, now }) =>
        line(t("{node} (edge {edge})", { node: nodeName(from), edge: edge.id }), product, sum,
          now ? "at" : product === null ? "later" : "")),
      held ? line(t("already in .grad"), account.held, null, "held") : null,
      held && account.grad !== null ? line(t(".grad is now"), account.gradient, account.grad, "total") : null));
}

/** What an update starts from, the gradient at hand, and what it leaves. */
function updated(cursor) {
  if (cursor.kind !== "update") return null;
  const { value: after, previous } = valueAt(cursor, cursor.node.id);
  const { value: gradient } = gradientAt(cursor, cursor.node.id);
  const line = (name, amount, kind) =>
    h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, number(amount, kind)));
  return h("table", { class: "ledger" }, h("tbody", {},
    line(t("before the update"), previous, "ahead"),
    gradient === null ? null : line(t("gradient"), gradient, "back"),
    line(t("after the update"), after, "ahead")));
}

/** Why a gradient is None, zero or not tracked: the trace's own sentence. */
export function why(cursor, id) {
  const { state, cause } = gradientAt(cursor, id);
  if (!cause || !["none", "zero", "untracked", "stale"].includes(state)) return null;
  const text = read(cursor.trace.causes?.[cause.code]);
  if (!text) return null;
  const node = cursor.plan.nodes.get(cause.node ?? id);
  return text.replaceAll("{node}", node ? nodeName(node) : "").replaceAll("{line}", cause.line ?? "");
}

/** What the overlined symbols mean, said where they are used. */
function convention(cursor) {
  const { kind, call, run, plan, node } = cursor;
  if (kind !== "backward" && kind !== "seed") return null;
  const target = plan.nodes.get(run.calls[call].target);
  const calls = run.calls.length > 1
    ? t("Gradient call {call} of {calls}.", { call: call + 1, calls: run.calls.length }) : "";
  return h("p", { class: "small" }, calls, " ",
    ...spread(t("{symbol} is the gradient of {target} with respect to {node}."),
      { symbol: formulaInline(bar(node.symbol)), target: target ? nodeName(target) : "", node: nodeName(node) }));
}

const formulaInline = (part) => {
  const math = formula(part);
  math.setAttribute("display", "inline");
  return math;
};

const KIND_OF_REF = { v: "ahead", u: "ahead" };

/** The node that a term of the sentence or formula stands for, or null. */
export function nodeOfTerm(element, cursor) {
  const ref = element.closest?.("[data-ref]")?.dataset.ref;
  if (!ref) return null;
  const id = Number(/\d+/.exec(ref)[0]);
  return "vgu".includes(ref[0]) ? id : (cursor.plan.edges.get(id)?.from ?? null);
}

/** @param {HTMLElement} panel */
export function drawNow(panel, cursor) {
  if (!cursor) {
    panel.replaceChildren();
    return;
  }
  const look = lookIn(cursor);
  const { sign, name } = PHASES[cursor.phase];
  const parts = sentence(cursor, look).map((part) => typeof part === "string" ? part
    : h("span", { class: `num ${KIND_OF_REF[part.ref[0]] ?? "back"}`, "data-ref": part.ref, title: part.exact },
      part.text));
  const reason = cursor.node && why(cursor, cursor.node.id);
  panel.replaceChildren(
    h("div", { class: "told" },
      h("p", { class: `phase ${cursor.phase}` }, h("span", { "aria-hidden": "true" }, sign), " ", name),
      h("p", { class: "sentence" }, ...parts),
      reason ? h("p", { class: "why" }, h("b", {}, t("Why?")), " ", reason) : null),
    h("div", { class: "shown" },
      formulas(cursor, look), convention(cursor), ledger(cursor), updated(cursor)));
}
