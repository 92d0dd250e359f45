/** The player: buttons, stride, speed, and scrubbers with phase bands and pass marks. */

import { passCount, passStart } from "../state/cursor.js";
import { isOutdated, SPEEDS, UNITS } from "../state/store.js";
import { PHASES } from "../text/labels.js";
import { t } from "../text/messages.js";
import { count } from "../text/numbers.js";
import { createControls } from "./controls.js";
import { s, setText } from "./dom.js";

const UNIT_NAMES = { operation: t("operation"), node: t("node"), phase: t("phase"), pass: t("pass") };

const ends = (flags) => flags.filter(Boolean).join(" ");

/** Phase bands of one pass, as wide as the scrubber below them. */
function bands({ plan, length }) {
  const parts = [];
  for (let k = 0; k < length; k = plan.groups.phase.end[k] + 1) {
    const width = plan.groups.phase.end[k] - k + 1;
    const phase = plan.phases[k];
    parts.push(s("rect", { class: `band ${phase}`, x: k, width, y: 0, height: 1 },
      s("title", {}, PHASES[phase].name)));
  }
  return s("svg", { viewBox: `0 0 ${length} 1`, preserveAspectRatio: "none", "aria-hidden": "true" }, ...parts);
}

/** A mark every 1, 10, 50 … passes. */
function marks(passes) {
  const every = [1, 5, 10, 50, 100, 500, 1000].find((one) => passes / one <= 60) ?? 5000;
  const lines = [];
  for (let pass = 0; pass < passes; pass += every) lines.push(`M${pass + 0.5},0V1`);
  return s("svg", { viewBox: `0 0 ${passes} 1`, preserveAspectRatio: "none", "aria-hidden": "true" },
    s("path", { class: "mark", d: lines.join("") }));
}

/** @param {HTMLElement} root @param {ReturnType<typeof import("../state/store.js").createStore>} store */
export function createTransport(root, store) {
  const find = (name) => root.querySelector(`[data-part="${name}"]`);
  const [tick, pass, place, play] = ["tick", "pass", "place", "play"].map(find);
  const handles = root.querySelectorAll("input, .buttons button");
  const controls = createControls(root, store, {
    units: UNITS.map((unit) => [unit, UNIT_NAMES[unit]]), speeds: SPEEDS.map((speed) => [speed, `${speed}×`]) });
  let cursor = null;
  tick.addEventListener("input", () => store.send({ type: "go", tick: cursor.start + Number(tick.value) }));
  pass.addEventListener("input", () => {
    const [start, next] = [0, 1].map((by) => passStart(cursor.trace, Number(pass.value) + by));
    store.send({ type: "go", tick: Math.min(start + cursor.k, next - 1) }); // it may be the shorter one
  });

  let drawn = {};
  return (state, now) => {
    cursor = now;
    root.classList.toggle("idle", !cursor);
    root.classList.toggle("many", (cursor?.passes ?? 0) > 1);
    controls(state);
    for (const handle of handles) handle.disabled = !cursor;
    play.disabled ||= isOutdated(state);
    if (!cursor) {
      setText(place, state.trace ? t("This program has no ticks.") : "");
      find("bands").replaceChildren();
      find("marks").replaceChildren();
      drawn = {};
      return;
    }
    if (drawn.run !== cursor.run) {
      find("bands").replaceChildren(bands(cursor));
      tick.max = cursor.length - 1;
    }
    if (drawn.trace !== cursor.trace) {
      find("marks").replaceChildren(marks(passCount(cursor.trace)));
      pass.max = cursor.passes - 1;
    }
    drawn = { run: cursor.run, trace: cursor.trace };
    tick.value = cursor.k;
    pass.value = cursor.pass;
    const phase = PHASES[cursor.phase].name;
    const inPass = { tick: cursor.k + 1, ticks: cursor.length, phase };
    const ofAll = t("pass {pass} of {passes}", { pass: count(cursor.pass + 1), passes: count(cursor.passes) });
    tick.setAttribute("aria-valuetext", t("tick {tick} of {ticks}, {phase}", inPass));
    pass.setAttribute("aria-valuetext", ofAll);
    setText(place, ends([
      cursor.passes > 1 && `${ofAll} ·`,
      t("tick {tick} of {ticks}", { tick: count(cursor.tick + 1), ticks: count(cursor.trace.ticks) }),
      cursor.trace.diagnostic && cursor.tick + 1 === cursor.trace.ticks && `· ${t("the program stopped here")}`,
    ]));
  };
}
