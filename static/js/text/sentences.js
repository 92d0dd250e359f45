/** A tick's sentence: the trace's template with numbers in it, as parts or as plain text. */

import { keptAt, lookIn } from "../state/facts.js";
import { firstWild } from "../state/wild.js";
import { apart, exact, ruled, short } from "./numbers.js";
import { read, t } from "./messages.js";
import { spread } from "./spread.js";

/** @typedef {string|{ref: string, text: string, exact: string}} Part */

/** A hyphen that means minus: before a number, or with nothing written before it. */
const HYPHEN = /-(?=\d)|(?<![\p{L}\d])-/gu;

/** A template without what goes without saying: a sum of nothing so far, a formula that is all numbers. */
function tidy(template, look) {
  const sum = /\{(b\d+)\}/.exec(template);
  const told = sum && look(sum[1]) === null
    ? template.slice(0, template.lastIndexOf(". ", sum.index) + 1) : template;
  return told.replace(/ = ([^=]+) = \1(?=,)/, " = $1");
}

/** Splits a template at its {refs}. @returns {Part[]} */
function fill(template, look) {
  return tidy(template, look).split(/(\{[a-z]\d+\})/).filter(Boolean).map((piece) => {
    const ref = /^\{([a-z]\d+)\}$/.exec(piece)?.[1];
    if (!ref) return ruled(piece).replace(HYPHEN, "\u2212");
    const value = look(ref);
    return { ref, text: short(value), exact: exact(value) };
  });
}

/** The sentence of the cursor's tick. @returns {Part[]} */
export function sentence(cursor, look) {
  if (!cursor) return [t("Nothing has been computed yet.")];
  const { kind, graph, node, edge, nth } = cursor;
  if (kind === "forward") return fill(read(node.words), look);
  if (kind === "backward") return [...fill(read(edge.words), look), ...kept(cursor, look)];
  if (kind === "event") return fill(read(graph.events[cursor.id].words), look);
  const number = numberIn(look);
  if (kind === "seed") {
    const summed = isSummed(cursor, node.id)
      ? t("Backward starts at the sum of {name}: each of its entries has a gradient of {value}.")
      : t("Backward starts at {name} with a gradient of {value}.");
    return spread(summed, { name: node.name ?? node.symbol, value: number(`s${node.id}`) });
  }
  const before = nth ? `u${node.id}@${nth - 1}` : `v${node.id}`;
  const after = nth ? `u${node.id}@${nth}` : `u${node.id}`;
  const texts = apart(look(before), look(after));
  return spread(t("The program changes {name} from {before} to {after}."), {
    name: node.name ?? node.symbol, before: { ...number(before), text: texts[0] }, after: { ...number(after), text: texts[1] },
  });
}

const numberIn = (look) => (ref) => {
  const value = look(ref);
  return { ref, text: short(value), exact: exact(value) };
};

/** Said where a gradient is added to what .grad held already. */
function kept(cursor, look) {
  const found = keptAt(cursor);
  if (!found) return [];
  const { id, name, symbol } = cursor.node;
  const number = numberIn(look);
  const said = found.again
    ? t("This is not the first backward of the pass: {gradient} is added to the {before} that {name}.grad holds, which makes {after}.")
    : t("Nothing has set {name}.grad to zero: {gradient} is added to the {before} of the pass before, which makes {after}.");
  return [" ", ...spread(said, {
    name: name ?? symbol, gradient: number(`g${id}`), before: number(`h${id}`), after: number(`t${id}`),
  })];
}

/** Whether a gradient call is about the sum of its target: an array that is seeded with ones. */
export function isSummed(cursor, target) {
  const ones = (value) => Array.isArray(value) ? value.every(ones)
    : typeof value === "object" && value !== null ? value.min === 1 && value.max === 1 : value === 1;
  return cursor.plan.nodes.get(target)?.shape.length > 0 && ones(lookIn(cursor)(`s${target}`));
}

/** Said at the first tick that makes a number which is not finite; "" elsewhere. */
export const wildness = ({ trace, tick }) => tick === firstWild(trace)
  ? t("Here, for the first time, a number is not finite: it grew too large or has no value. Play stops.") : "";

/** The same for a live region. */
export const plain = (parts) =>
  parts.map((part) => (typeof part === "string" ? part : part.text)).join("");
