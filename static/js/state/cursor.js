/** The cursor: one tick of a trace, and everything that tick is about. */

import { planOf } from "./plan.js";

/** @typedef {import("../types.js").Trace} Trace */
/** @typedef {NonNullable<ReturnType<typeof locate>>} Cursor */

/** The run of passes that a tick lies in. */
function runAt(trace, tick) {
  let low = 0;
  let high = trace.passes.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (trace.passes[middle].first_tick <= tick) low = middle;
    else high = middle - 1;
  }
  return trace.passes[low];
}

/** @param {?Trace} trace @param {number} tick */
export function locate(trace, tick) {
  if (!trace || trace.ticks === 0 || trace.passes.length === 0) return null;
  const run = runAt(trace, tick);
  const graph = trace.graphs.find(({ id }) => id === run.graph);
  const plan = planOf(run, graph);
  const length = graph.ticks.length;
  const p = Math.min(run.count - 1, Math.floor((tick - run.first_tick) / length));
  const start = run.first_tick + p * length;
  const k = tick - start;
  const [kind, id, nth = 0] = graph.ticks[k];
  const edge = kind === "backward" ? plan.edges.get(id) : null;
  return {
    trace, tick, run, graph, plan, p, k, start, length, kind, id, nth, edge,
    node: plan.nodes.get(plan.written[k]) ?? null,
    phase: plan.phases[k],
    call: kind === "seed" || kind === "backward" ? nth : 0,
    pass: run.first + p,
    passes: passCount(trace),
  };
}

export function passCount(trace) {
  const last = trace.passes.at(-1);
  return last ? last.first + last.count : 0;
}

/** The first tick of a pass. */
export function passStart(trace, pass) {
  const run = trace.passes.findLast((one) => one.first <= pass) ?? trace.passes[0];
  const length = trace.graphs.find(({ id }) => id === run.graph).ticks.length;
  return run.first_tick + (pass - run.first) * length;
}

/** The place in the program that a tick belongs to. */
export function spanOf(cursor, k = cursor.k) {
  const { graph, plan, run } = cursor;
  const [kind, id, nth = 0] = graph.ticks[k];
  if (kind === "event") return graph.events[id].span ?? null;
  if (kind === "update") {
    const update = graph.updates?.find((one) => one.node === id && (one.nth ?? 0) === nth);
    return update?.span ?? null;
  }
  if (kind === "seed") return run.calls[nth].span ?? null;
  const node = kind === "backward" ? plan.nodes.get(plan.edges.get(id).to) : plan.nodes.get(id);
  return node.span;
}

/** The nodes a tick reads. */
export function reads({ kind, node, edge }) {
  if (kind === "forward") return new Set(node.inputs);
  if (kind === "update") return new Set([node.id]);
  if (kind !== "backward") return new Set();
  const named = edge.rule?.mathml.matchAll(/data-ref="[vg](\d+)"/g) ?? [];
  return new Set([edge.to, ...[...named].map((match) => Number(match[1]))]);
}

/** The cursor after one stride; `unit` is operation, node, phase or pass. */
export function stride(trace, tick, unit, by) {
  const last = trace.ticks - 1;
  const within = (one) => Math.max(0, Math.min(last, one));
  if (unit === "operation") return within(tick + by);
  const end = (at) => {
    const { plan, start, k } = locate(trace, at);
    return start + plan.groups[unit].end[k];
  };
  if (by > 0) return tick < end(tick) ? end(tick) : end(within(tick + 1));
  const { plan, start, k } = locate(trace, tick);
  return within(start + plan.groups[unit].start[k] - 1);
}

/** The first tick of the current pass that a test accepts, or null. */
export function findTick(cursor, accepts) {
  const k = cursor.graph.ticks.findIndex((entry, index) => accepts(entry, index));
  return k < 0 ? null : cursor.start + k;
}

/** The tick a click on a code line means: the first of that line in the current pass, else anywhere. */
export function tickOfLine(cursor, line) {
  const here = (at) => findTick(at, (entry, k) => {
    const span = spanOf(at, k);
    return span && span[0] <= line && line <= span[2];
  });
  const exact = (at) => findTick(at, (entry, k) => spanOf(at, k)?.[0] === line);
  const found = exact(cursor) ?? here(cursor);
  if (found !== null) return found;
  for (const run of cursor.trace.passes) {
    const there = exact(locate(cursor.trace, run.first_tick));
    if (there !== null) return there;
  }
  return null;
}

/** The tick a click on a node means: where it is computed, or the first that touches it. */
export function tickOfNode(cursor, id) {
  const { plan, start } = cursor;
  const forward = plan.forwardAt.get(id);
  if (forward !== undefined) return start + forward;
  const k = plan.written.indexOf(id);
  return k < 0 ? null : start + k;
}
