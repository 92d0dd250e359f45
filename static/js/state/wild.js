/** Numbers that are not finite, and the tick at which a program meets the first of them. */

import { lookIn } from "./facts.js";
import { locate } from "./cursor.js";

const WORDS = ["NaN", "Infinity", "-Infinity"];

/** Whether a value is, or holds, something that is not a finite number. */
export const isWild = (value) => Array.isArray(value) ? value.some(isWild)
  : value !== null && typeof value === "object" ? isWild([value.min, value.max]) : WORDS.includes(value);

const LETTERS = { forward: "v", seed: "s", backward: "ea", update: "u" };

/** What the cursor's tick writes. */
export function writtenAt(cursor) {
  const look = lookIn(cursor);
  return [...(LETTERS[cursor.kind] ?? "")].map((letter) => look(letter + cursor.id));
}

/** @type {WeakMap<object, number>} */
const found = new WeakMap();

/** The first tick that writes something not finite; Infinity where none does. */
export function firstWild(trace) {
  if (!found.has(trace)) found.set(trace, search(trace));
  return found.get(trace);
}

function search(trace) {
  const columns = ["forward", "edge", "partial", "seed", "gradient", "after"];
  for (const run of trace.passes) {
    if (!columns.some((name) => Object.values(run[name] ?? {}).some(isWild))) continue;
    const { length } = trace.graphs.find(({ id }) => id === run.graph).ticks;
    for (let tick = run.first_tick; tick < run.first_tick + run.count * length; tick++) {
      if (writtenAt(locate(trace, tick)).some(isWild)) return tick;
    }
  }
  return Infinity;
}
