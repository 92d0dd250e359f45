/**
 * Numbers as text, by one rule: five significant digits at most, three in an array (two where a box has
 * no room for three; more where an update would not show). Rounded for display only, the exact value
 * always at hand.
 */

import { t } from "./messages.js";

const MINUS = "\u2212";
const WORDS = { NaN: "NaN", Infinity: "∞", "-Infinity": MINUS + "∞" };

const [ALONE, INSIDE] = [5, 3];

/** A whole number in groups of three digits. */
export const count = (number) => number.toLocaleString("en");

/** Whole numbers stand in full: up to seven digits alone, up to four inside an array. */
function rounded(number, digits) {
  const size = Math.abs(number);
  if (Number.isInteger(number) && size < (digits < ALONE ? 1e4 : 1e7)) return size < 1e4 ? String(number) : count(number);
  if (size >= (digits < ALONE ? 1e-3 : 1e-4) && size < (digits < ALONE ? 1e4 : 1e5)) {
    const nearest = Number(number.toPrecision(digits));
    return Math.abs(nearest) < 1e4 ? String(nearest) : count(nearest);
  }
  return number.toExponential(Math.min(3, digits - 1)).replace(/\.?0+e/, "e").replace("e+", "e");
}

/** @param {import("../types.js").Value} value one number, as a student reads it */
function scalar(value, digits = ALONE) {
  if (typeof value === "string") return WORDS[value] ?? value;
  if (typeof value === "number") return rounded(value, digits).replaceAll("-", MINUS);
  return String(value);
}

/** A text whose own numbers follow the rule too. */
export const ruled = (text) => text.replace(/\d+\.\d{5,}/g, (one) => scalar(Number(one)));

/** An entry of an array. */
export const brief = (value) => scalar(value, INSIDE);

/** @param {import("../types.js").Value} value */
export const isSummary = (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value) && "shape" in value;

/** Whether a value is rows of numbers. */
export const isMatrix = (value) =>
  Array.isArray(value) && value[0]?.length > 0 && Array.isArray(value[0]) && !Array.isArray(value[0][0]);

/** Shape of nested lists, as the program would print it. */
export function shapeOf(value) {
  if (isSummary(value)) return value.shape;
  const shape = [];
  for (let part = value; Array.isArray(part); part = part[0]) shape.push(part.length);
  return shape;
}

/** "(2, 3)" is written 2×3; a scalar has no shape to show. */
export const shapeText = (shape) =>
  shape.length === 1 ? `(${shape[0]})` : shape.join("×");

function list(value, items) {
  if (!Array.isArray(value)) return brief(value);
  const shown = value.slice(0, items).map((part) => list(part, items));
  if (value.length > items) shown.push("…");
  return `[${shown.join(", ")}]`;
}

/** The one number that fills an array, or undefined. */
function filling(value) {
  const numbers = value.flat(Infinity);
  return numbers.length > 1 && numbers.every((one) => one === numbers[0]) ? numbers[0] : undefined;
}

/** The least and the greatest number of an array; what is not a number comes first. */
function extremes(value) {
  if (isSummary(value)) return [value.min, value.max];
  const numbers = value.flat(Infinity);
  if (numbers.includes("NaN")) return ["NaN", "NaN"];
  let [low, high] = [numbers[0], numbers[0]];
  for (const one of numbers) {
    if (Number(one) < Number(low)) low = one;
    if (Number(one) > Number(high)) high = one;
  }
  return [low, high];
}

/** From where to where the numbers of an array go, in `budget` characters; null if they are too few. */
function range(value, budget, tried = [INSIDE, 2]) {
  const [low, high] = extremes(value);
  if (low === undefined) return null;
  for (const digits of tried) {
    const text = low === high ? scalar(low, digits) : `${scalar(low, digits)} … ${scalar(high, digits)}`;
    for (const one of [`[${text}]`, `[${text.replace(" … ", "…")}]`]) if (one.length <= budget) return one;
  }
  return null;
}

/** The whole of a value where it fits `budget` characters, or the one number that fills it; else null. */
export function written(value, budget) {
  if (isSummary(value)) return null;
  if (!Array.isArray(value)) return scalar(value);
  const whole = list(value, 1000);
  if (whole.length <= budget) return whole;
  const fill = filling(value);
  return fill === undefined ? null : t("all {value}", { value: brief(fill) });
}

/** The first entries of a vector, or null. */
function beginning(value, budget) {
  if (!Array.isArray(value) || Array.isArray(value[0])) return null;
  const texts = [6, 5, 4, 3, 2, 1].map((items) => list(value, items));
  return texts.find((text) => text.length <= budget) ?? null;
}

/** The longest text of a value that fits `budget` characters; `last` where none does. */
export function short(value, budget = 28, last = null) {
  if (value === null || value === undefined) return "–";
  return written(value, budget) ?? beginning(value, budget) ?? range(value, budget)
    ?? last ?? shapeText(shapeOf(value));
}

/** A value before and after, with more digits where they would look alike. */
export function apart(...values) {
  const texts = values.map((one) => short(one));
  if (texts[0] !== texts[1] || exact(values[0]) === exact(values[1])) return texts;
  return values.map((one, k) => (Number.isFinite(one) ? scalar(one, 9) : range(one, 60, [ALONE]) ?? texts[k]));
}

/** A place: "(−1.5, 2)". */
export const pointText = (values) => `(${values.map((one) => short(one)).join(", ")})`;

/** Every digit that was sent, for titles and the detail panel. */
export function exact(value) {
  if (value === null || value === undefined) return "–";
  if (isSummary(value)) {
    return ["min", "max", "mean", "std", "zeros"].map((key) => `${key} ${exact(value[key])}`).join(", ");
  }
  const text = JSON.stringify(value).replaceAll('"', "").replaceAll(",", ", ").replaceAll("-", MINUS);
  return text.length > 400 ? text.slice(0, 400) + "…" : text;
}

/** The entry that stands for a value's size on the decade scale: the largest in magnitude. */
export function largest(value) {
  if (isSummary(value)) return largest([value.min, value.max]);
  if (!Array.isArray(value)) return Math.abs(Number(value));
  let most = 0;
  for (const part of value) {
    const size = largest(part);
    if (Number.isNaN(size)) return size;
    if (size > most) most = size;
  }
  return most;
}
