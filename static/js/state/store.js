/** One state, changed only by events: a pure function from (state, event) to state. */

import { locate, stride } from "./cursor.js";
import { hold } from "./hold.js";
import { firstWild } from "./wild.js";

export const UNITS = ["operation", "node", "phase", "pass"];
export const SPEEDS = [0.5, 1, 2, 4, 8, 30];

/**
 * @typedef {{source: string, inputs?: object, seed?: number, fault?: "overwrite"|"keep", example: ?string, revision: number,
 *   run: ?{revision: number, slow: boolean, passes: number, ticks: number},
 *   trace: ?import("../types.js").Trace, traced: number,
 *   problem: ?{revision: number, diagnostic: import("../types.js").Diagnostic},
 *   tick: number, wanted: ?number, playing: boolean, unit: string, speed: number,
 *   manual: number, pinned: ?number, damaged: boolean}} State
 */

/** @returns {State} */
export const initial = (program, { tick = null, damaged = false } = {}) => ({
  example: null, ...program, revision: 0, run: null, trace: null, traced: -1, problem: null,
  tick: 0, wanted: tick, playing: false, unit: "operation", speed: 1, manual: 0, pinned: null,
  damaged,
});

/** Edited since the trace was made. */
export const isOutdated = (state) => state.trace !== null && state.traced !== state.revision;

const lastTick = (state) => Math.max(0, (state.trace?.ticks ?? 0) - 1);

function goTo(state, tick, playing = false) {
  const at = Math.max(0, Math.min(lastTick(state), tick));
  const run = locate(state.trace, state.tick)?.run.graph;
  const pinned = run === locate(state.trace, at)?.run.graph ? state.pinned : null;
  return { ...state, tick: at, playing, pinned };
}

const byHand = (state) => ({ ...state, manual: state.manual + 1 });

/** @type {Object<string, (state: State, event: any) => State>} */
const events = {
  edit: (state, { source }) =>
    source === state.source
      ? state
      : { ...state, source, revision: state.revision + 1, run: null, playing: false, damaged: false },
  inputs: (state, { inputs }) =>
    ({ ...state, inputs, revision: state.revision + 1, run: null, playing: false, damaged: false }),
  fault: (state, { fault }) =>
    ({ ...state, fault, revision: state.revision + 1, run: null, playing: false, wanted: state.tick }),
  open: (state, { program }) => ({
    ...state, inputs: undefined, seed: undefined, fault: undefined, example: null, damaged: false, ...program,
    revision: state.revision + 1, run: null, playing: false, wanted: null,
  }),
  run: (state) => ({
    ...state, playing: false,
    run: { revision: state.revision, slow: false, passes: 0, ticks: 0 },
  }),
  stop: (state) => ({ ...state, run: null }),
  slow: (state, { revision }) =>
    state.run?.revision === revision ? { ...state, run: { ...state.run, slow: true } } : state,
  progress: (state, { revision, passes, ticks }) =>
    state.run?.revision === revision ? { ...state, run: { ...state.run, passes, ticks } } : state,
  answer: (state, { revision, trace }) => {
    if (state.run?.revision !== revision) return state;
    const next = { ...state, run: null, trace, traced: revision, problem: null, pinned: null, tick: 0 };
    if (trace.diagnostic) next.problem = { revision, diagnostic: trace.diagnostic };
    /* A program that was stopped is looked at where it stopped. */
    return { ...goTo(next, state.wanted ?? (trace.diagnostic ? Infinity : 0)), wanted: null };
  },
  refuse: (state, { revision, diagnostic }) =>
    state.run?.revision === revision
      ? { ...state, run: null, problem: { revision, diagnostic } }
      : state,
  go: (state, { tick }) => (state.trace ? byHand(goTo(state, tick)) : { ...state, wanted: tick }),
  step: (state, { by, unit = state.unit }) =>
    state.trace?.ticks ? byHand(goTo(state, stride(state.trace, state.tick, unit, by))) : state,
  play: (state) => {
    if (!state.trace?.ticks || isOutdated(state)) return state;
    const tick = state.tick >= lastTick(state) ? 0 : state.tick;
    return { ...goTo(state, tick), playing: true };
  },
  pause: (state) => ({ ...state, playing: false }),
  advance: (state) => {
    if (!state.playing) return state;
    const tick = stride(state.trace, state.tick, state.unit, 1);
    const wild = firstWild(state.trace);
    if (state.tick < wild && wild <= tick) return byHand(goTo(state, wild));
    return goTo(state, tick, tick < lastTick(state));
  },
  unit: (state, { unit }) => ({ ...state, unit, playing: false }),
  speed: (state, { speed }) => ({ ...state, speed }),
  pin: (state, { node }) => ({ ...state, pinned: state.pinned === node ? null : node }),
  unpin: (state) => ({ ...state, pinned: null }),
};

export const update = (state, event) => events[event.type](state, event);

/** The deck's store. */
export const createStore = (state) => hold(state, update);
