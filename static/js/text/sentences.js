/** A tick's sentence: the trace's template with numbers in it, as parts or as plain text. */

import { exact, short } from "./numbers.js";
import { read, t } from "./messages.js";

/** @typedef {string|{ref: string, text: string, exact: string}} Part */

/** Splits a template at its {refs}. @returns {Part[]} */
function fill(template, look) {
  return template.split(/(\{[a-z]\d+\})/).filter(Boolean).map((piece) => {
    const ref = /^\{([a-z]\d+)\}$/.exec(piece)?.[1];
    if (!ref) return piece;
    const value = look(ref);
    return { ref, text: short(value), exact: exact(value) };
  });
}

/** One of our own messages, its {names} filled with parts of any kind. */
export function spread(sentence, holes) {
  return sentence.split(/(\{\w+\})/).filter(Boolean).map((piece) => {
    const hole = holes[piece.slice(1, -1)];
    return piece.startsWith("{") && hole !== undefined ? hole : piece;
  });
}

/** The sentence of the cursor's tick. @returns {Part[]} */
export function sentence(cursor, look) {
  if (!cursor) return [t("Nothing has been computed yet.")];
  const { kind, graph, node, edge, nth } = cursor;
  if (kind === "forward") return fill(read(node.words), look);
  if (kind === "backward") return fill(read(edge.words), look);
  if (kind === "event") return fill(read(graph.events[cursor.id].words), look);
  const number = (ref) => {
    const value = look(ref);
    return { ref, text: short(value), exact: exact(value) };
  };
  if (kind === "seed") {
    return spread(t("Backward starts at {name} with a gradient of {value}."), {
      name: node.name ?? node.symbol, value: number(`s${node.id}`),
    });
  }
  const before = nth ? `u${node.id}@${nth - 1}` : `v${node.id}`;
  const after = nth ? `u${node.id}@${nth}` : `u${node.id}`;
  return spread(t("The program changes {name} from {before} to {after}."), {
    name: node.name ?? node.symbol, before: number(before), after: number(after),
  });
}

/** The same for a live region. */
export const plain = (parts) =>
  parts.map((part) => (typeof part === "string" ? part : part.text)).join("");
