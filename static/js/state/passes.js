/** Joins a program's passes, which the deck plays, to the rows of its path, which the map shows. */

import { locate, passStart } from "./cursor.js";
import { gradientAt, valueAt } from "./facts.js";

/** What a pass trains: variables that got a gradient and a new value; "" for none. */
function trained(run, graph) {
  const moved = new Set(graph.ticks.filter(([kind]) => kind === "update").map(([, id]) => id));
  const asked = new Set(Object.keys(run.gradient ?? {}).map((key) => Number(key.split("@")[0])));
  const found = graph.nodes.filter(({ id }) => moved.has(id) && asked.has(id));
  return found.length ? JSON.stringify(found.map(({ name, shape }) => [name, shape])) : "";
}

/** @param {import("../types.js").Trace} trace */
export function joinPasses(trace) {
  const kinds = trace.passes.map((run) => trained(run, trace.graphs.find(({ id }) => id === run.graph)));
  const first = kinds.find(Boolean);
  let row = 0;
  const parts = trace.passes.map((run, index) => {
    const part = { run, row, trains: kinds[index] === first };
    if (part.trains) row += run.count;
    return part;
  });
  const trains = JSON.parse(first || "[]");
  return {
    rows: row,
    /** Name and shape of everything that is trained, and how many numbers that is. */
    trains, numbers: trains.reduce((sum, [, shape]) => sum + shape.reduce((count, n) => count * n, 1), 0),
    /** The row a pass begins at, and whether the pass moves on from it. */
    rowOf({ run, p }) {
      const part = parts.find((one) => one.run === run);
      return { row: part.row + (part.trains ? p : 0), trains: part.trains };
    },
    /** The first tick of the pass that begins at a row; the last tick of all for the end. */
    tickOf(at) {
      const part = parts.find((one) => one.trains && at >= one.row && at < one.row + one.run.count);
      return part ? passStart(trace, part.run.first + at - part.row) : Infinity;
    },
  };
}

/** "w" or "w[0, 1]" as a name and a place in its array. */
function placeOf(name) {
  const [, bare, index = ""] = /^([^[]+)(?:\[(.*)\])?$/.exec(name) ?? [null, name];
  return { bare, index: index.split(",").filter(Boolean).map(Number) };
}

const pick = (value, index) => index.reduce((part, k) => part?.[k] ?? null, value);

/** The leaves that a map's two names stand for, or null where it shows a slice. */
function leaves(cursor, objective) {
  if (objective.slice?.kind !== "all") return null;
  const found = objective.names.map((name) => {
    const { bare, index } = placeOf(name);
    const node = cursor.graph.nodes.find((one) => one.role === "variable" && one.name === bare);
    return node && { node, index };
  });
  return found.every(Boolean) ? found : null;
}

/**
 * Where the program is at the cursor, told by the trace where it can be and else by the path's rows.
 * `from` is where the pass began and `gradient` was taken there; `at` is where the variables are now.
 * The path is that of the engine without a fault: of a trace with one only the rows are told.
 */
export function onPath(trace, tick, joined, { objective, runs: [run] }) {
  const cursor = locate(trace, tick);
  if (!cursor) return null;
  const { row, trains } = joined.rowOf(cursor);
  const { plan, k } = cursor;
  const from = run.position[row] ?? null;
  const reached = (kind) => k >= plan.phases.findLastIndex((phase) => phase === kind);
  const updated = trains && reached("update") && plan.phases.includes("update");
  const found = trace.fault ? null : leaves(cursor, objective);
  if (trace.fault && !run.position[row]) return null;
  const values = found?.map(({ node, index }) => pick(valueAt(cursor, node.id).value, index));
  const at = values?.every((value) => value !== null) ? values : run.position[updated ? row + 1 : row] ?? from;
  const slopes = found?.map(({ node, index }) => {
    const { state, value, partial } = gradientAt(cursor, node.id);
    return !partial && (state === "value" || state === "zero") ? pick(value ?? 0, index) : null;
  });
  const done = trains && plan.calls.length > 0 && plan.calls.every(({ end }) => k >= end);
  const gradient = slopes ? (slopes.every((slope) => slope !== null) ? slopes : null) : done ? run.gradient[row] : null;
  return {
    row, from, at, pass: cursor.pass, passes: cursor.passes,
    value: trains && reached("loss") ? run.value[row] : null,
    gradient: trains ? gradient : null,
    next: updated ? (run.position[row + 1] ?? null) : null,
  };
}
