/** The current step in words: one entry for each run, with every digit at hand. */

import { placeAt } from "../state/race.js";
import { endingOf, told } from "../text/races.js";
import { t } from "../text/messages.js";
import { h, setText } from "./dom.js";
import { swatch } from "./looks.js";

const partOf = (part) => typeof part === "string" ? part
  : h("span", { class: `num ${part.kind ?? ""}`, title: part.exact }, part.text);

function entryOf(run, index, choose) {
  const name = h("button", { type: "button", class: "link", onclick: () => choose(index) }, run.title);
  const where = h("p", { class: "where" });
  const ending = h("p", { class: "ending" });
  const item = h("li", { "data-run": index }, h("p", { class: "run-name" }, swatch(run.look ?? index), name), where, ending);
  return { item, name, where, ending };
}

/** @param {HTMLElement} list @param {(run: number) => void} choose */
export function createTold(list, choose) {
  let entries = [];
  let key = "";
  return ({ runs, step, chosen, away }) => {
    const titles = JSON.stringify(runs.map((run, index) => [run.title, run.look ?? index]));
    if (titles !== key) {
      key = titles;
      entries = runs.map((run, index) => entryOf(run, index, choose));
      list.replaceChildren(...entries.map(({ item }) => item));
    }
    runs.forEach((run, index) => {
      const { item, name, where, ending } = entries[index];
      const place = placeAt(run, step);
      item.classList.toggle("chosen", index === chosen && runs.length > 1);
      name.setAttribute("aria-pressed", String(index === chosen));
      if (!place) return where.replaceChildren(t("Nothing has been computed yet."));
      const ended = place.last && step > place.step ? [t("Ended at step {step}.", { step: place.step }), " "] : [];
      where.replaceChildren(...ended, ...told(place, away(place.position)).map(partOf));
      const text = run.status && (place.last || run.status === "diverged") ? endingOf(run) : "";
      ending.classList.toggle("lost", run.status === "diverged");
      setText(ending, text);
      return undefined;
    });
  };
}

/** The same in one line for a live region. */
export function spoken({ runs, step }, loss) {
  return [t("Step {step}.", { step }), ...runs.map((run) => {
    const place = placeAt(run, step);
    return place ? t("{run}: loss {loss}.", { run: run.title, loss: loss(place.value) }) : "";
  })].join(" ");
}
