/** What an answer of descents says at a step: where each run is, and where it goes next. */

/**
 * @typedef {number|string|null} Number  "NaN", "Infinity", "-Infinity"; null was not computed
 * @typedef {{optimizer: string, options: object, label: string, step: number[],
 *   position: Number[][], value: Number[], gradient: Array<?Number[]>, rate: Number[],
 *   status: ?string, diverged_at?: ?number, overflow?: ?{op: string, words: object}}} Run
 * @typedef {{asked: object, revision: number, objective: object, runs: Run[]}} Answer
 * @typedef {{step: number, position: Number[], value: Number, gradient: ?Number[],
 *   next: ?Number[], last: boolean}} Place
 */

/** The last step that any run has taken. @param {?Answer} answer */
export const lastStep = (answer) =>
  Math.max(0, ...(answer?.runs ?? []).map((run) => run.step.length - 1));

/** Where a run is at a step; one that has ended stays where it ended. @returns {?Place} */
export function placeAt(run, step) {
  const end = run.step.length - 1;
  if (end < 0) return null;
  const k = Math.min(step, end);
  return {
    step: run.step[k], position: run.position[k], value: run.value[k], gradient: run.gradient[k],
    next: run.position[k + 1] ?? null, last: k === end,
  };
}

/** One of the server's numbers as a number: "NaN" and its like too. */
export const real = (value) => (value === null ? NaN : Number(value));

export const isFinitePoint = (point) => point.every((one) => Number.isFinite(real(one)));

/** The box round all finite places of the runs that did not diverge, and the box that was there. */
export function boxRound(runs, box) {
  const points = runs.filter(({ status }) => status !== "diverged")
    .flatMap(({ position }) => position).filter(isFinitePoint);
  return [0, 1].map((axis) => {
    const all = points.map((point) => point[axis]);
    const low = all.reduce((a, b) => Math.min(a, b), box[axis][0]);
    const high = all.reduce((a, b) => Math.max(a, b), box[axis][1]);
    const room = low < box[axis][0] || high > box[axis][1] ? (high - low) * 0.05 : 0;
    return [low - room, high + room];
  });
}
