/** The gradient calls of a whole program, numbered from 0 in the order of time. */

/** The gradient calls of every run, with how many there were before it. */
const counted = (trace) => trace.passes.map((run) => [run, run.calls.length, run.count * run.calls.length]);

/** Which gradient call of the whole program, from 0, is call `of` of the cursor's pass; the last before it where the pass has none. */
export function callNumber({ trace, run, p }, of) {
  let before = 0;
  for (const [one, calls, all] of counted(trace)) {
    if (one === run) return calls ? before + p * calls + of : Math.max(0, before - 1);
    before += all;
  }
  return 0;
}

/** The pass and the first tick of a gradient call of the whole program. */
export function placeOfCall(trace, number) {
  let left = number;
  for (const [run, calls, all] of counted(trace)) {
    if (left < all) {
      const { ticks } = trace.graphs.find(({ id }) => id === run.graph);
      const p = Math.floor(left / calls);
      const k = ticks.findIndex(([kind, , nth = 0]) => kind === "seed" && nth === left % calls);
      return { pass: run.first + p, tick: run.first_tick + p * ticks.length + Math.max(0, k) };
    }
    left -= all;
  }
  return null;
}
