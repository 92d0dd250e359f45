/** What if: the fault that the engine is to make, and what it has done. */

import { read, t } from "../text/messages.js";
import { count } from "../text/numbers.js";
import { h } from "./dom.js";

/** @param {HTMLSelectElement} chooser @param {HTMLElement} told @param {{change: Function, go: Function}} gestures */
export function createFault(chooser, told, { change, go }) {
  chooser.addEventListener("change", () => change(chooser.value || undefined));
  let shown = null;
  return ({ fault, trace }) => {
    chooser.value = fault ?? "";
    const found = trace?.fault ?? null;
    if (found === shown) return;
    shown = found;
    told.hidden = !found;
    told.classList.toggle("calm", !found?.wrong);
    if (!found) return;
    const first = found.tick === null ? null
      : h("button", { type: "button", onclick: () => go(found.tick) }, t("Go to the first wrong tick"));
    const many = found.wrong ? " " + t("Wrong numbers, marked ✗: {count}.", { count: count(found.wrong) }) : "";
    told.replaceChildren(h("span", {}, read(found.words), many), ...(first ? [" ", first] : []));
  };
}
