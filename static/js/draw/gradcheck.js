/** A gradient check: the verdict, the numbers entry by entry, and one entry's errors over the step size. */

import { read, t } from "../text/messages.js";
import { brief, count as counted, exact, short } from "../text/numbers.js";
import { h, setText } from "./dom.js";
import { tickText } from "./frame.js";
import { drawWitness, WAYS } from "./witness.js";

const MARKS = { fine: "✓", kink: "∧", undecided: "?", wrong: "✗" };
const VERDICTS = { fine: t("right"), kink: t("on a kink"), undecided: t("undecided"), wrong: t("wrong") };

const nameOf = ({ name, index }) =>
  name === null ? t("one direction") : index.length ? `${name}[${index.join(",\u00a0")}]` : name;

const number = (value, kind = "") => h("td", { class: `num ${kind}`, title: exact(value) }, short(value));

const verdictOf = ({ verdict, words }) =>
  h("span", { class: `verdict ${verdict}`, title: read(words) }, h("b", { "aria-hidden": "true" }, MARKS[verdict]), " ", VERDICTS[verdict]);

function scrolled(caption, heads, rows, name) {
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, h("table", { class: "ways", "data-part": name },
    h("caption", { class: "unseen" }, caption),
    h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
    h("tbody", {}, ...rows)));
}

function entryRow(entry, chosen, choose) {
  const { analytic, best } = entry;
  const name = h("button", { type: "button", class: "link", "aria-pressed": String(chosen), onclick: choose }, nameOf(entry));
  return h("tr", { class: chosen ? "at" : null }, h("th", { scope: "row" }, name), h("td", {}, verdictOf(entry)),
    number(analytic, "back"), number(best?.numeric ?? null), number(best?.error ?? null), h("td", { class: "num" }, best ? tickText(best.h) : "–"));
}

/** Every quotient of one entry: what the picture shows, as numbers. */
function numbersOf(entry, steps) {
  const cell = ({ numeric, error, kinks }) => h("td", { class: "num", title: `${exact(numeric)} (${exact(error)})` },
    error === null ? "–" : brief(error), ...(kinks.length ? [" ", h("span", { class: "unseen" }, t("crosses a kink")), h("span", { "aria-hidden": "true" }, "∧")] : []));
  const rows = steps.map((step, k) => h("tr", {}, h("th", { scope: "row" }, tickText(step)),
    ...WAYS.map(({ dtype, kind }) => cell(entry.curves[dtype][kind][k]))));
  return h("details", { class: "all-numbers" }, h("summary", {}, t("All relative errors of {name}", { name: nameOf(entry) })),
    scrolled(t("All relative errors of {name}", { name: nameOf(entry) }), ["h", ...WAYS.map(({ name }) => name)], rows, "errors"));
}

/** Which steps cross which kink, as sentences. */
function kinksOf({ entry, steps, kinkName }) {
  const crossed = new Map();
  for (const { dtype, kind } of WAYS) {
    entry.curves[dtype][kind].forEach(({ kinks }, k) => kinks.forEach((name) => {
      crossed.set(name, (crossed.get(name) ?? new Set()).add(steps[k]));
    }));
  }
  return [...crossed].map(([name, at]) => h("p", { class: "kink-note" }, h("b", { "aria-hidden": "true" }, "∧ "),
    t("{kink}: its kink lies between the two points for h = {steps}. There the quotient mixes two slopes; such points are hollow.", {
      kink: kinkName(name), steps: [...at].sort((a, b) => b - a).map(tickText).join(", "),
    })));
}

const CONVENTIONS = [
  [t("analytic"), t("the gradient of one gradient call of the program, by reverse mode in float64")],
  [t("one-sided"), "(f(x + h) − f(x)) / h"],
  [t("centred"), "(f(x + h) − f(x − h)) / 2h"],
  [t("relative error"), t("|a − n| / max(|a|, |n|), a analytic and n numeric; 0 if both are 0")],
  [t("the best step"), t("centred, in float64: where rounding and curvature leave least doubt")],
];

/** Which gradient call is checked: the cursor's; to be chosen, which moves the cursor, where there are several. */
function callOf({ number, count }, place, choose) {
  if (count < 2) return null;
  const field = h("input", { type: "number", min: 1, max: count, value: number + 1, onchange: () => {
    if (field.reportValidity()) choose(field.valueAsNumber - 1);
  } });
  return h("label", { class: "small which-call" }, t("Gradient call"), " ", field, ` / ${counted(count)} `,
    place ? t("of pass {pass}, from tick {tick} on. The check follows the player.", { pass: counted(place.pass + 1), tick: counted(place.tick + 1) }) : "");
}

/**
 * Returns what draws an answer of /gradchecks, a diagnostic, or nothing yet.
 * @param {HTMLElement} room  Its second argument: what the graph calls each operation.
 * @param {(call: number) => void} choose  Called with the gradient call that is wanted, from 0. A third one: the place of a call.
 */
export function createCheck(room, choose) {
  let chose = false;
  const verdict = h("p", { role: "status", class: "whole-verdict" });
  const body = h("div", { class: "witness" });
  room.replaceChildren(verdict, body);

  const chosenCall = (call) => {
    chose = true;
    choose(call);
  };

  function show(answer, kinkName, place, chosen, refocus = false) {
    const entries = [...answer.entries, answer.direction];
    const entry = entries[chosen];
    const shown = { entry, steps: answer.h, name: nameOf(entry), kinkName };
    const rows = entries.map((one, k) => entryRow(one, k === chosen, () => show(answer, kinkName, place, k, true)));
    const heads = [t("variable"), t("verdict"), t("analytic"), t("numeric"), t("relative error"), "h"];
    body.replaceChildren(
      h("div", {}, callOf(answer.call, place, chosenCall), scrolled(t("Gradient check"), heads, rows, "checked"), h("p", { class: "small" }, read(answer.call.words), " ", read(answer.coverage))),
      h("div", { class: "witness-side" }, h("p", {}, h("b", {}, shown.name), " – ", read(entry.words)),
        ...drawWitness(shown),
        h("p", { class: "small" }, t("Too large a step errs by the curvature, too small a one by rounding: that makes the V. The ring is the best step; the shaded part is below 1e−7.")),
        ...kinksOf(shown), numbersOf(entry, answer.h)),
      h("dl", { class: "small conventions" }, ...CONVENTIONS.flatMap(([term, text]) => [h("dt", {}, term), h("dd", {}, text)])));
    if (refocus) rows[chosen].querySelector("button").focus();
    if (chose) body.querySelector(".which-call input")?.focus();
    chose = false;
  }

  return ({ answer = null, diagnostic = null } = {}, labels = new Map(), placeOf = () => null) => {
    const problem = diagnostic ?? answer?.diagnostic;
    verdict.className = `whole-verdict ${answer?.verdict ?? ""}`;
    /* Until the next call is checked the last one's numbers stay, pale: nothing jumps. */
    body.classList.toggle("old", !answer);
    if (!answer?.direction) {
      setText(verdict, problem?.message ?? t("Working …"));
      if (problem) body.replaceChildren();
      return;
    }
    setText(verdict, `${MARKS[answer.verdict]} ${read(answer.words)}`);
    const kinkName = (op) => (op === "branch" ? t("a branch of the program") : labels.get(op) ?? op);
    show(answer, kinkName, placeOf(answer.call.number), Math.max(0, answer.entries.findIndex((one) => one.verdict === answer.verdict)));
  };
}
