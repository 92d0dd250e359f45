/** Names for phases, gradient states and nodes, in the page's language. */

import { isWild } from "../state/wild.js";
import { t } from "./messages.js";
import { short } from "./numbers.js";

export const PHASES = {
  forward: { sign: "→", name: t("Forward") },
  loss: { sign: "◆", name: t("Loss") },
  backward: { sign: "←", name: t("Backward") },
  update: { sign: "↻", name: t("Update") },
  tape: { sign: "●", name: t("Tape") },
};

const STATES = {
  absent: t("no gradient is asked for"),
  untracked: t("not tracked"),
  pending: t("not reached yet"),
  unasked: t("not asked for in this call"),
  none: "None",
  zero: t("exactly zero"),
  value: t("value"),
  stale: t("left from an earlier backward"),
};

export const stateName = (fact) =>
  fact.wrong ? t("wrong: the fault's doing") : fact.cleared ? t("cleared") : isWild(fact.value) ? t("not a finite number")
    : fact.partial ? t("adding up") : STATES[fact.state];

/** The mark of a number that a fault has made wrong. */
export const WRONG = "✗ ";

/** A gradient as one short text, never by colour alone. */
export const gradientText = (fact, budget, last = "…") =>
  fact.wrong ? WRONG + stateText(fact, budget - WRONG.length, last) : stateText(fact, budget, last);

function stateText(fact, budget, last) {
  if (fact.state === "absent") return "";
  if (fact.state === "untracked") return t("not tracked");
  if (fact.state === "pending" || fact.state === "unasked") return "–";
  if (fact.state === "none") return "∅ None";
  if (fact.state === "zero") return `○ ${short(fact.value ?? 0, budget - 2, last)}`;
  if (fact.state === "stale") return `↺ ${short(fact.value, budget - 2, last)}`;
  const text = valueText(fact.value, fact.partial ? budget - 3 : budget, last);
  return fact.partial ? `${text} +…` : text;
}

/** A number where it stands for itself: what is not finite has a mark of its own. */
export const valueText = (value, budget, last) =>
  isWild(value) ? `⚠ ${short(value, budget - 2, last)}` : short(value, budget, last);

/** What a node is called where one word must do. */
export const nodeName = (node) => node.name ?? node.symbol;

/** The sign of a node's operation: a symbol or a function's name, but for one that is ours. */
export const signOf = ({ op, label }) => op === "own_gradient" ? t("own gradient") : label;

/** A node in one line: "x1 = ×". */
export const nodeTitle = (node) => node.role === "op" ? `${nodeName(node)} = ${signOf(node)}` : nodeName(node);
