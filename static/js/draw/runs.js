/** The list of optimizers in a race: choose, set, copy, remove, add. */

import { t } from "../text/messages.js";
import { optionText, titleOf } from "../text/races.js";
import { h, s } from "./dom.js";
import { swatch } from "./looks.js";
import { formula, row } from "./math.js";

const icon = (d) => () => s("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, s("path", { d }));
const COPY = icon("M4.5,4.5V1.5H12.5V9.5H9.5M1.5,4.5H9.5V12.5H1.5Z");
const CROSS = icon("M2.5,2.5L11.5,11.5M11.5,2.5L2.5,11.5");

/** The next in 1, 2, 5, 10 …: how rates are tried. */
export function nextRate(value, by) {
  const steps = [1, 2, 5];
  const power = Math.floor(Math.log10(value) + 1e-9);
  const lead = value / 10 ** power;
  const place = 3 * power + (by > 0 ? steps.findLastIndex((one) => one <= lead * 1.0001) : steps.findIndex((one) => one >= lead * 0.9999));
  const found = (place < 3 * power ? 3 * (power + 1) : place) + by;
  return Number(`${steps[((found % 3) + 3) % 3]}e${Math.floor(found / 3)}`);
}

/** One number of an option. Typing is taken when it is a number in range. */
function numberField(name, value, { low, high }, label, change) {
  const field = h("input", { type: "number", step: "any", min: low, max: high, value: Number(value.toPrecision(12)), name, "aria-label": label, required: true });
  field.addEventListener("change", () => field.reportValidity());
  field.addEventListener("input", () => field.validity.valid && change(Number(field.value)));
  field.addEventListener("keydown", (event) => {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (name !== "lr" || !by || !(Number(field.value) > 0)) return;
    event.preventDefault();
    const next = nextRate(Number(field.value), by);
    if (next < low || next > high) return;
    field.value = next;
    change(next);
  });
  return field;
}

function optionRow(option, value, owner, set) {
  const { name, default: normal } = option;
  const label = t("{option} of {run}", { option: name, run: owner });
  if (typeof normal === "boolean") {
    const box = h("input", { type: "checkbox", checked: value, "aria-label": label, onchange: () => set(box.checked) });
    return h("label", { class: "option" }, h("code", {}, name), box);
  }
  if (!Array.isArray(normal)) {
    return h("label", { class: "option" }, h("code", {}, name), numberField(name, value, option, label, set));
  }
  const pair = [...value];
  return h("span", { class: "option" }, h("code", {}, name), h("span", { class: "pair" }, ...pair.map((one, place) =>
    numberField(name, one, option, `${label} ${place + 1}`, (next) => {
      pair[place] = next;
      set([...pair]);
    }))));
}

/** @param {HTMLElement} list @param {object[]} offer the optimizers
 * @param {number} most runs of one race @param {(runs: object[]) => void} change */
export function createRuns(list, offer, most, change) {
  let shown = "";
  let runs = [];
  const find = (name) => offer.find((one) => one.name === name);
  const replace = (index, run) => change(runs.map((one, place) => (place === index ? run : one)));

  function card(run, index) {
    const optimizer = find(run.optimizer);
    const owner = `${titleOf(run.optimizer)} ${index + 1}`;
    const chooser = h("select", { "aria-label": t("Optimizer {number}", { number: index + 1 }), "data-key": `${index} optimizer`,
      onchange: () => {
        const [lr] = find(chooser.value).options;
        replace(index, { optimizer: chooser.value, options: { lr: runs[index].options.lr ?? lr.default } });
      } }, ...offer.map(({ name }) => h("option", { value: name, selected: name === run.optimizer }, titleOf(name))));
    const set = (name, value) => {
      const { [name]: _, ...rest } = runs[index].options;
      const { default: normal } = optimizer.options.find((one) => one.name === name);
      const kept = name !== "lr" && JSON.stringify(value) === JSON.stringify(normal);
      const { label: _label, ...same } = runs[index];
      replace(index, { ...same, options: kept ? rest : { ...rest, [name]: value } });
    };
    const rows = (optimizer?.options ?? []).map((option) =>
      optionRow(option, run.options[option.name] ?? option.default, owner, (value) => set(option.name, value)));
    const changed = Object.entries(run.options).filter(([name]) => name !== "lr").map(([name, value]) => optionText(name, value)).join(", ");
    return h("li", { class: "card" },
      h("div", { class: "card-head" }, swatch(index), chooser, rows[0] ?? null),
      h("div", { class: "card-tools" },
        h("button", { type: "button", class: "icon quiet", title: t("Copy {run}", { run: owner }), "aria-label": t("Copy {run}", { run: owner }),
          "data-key": `${index} copy`, disabled: runs.length >= most,
          onclick: () => change([...runs.slice(0, index + 1), structuredClone(runs[index]), ...runs.slice(index + 1)]) }, COPY()),
        h("button", { type: "button", class: "icon quiet", title: t("Remove {run}", { run: owner }), "aria-label": t("Remove {run}", { run: owner }),
          "data-key": `${index} remove`, disabled: runs.length <= 1,
          onclick: () => change(runs.filter((_, place) => place !== index)) }, CROSS())),
      h("details", { "data-key": `${index} more` },
        h("summary", {}, changed ? `${t("Rule")} · ${changed}` : t("Rule and options")),
        ...(optimizer?.mathml ?? []).map((mathml) => h("div", { class: "rule", tabindex: "0", role: "group", "aria-label": t("Formula") }, formula(row({ mathml })))),
        ...rows.slice(1), h("p", { class: "small" }, optimizer?.source ?? "")));
  }

  return (question) => {
    ({ runs } = question);
    const key = JSON.stringify(runs);
    if (key === shown) return;
    const before = shown;
    shown = key;
    const held = document.activeElement;
    if (before && list.contains(held) && held.matches("input") && JSON.stringify(runs.map(({ optimizer }) => optimizer)) === list.dataset.kinds) return;
    const open = new Set([...list.querySelectorAll("details[open]")].map((one) => one.dataset.key));
    const focus = list.contains(held) ? held.dataset.key : null;
    list.dataset.kinds = JSON.stringify(runs.map(({ optimizer }) => optimizer));
    list.replaceChildren(...runs.map(card));
    for (const one of list.querySelectorAll("details")) if (open.has(one.dataset.key)) one.open = true;
    if (focus) list.querySelector(`[data-key="${focus}"]`)?.focus();
  };
}
