/** Names and sentences of the optimizer lab. */

import { real } from "../state/race.js";
import { read, t } from "./messages.js";
import { exact, pointText, short } from "./numbers.js";
import { spread } from "./spread.js";

const TITLES = { sgd: "SGD", adagrad: "Adagrad", rmsprop: "RMSprop", adam: "Adam", adamw: "AdamW" };

export const titleOf = (optimizer) =>
  optimizer === "program" ? t("the program itself") : (TITLES[optimizer] ?? optimizer);

const LANDSCAPES = {
  rosenbrock: t("Rosenbrock: a curved valley"),
  beale: t("Beale: a plain between steep walls"),
  himmelblau: t("Himmelblau: four minima"),
  quadratic: t("Quadratic: a long bowl"),
  saddle: t("Saddle: down without end"),
  rastrigin: t("Rastrigin: many small hollows"),
};

export const landscapeName = (name) => LANDSCAPES[name] ?? name;

/** One setting as text: "momentum 0.9", "nesterov". */
export function optionText(name, value) {
  if (typeof value === "boolean") return value ? name : `${name} ✕`;
  return `${name} ${Array.isArray(value) ? value.map((one) => short(one)).join(", ") : short(value)}`;
}

/** A run in a few words: its label, or its optimizer with what is set: "SGD, lr 0.001, momentum 0.9". */
export function runTitle({ optimizer, options = {}, label }, defaults = {}) {
  if (label && label !== optimizer) return label;
  const set = Object.entries(options)
    .filter(([name, value]) => name === "lr" || JSON.stringify(value) !== JSON.stringify(defaults[name]))
    .map(([name, value]) => optionText(name, value));
  return [titleOf(optimizer), ...set].join(", ");
}

const number = (value) => ({ text: short(value), exact: exact(value) });
const point = (values) => ({ text: pointText(values), exact: exact(values) });

/** What a map shows, in words. */
export const mapTitle = (landscape, count) => count === 1 ? t("Contour map of {landscape} with one path.", { landscape })
  : t("Contour map of {landscape} with {count} paths.", { landscape, count });

/** How a run ended, in one sentence; "" while it is on its way. */
export function endingOf(run) {
  const steps = run.step.length - 1;
  if (run.status === "diverged") {
    return `${t("Diverged at step {step}.", { step: run.diverged_at })} ${read(run.overflow?.words)}`.trim();
  }
  if (run.status === "converged") return t("Arrived at step {steps}: the gradient is zero up to 1e-12.", { steps });
  if (run.status === "stalled") return steps === 1 ? t("After one step it no longer moves.") : t("After {steps} steps it no longer moves.", { steps });
  if (run.status === "cancelled") return steps === 1 ? t("Stopped after one step.") : t("Stopped after {steps} steps.", { steps });
  return "";
}

/** Where a run is, as parts: strings and numbers with every digit. @param {import("../state/race.js").Place} place */
export function told(place, away) {
  const parts = [];
  if (place.value === null) {
    parts.push(...spread(t("It ends at {point}."), { point: point(place.position) }));
  } else {
    parts.push(...spread(t("At {point} the loss is {loss}."), { point: point(place.position), loss: number(place.value) }));
  }
  if (away) parts.push(" ", ...spread(t("That is outside the map, {where}."), { where: away }));
  if (place.gradient) {
    parts.push(" ", ...spread(t("The gradient is {gradient}."), { gradient: { ...point(place.gradient), kind: "back" } }));
  }
  if (place.next) parts.push(" ", ...spread(t("The next step goes to {point}."), { point: point(place.next) }));
  return parts;
}

/** Whether any number of a place is not finite. */
export const isLost = (place) => place.value !== null && !Number.isFinite(real(place.value));
