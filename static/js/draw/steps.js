/** The player of a race: one scrubber over its steps, with a mark where a run diverged. */

import { PACES, STRIDES } from "../state/lab.js";
import { lastStep } from "../state/race.js";
import { t } from "../text/messages.js";
import { createControls } from "./controls.js";
import { s, setText } from "./dom.js";
import { ticks } from "./frame.js";
import { inkOf } from "./looks.js";

function marks(steps, runs) {
  const every = ticks(0, steps, 20).filter(Number.isInteger);
  const lost = runs.flatMap((run, index) => (run.status === "diverged" ? [[run.diverged_at, index]] : []));
  return s("svg", { viewBox: `0 0 ${steps} 1`, preserveAspectRatio: "none", "aria-hidden": "true" },
    s("path", { class: "mark", d: every.map((one) => `M${one},0V1`).join("") }),
    ...lost.map(([step, index]) => s("path", { class: `mark-lost ${inkOf(index)}`, d: `M${step},0V1` })));
}

/** @param {HTMLElement} root @param {ReturnType<typeof import("../state/store.js").createStore>} store */
export function createPlayer(root, store) {
  const find = (name) => root.querySelector(`[data-part="${name}"]`);
  const [step, place, room] = ["step", "place", "marks"].map(find);
  const controls = createControls(root, store, {
    units: STRIDES.map((count) => [count, count === 1 ? t("1 step") : t("{count} steps", { count })]),
    speeds: PACES.map((count) => [count, t("{count}/s", { count })]) });
  step.addEventListener("input", () => store.send({ type: "go", tick: Number(step.value) }));
  let drawn = {};
  return (state) => {
    controls(state);
    const runs = state.answer?.runs ?? [];
    const last = lastStep(state.answer);
    root.classList.toggle("idle", last === 0);
    step.disabled = last === 0;
    if (drawn.last !== last || drawn.runs !== runs) room.replaceChildren(marks(Math.max(1, last), runs));
    drawn = { last, runs };
    step.max = last;
    step.value = state.tick;
    const words = t("step {step} of {steps}", { step: state.tick, steps: last });
    step.setAttribute("aria-valuetext", words);
    setText(place, words);
  };
}
