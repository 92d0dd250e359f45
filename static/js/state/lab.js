/** The optimizer lab's state, changed only by events: what is asked, what came back, the cursor. */

import { boxRound, lastStep } from "./race.js";

export const STRIDES = [1, 10, 100];
/** Steps a second while playing. */
export const PACES = [2, 10, 30, 60, 200];

/**
 * @typedef {{optimizer: string, options: Object<string, any>, label?: string}} Entry
 * @typedef {{objective: object, runs: Entry[], start: ?[number, number], steps: number}} Question
 * @typedef {[[number, number], [number, number]]} Box  x from, to; y from, to
 * @typedef {{question: Question, revision: number, run: ?{revision: number, slow: boolean, passes?: number},
 *   answer: ?import("./race.js").Answer, problem: ?object, tick: number, wanted: ?number,
 *   following: boolean, playing: boolean, unit: number, speed: number, manual: number,
 *   chosen: number, view: ?Box, surface: "contour"|"3d", damaged: boolean}} Lab
 */

/** @returns {Lab} */
export const initial = (question, { tick = null, view = null, surface = "contour", damaged = false } = {}) => ({
  question, revision: 0, run: null, answer: null, problem: null,
  tick: 0, wanted: tick, following: tick === null, playing: false, unit: 1, speed: 30, manual: 0,
  chosen: 0, view, surface, damaged,
});

function goTo(state, tick, playing = false) {
  if (!state.answer) return { ...state, wanted: Math.max(0, tick), following: false };
  const last = lastStep(state.answer);
  const at = Math.max(0, Math.min(last, tick));
  return { ...state, tick: at, playing, following: at >= last, wanted: null };
}

const byHand = (state) => ({ ...state, manual: state.manual + 1 });

/** While the start is dragged, a new race begins when the last one is in. */
const start = (state, live) => live && state.run
  ? state
  : { ...state, run: { revision: state.revision, slow: false } };

const ending = (state) =>
  state.run && state.run.revision < state.revision ? start({ ...state, run: null }) : { ...state, run: null };

const append = (run, batch) => {
  const columns = ["step", "position", "value", "gradient", "rate"];
  return { ...run, ...Object.fromEntries(columns.map((name) => [name, [...run[name], ...batch[name]]])) };
};

const events = {
  ask: (state, { change, live = false }) => start({
    ...state, question: { ...state.question, ...change }, revision: state.revision + 1,
    playing: false, following: true, wanted: null, damaged: false,
    view: change.objective ? null : state.view,
    chosen: change.runs ? Math.min(state.chosen, Math.max(0, change.runs.length - 1)) : state.chosen,
  }, live),
  run: (state) => start({ ...state, revision: state.revision + 1 }),
  slow: (state, { revision }) =>
    state.run?.revision === revision ? { ...state, run: { ...state.run, slow: true } } : state,
  /** A program runs, and has no path to show yet. */
  progress: (state, { revision, passes }) =>
    state.run?.revision === revision ? { ...state, run: { ...state.run, passes } } : state,
  began: (state, { revision, asked, objective, runs }) => state.run?.revision !== revision ? state : {
    ...state, problem: null,
    answer: { asked, revision, objective, runs: runs.map((run) => ({
      ...run, step: [], position: [], value: [], gradient: [], rate: [], status: null })) },
  },
  rows: (state, { revision, batches }) => {
    if (state.run?.revision !== revision) return state;
    const runs = [...state.answer.runs];
    for (const batch of batches) runs[batch.run] = append(runs[batch.run], batch);
    const next = { ...state, answer: { ...state.answer, runs } };
    if (state.wanted !== null) return { ...next, tick: Math.min(state.wanted, lastStep(next.answer)) };
    return state.following && !state.playing ? { ...next, tick: lastStep(next.answer) } : next;
  },
  /** What is told at the end: how each run ended, and the box of a path that is whole now. */
  ended: (state, { revision, runs, objective }) => {
    if (state.run?.revision !== revision) return state;
    const done = state.answer.runs.map((run, index) => ({ ...run, ...runs[index] }));
    const next = { ...ending(state), answer: { ...state.answer, runs: done, objective: objective ?? state.answer.objective } };
    return { ...next, wanted: null, following: next.tick >= lastStep(next.answer) };
  },
  refused: (state, { revision, problem }) => state.run?.revision !== revision ? state : {
    ...ending(state), problem: { ...problem, revision },
    answer: state.answer?.revision === revision && problem.objective ? { ...state.answer, objective: problem.objective } : state.answer,
  },
  /** The race ends here; a path that was not whole is as whole as it will be. */
  stop: (state) => state.run ? {
    ...state, run: null,
    answer: state.answer && { ...state.answer,
      objective: { ...state.answer.objective, whole: true,
        box: state.answer.objective.whole === false ? boxRound(state.answer.runs, state.answer.objective.box) : state.answer.objective.box },
      runs: state.answer.runs.map((run) => ({ ...run, status: run.status ?? "cancelled" })) },
  } : state,
  go: (state, { tick }) => byHand(goTo(state, tick)),
  step: (state, { by, unit = state.unit }) => byHand(goTo(state, state.tick + by * unit)),
  play: (state) => {
    if (!state.answer) return state;
    return { ...goTo(state, state.tick >= lastStep(state.answer) ? 0 : state.tick), playing: true };
  },
  pause: (state) => ({ ...state, playing: false }),
  advance: (state, { by = 1 }) => {
    if (!state.playing) return state;
    const last = lastStep(state.answer);
    return goTo(state, state.tick + by, state.run !== null || state.tick + by < last);
  },
  unit: (state, { unit }) => ({ ...state, unit, playing: false }),
  speed: (state, { speed }) => ({ ...state, speed }),
  choose: (state, { run }) => ({ ...state, chosen: run }),
  view: (state, { view }) => ({ ...state, view }),
  surface: (state, { surface }) => ({ ...state, surface }),
  unpin: (state) => state,
};

/** @param {Lab} state @returns {Lab} */
export const update = (state, event) => events[event.type](state, event);
