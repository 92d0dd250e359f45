/** The table of one run: every step with its numbers, an equal view of the map. */

import { t } from "../text/messages.js";
import { exact, short } from "../text/numbers.js";
import { h } from "./dom.js";
import { reveal } from "./reveal.js";
import { markRows, walkRows } from "./walk.js";

const WINDOW = 200;
const PAUSE = 250;
const cell = (value, kind = "") => h("td", { class: `num ${kind}`, title: exact(value) }, short(value));

function rowOf(run, k) {
  const gradient = run.gradient[k] ?? [null, null];
  return h("tr", { "data-step": k },
    h("th", { scope: "row" }, h("button", { type: "button", class: "link", tabindex: -1, "aria-label": t("Step {step}", { step: k }) }, String(k))),
    ...run.position[k].map((one) => cell(one)), cell(run.value[k], "ahead"), ...gradient.map((one) => cell(one, "back")));
}

/** @param {HTMLElement} table @param {(step: number) => void} go */
export function createRows(table, go) {
  const head = h("tr");
  const body = h("tbody");
  const caption = h("caption");
  table.append(caption, h("thead", {}, head), body);
  body.addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    if (row) go(Number(row.dataset.step));
  });
  walkRows(body, "step", go);
  let shown = {};
  let seen = false;
  let latest = null;
  let timer = null;
  const room = table.closest(".scroll");
  /* While steps follow one another the table follows a few times a second, out of sight not at all. */
  const later = () => {
    if (seen && latest) timer ??= setTimeout(() => {
      timer = null;
      draw(...latest);
    }, PAUSE);
  };
  new IntersectionObserver(([{ isIntersecting }]) => {
    seen = isIntersecting;
    later();
  }).observe(room);

  function draw(run, names, step) {
    if (!run || run.step.length === 0) return body.replaceChildren();
    if (shown.names !== names) {
      head.replaceChildren(...[t("step"), ...names, t("loss"), ...names.map((name) => `∂${t("loss")}/∂${name}`)]
        .map((name) => h("th", { scope: "col" }, name)));
    }
    const held = body.contains(document.activeElement);
    const count = run.step.length;
    const from = Math.max(0, Math.min(count - 2 * WINDOW, Math.floor((step - WINDOW) / 100) * 100));
    const to = Math.min(count, from + 2 * WINDOW + 100);
    if (shown.rows !== run.position || shown.from !== from) {
      const rows = [];
      for (let k = from; k < to; k++) rows.push(rowOf(run, k));
      body.replaceChildren(...rows);
      caption.textContent = run.title;
    }
    shown = { names, rows: run.position, from };
    const at = Math.min(step, count - 1);
    const current = markRows(body, "step", at);
    if (held) current.querySelector("button").focus({ preventScroll: true });
    return reveal(current, room);
  }

  return (run, names, step, playing) => {
    latest = [run, names, step];
    return playing ? later() : draw(...latest);
  };
}
