/** Where the race is run: the landscape with its options, the start, the number of steps. */

import { t } from "../text/messages.js";
import { landscapeName } from "../text/races.js";
import { h, setText } from "./dom.js";
import { formula, row } from "./math.js";

const EXPRESSION = { source: "x**4 - 2*x**2 + y**2 + 0.3*x", parameters: ["x", "y"] };

const kindOf = ({ function: name, parameters }) => name ?? (parameters ? "expression" : "program");

/** @param {(name: string) => HTMLElement} find @param {(change: object) => void} ask
 * @param {{functions: object[], most: {steps: number}, start: number[]}} offered start: of an expression */
export function createPlace(find, { functions: offer, most: { steps: mostSteps }, start: usual }, ask) {
  const [chooser, more, rule, startX, startY, nameX, nameY, home, steps] =
    ["landscape", "place-options", "place-rule", "start-x", "start-y", "start-x-name", "start-y-name", "start-home", "steps"].map(find);
  let question = null;
  let program = null;
  let shown = "";

  chooser.append(...offer.map(({ name }) => h("option", { value: name }, landscapeName(name))),
    h("option", { value: "expression" }, t("An expression in two names")));
  chooser.addEventListener("change", () => {
    const { value } = chooser;
    const objective = value === "expression" ? EXPRESSION : value === "program" ? program : { function: value };
    ask({ objective, start: null, ...(value !== "program" && question.runs.length === 0 ? { runs: [{ optimizer: "sgd", options: { lr: 0.01 } }] } : {}) });
  });
  for (const field of [startX, startY, steps]) field.addEventListener("change", () => field.reportValidity());
  for (const field of [startX, startY]) {
    field.addEventListener("input", () => {
      if (startX.validity.valid && startY.validity.valid) ask({ start: [Number(startX.value), Number(startY.value)] });
    });
  }
  home.addEventListener("click", () => ask({ start: null }));
  steps.max = mostSteps;
  steps.addEventListener("input", () => steps.validity.valid && ask({ steps: Number(steps.value) }));

  function optionsOf(objective) {
    const known = offer.find(({ name }) => name === objective.function);
    if (known) {
      return known.options.map(({ name, default: normal, low, high }) => {
        const field = h("input", { type: "number", step: "any", min: low, max: high, required: true, value: objective.options?.[name] ?? normal });
        field.addEventListener("input", () => field.validity.valid && ask({
          objective: { ...question.objective, options: { ...question.objective.options, [name]: Number(field.value) } } }));
        return h("label", { class: "option" }, h("code", {}, OPTION_NAMES[name] ?? name), field);
      });
    }
    if (!objective.parameters) {
      return [h("pre", { class: "source", tabindex: "0", "aria-label": t("Program") }, objective.source)];
    }
    const text = h("input", { class: "expression", spellcheck: "false", autocapitalize: "off", autocomplete: "off",
      "aria-label": t("Expression, such as (1 - x)**2 + 100*(y - x**2)**2"), "aria-describedby": "lab-problem", value: objective.source });
    const names = h("input", { class: "names", "aria-label": t("Its two names"), value: objective.parameters.join(", "), spellcheck: "false" });
    const send = () => {
      const parameters = names.value.split(/[\s,]+/).filter(Boolean);
      if (parameters.length === 2 && text.value.trim()) ask({ objective: { ...question.objective, source: text.value, parameters } });
    };
    for (const field of [text, names]) field.addEventListener("change", send);
    return [text, h("label", { class: "option" }, t("names"), names)];
  }

  return (state) => {
    ({ question } = state);
    const { objective } = question;
    const kind = kindOf(objective);
    if (kind === "program") program = objective;
    if (program && !chooser.querySelector("[value=program]")) {
      chooser.append(h("option", { value: "program" }, t("The program from the studio")));
    }
    chooser.value = kind;
    const key = JSON.stringify([kind, kind === "program" ? objective : null]);
    if (key !== shown) {
      shown = key;
      more.replaceChildren(...optionsOf(objective));
      const known = offer.find(({ name }) => name === kind);
      rule.replaceChildren(...(known?.mathml ?? []).map((mathml) => formula(row({ mathml }))));
      rule.hidden = !known;
    }
    const found = state.answer?.objective;
    const names = found?.names ?? objective.parameters ?? ["x", "y"];
    setText(nameX, names[0]);
    setText(nameY, names[1]);
    const start = question.start ?? found?.start ?? offer.find(({ name }) => name === kind)?.start ?? usual;
    [startX, startY].forEach((field, axis) => {
      if (document.activeElement !== field) field.value = start[axis];
    });
    if (document.activeElement !== steps) steps.value = question.steps;
    home.hidden = question.start === null;
    find("race-settings").hidden = question.runs.length === 0;
  };
}

/** Options as the formula writes them. */
const OPTION_NAMES = { condition: "κ" };
