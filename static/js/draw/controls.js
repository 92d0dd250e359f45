/** The buttons of a player, its stride and its speed: the same for passes of a program and steps of a race. */

import { t } from "../text/messages.js";
import { h } from "./dom.js";

/**
 * @param {HTMLElement} root @param {{get: Function, send: Function}} store
 * @param {{units: Array<[any, string]>, speeds: Array<[number, string]>}} choices values with their names
 */
export function createControls(root, store, { units, speeds }) {
  const find = (name) => root.querySelector(`[data-part="${name}"]`);
  const [play, unit, speed] = ["play", "unit", "speed"].map(find);
  const actions = {
    first: () => store.send({ type: "go", tick: 0 }),
    back: () => store.send({ type: "step", by: -1 }),
    play: () => store.send({ type: store.get().playing ? "pause" : "play" }),
    forward: () => store.send({ type: "step", by: 1 }),
    last: () => store.send({ type: "go", tick: Infinity }),
  };
  for (const [name, act] of Object.entries(actions)) find(name).addEventListener("click", act);
  const fill = (chooser, choices, type) => {
    chooser.append(...choices.map(([value, name]) => h("option", { value }, name)));
    chooser.addEventListener("change", () =>
      store.send({ type, [type]: choices.find(([value]) => String(value) === chooser.value)[0] }));
  };
  fill(unit, units, "unit");
  fill(speed, speeds, "speed");

  return (state) => {
    unit.value = state.unit;
    speed.value = state.speed;
    play.classList.toggle("on", state.playing);
    play.setAttribute("aria-label", state.playing ? t("Pause") : t("Play"));
  };
}
