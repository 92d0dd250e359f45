/** The current tick: phase, sentence, formula with its numbers, and the accumulation ledger. */

import { gradientAt, isWrong, ledgerAt, lookIn } from "../state/facts.js";
import { isWild, writtenAt } from "../state/wild.js";
import { WRONG, nodeName, PHASES } from "../text/labels.js";
import { read, t } from "../text/messages.js";
import { apart, count, exact, isSummary, short, written } from "../text/numbers.js";
import { isSummed, sentence, wildness } from "../text/sentences.js";
import { spread } from "../text/spread.js";
import { h } from "./dom.js";
import { heatMap, isPicture, summaryOf } from "./heat.js";
import { formula, m, OVERLINE, row, substituted, valueOf } from "./math.js";

const number = (value, kind = "", wrong = false) =>
  h("span", { class: `num ${isWild(value) ? "wild" : kind}${wrong ? " amiss" : ""}`, title: exact(value) },
    (wrong ? WRONG : "") + short(value));

const bar = (symbol) => {
  const over = m("mover", "", { accent: "true" });
  over.append(m("mi", symbol), m("mo", OVERLINE, { stretchy: "true" }));
  return over;
};

/** Rows of "left = right" lined up at the equals sign, none of them said twice. */
function equations(left, sign, rights) {
  const told = rights.filter(Boolean);
  const news = told.filter((right, index) => index === 0 || right.textContent !== told[index - 1].textContent);
  return h("div", { class: "equations" }, ...news.flatMap((right, index) => [
    h("div", { class: "left" }, index ? "" : formula(left)),
    formula(index ? "=" : sign, right),
  ]));
}

const WIDE = 34;
/** Pixels for a map below a formula. */
const LOW = 80;
const value = (number) => valueOf(number, WIDE);

function formulas(cursor, look) {
  const { kind, node, edge, plan } = cursor;
  if (kind === "forward" && node.formula) {
    return equations(m("mi", node.symbol), "=",
      [row(node.formula), substituted(node.formula, look), value(look(`v${node.id}`))]);
  }
  if (kind === "backward" && edge.rule) {
    const adds = cursor.trace.fault?.kind !== "overwrite";
    const many = adds && plan.calls[cursor.call].arrivals.get(node.id).length > 1;
    return equations(bar(node.symbol), many ? "+=" : "=",
      [row(edge.rule), substituted(edge.rule, look), value(look(`e${edge.id}`))]);
  }
  if (kind === "seed") return equations(bar(node.symbol), "=", [value(look(`s${node.id}`))]);
  if (kind === "update") {
    const [before, after] = moves(cursor, look);
    const change = m("mrow");
    const texts = apart(before, after);
    const told = texts[0] === short(before) ? [value(before), value(after)] : texts.map((text) => m("mn", text));
    change.append(told[0], m("mo", "→"), told[1]);
    return equations(m("mi", node.symbol), ":", [change]);
  }
  return null;
}

/** A variable's value before and after an update. */
const moves = ({ id, nth }, look) => [look(nth ? `u${id}@${nth - 1}` : `v${id}`), look(`u${id}@${nth}`)];

/** The numbers that the tick writes, where a formula has no room for them. */
function pictured(cursor, expand) {
  const [value = null] = writtenAt(cursor);
  if (isSummary(value)) {
    return h("div", { class: "pictured" }, summaryOf(value, ["min", "max", "mean"], (one) => short(one)), ...expand());
  }
  return isPicture(value) && written(value, WIDE) === null && !valueOf(value).querySelector("mtable")
    ? heatMap(value, LOW) : null;
}

function ledger(cursor) {
  const account = ledgerAt(cursor);
  if (!account || (account.rows.length < 2 && account.held === null)) return null;
  const line = (name, amount, sum, kind, wrong = false) => h("tr", { class: kind },
    h("th", { scope: "row" }, name), h("td", {}, number(amount)), h("td", {}, number(sum, "", wrong && sum !== null)));
  const held = account.held !== null;
  return h("table", { class: "ledger" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("What arrives at {name}", { name: nodeName(account.node) })),
      h("th", { scope: "col" }, t("adds")), h("th", { scope: "col" }, t("sum so far")))),
    h("tbody", {},
      held ? line(t("already in .grad"), account.held, null, "held") : null,
      ...account.rows.flatMap(({ edge, from, product, sum, now, wrong, untold }) => [
        untold ? h("tr", {}, h("th", { scope: "row", colspan: 3 }, `⋮ ${count(untold)}`)) : "", line(t("{node} (edge {edge})", { node: nodeName(from), edge: edge.id }), product, sum,
          now ? "at" : product === null ? "later" : "", wrong)]),
      held && account.grad !== null ? line(t(".grad is now"), account.gradient, account.grad, "total") : null));
}

/** The gradient at hand when a variable is updated. */
function atHand(cursor) {
  if (cursor.kind !== "update") return null;
  const { value: gradient } = gradientAt(cursor, cursor.node.id);
  return gradient === null ? null : h("p", {}, t("gradient"), " ", number(gradient, "back"));
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
    ...spread(isSummed(cursor, target?.id) ? t("{symbol} is the gradient of the sum of {target} with respect to {node}.")
      : t("{symbol} is the gradient of {target} with respect to {node}."),
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
  return "vguhts".includes(ref[0]) ? id : (cursor.plan.edges.get(id)?.from ?? null);
}

/** @param {HTMLElement} panel @param {() => Element[]} expand what leads to a tick's numbers in full */
export function drawNow(panel, cursor, expand = () => []) {
  if (!cursor) {
    panel.replaceChildren();
    return;
  }
  const look = lookIn(cursor);
  const { sign, name } = PHASES[cursor.phase];
  const parts = sentence(cursor, look).map((part) => typeof part === "string" ? part
    : h("span", { class: `num ${isWild(look(part.ref)) ? "wild" : KIND_OF_REF[part.ref[0]] ?? "back"}${isWrong(cursor, part.ref) ? " amiss" : ""}`,
      "data-ref": part.ref, title: part.exact },
      (isWrong(cursor, part.ref) ? WRONG : "") + part.text));
  const reason = cursor.node && why(cursor, cursor.node.id);
  panel.replaceChildren(
    h("div", { class: "told" },
      h("p", { class: `phase ${cursor.phase}` }, h("span", { "aria-hidden": "true" }, sign), " ", name),
      h("p", { class: "sentence" }, ...parts),
      wildness(cursor) ? h("p", { class: "why wild" }, wildness(cursor)) : null,
      reason ? h("p", { class: "why" }, h("b", {}, t("Why?")), " ", reason) : null,
      convention(cursor)),
    h("div", { class: "shown" }, formulas(cursor, look), ledger(cursor), atHand(cursor), pictured(cursor, expand)));
  panel.classList.remove("wide");
  const lines = panel.querySelector(".equations");
  if (lines && !fits(lines, 0.8)) {
    panel.classList.add("wide");
    if (!fits(lines, 0.75)) reach(lines);
  }
}

/** Makes a formula smaller until it has room, but never below `least` of its size; whether it has room now. */
function fits(lines, least) {
  lines.style.fontSize = "";
  if (lines.scrollWidth <= lines.clientWidth) return true;
  const size = Math.max(least, Math.floor(98 * lines.clientWidth / lines.scrollWidth) / 100);
  lines.style.fontSize = `${size}em`;
  return lines.scrollWidth <= lines.clientWidth;
}

/** What can be scrolled can be reached with the keyboard. */
function reach(lines) {
  lines.tabIndex = 0;
  lines.setAttribute("role", "group");
  lines.setAttribute("aria-label", t("Formula"));
}
