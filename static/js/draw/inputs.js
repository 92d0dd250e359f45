/** The numbers that a bare expression is given: one field each. */

import { h } from "./dom.js";

/** @param {HTMLElement} room @param {(inputs: object) => void} change */
export function createInputs(room, change) {
  let shown = null;
  const read = () => Object.fromEntries([...room.querySelectorAll("input")]
    .filter((field) => field.value !== "").map((field) => [field.name, Number(field.value)]));
  return ({ inputs }) => {
    const names = Object.keys(inputs ?? {}).filter((name) => typeof inputs[name] === "number");
    room.hidden = names.length === 0;
    if (shown === names.join()) return;
    shown = names.join();
    room.replaceChildren(...names.map((name) =>
      h("label", {}, h("code", {}, name), " = ",
        h("input", { type: "number", step: "any", name, value: inputs[name],
          oninput: () => change({ ...inputs, ...read() }) }))));
  };
}
