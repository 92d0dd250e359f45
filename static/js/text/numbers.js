/** Numbers as text: rounded for display only, the exact value always at hand. */

import { t } from "./messages.js";

const MINUS = "\u2212";
const WORDS = { NaN: "NaN", Infinity: "∞", "-Infinity": MINUS + "∞" };

/** Five significant digits; whole numbers up to seven digits stand in full. */
function rounded(number) {
  if (Number.isInteger(number) && Math.abs(number) < 1e7) return String(number);
  const size = Math.abs(number);
  if (size >= 1e-4 && size < 1e6) return String(Number(number.toPrecision(5)));
  return number.toExponential(3).replace(/\.?0+e/, "e").replace("e+", "e");
}

/** @param {import("../types.js").Value} value one number, as a student reads it */
function scalar(value) {
  if (typeof value === "string") return WORDS[value] ?? value;
  if (typeof value === "number") return rounded(value).replaceAll("-", MINUS);
  return String(value);
}

/** @param {import("../types.js").Value} value */
export const isSummary = (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value) && "shape" in value;

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
  if (!Array.isArray(value)) return scalar(value);
  const shown = value.slice(0, items).map((part) => list(part, items));
  if (value.length > items) shown.push("…");
  return `[${shown.join(", ")}]`;
}

/** The one number that fills an array, or undefined. */
function filling(value) {
  const numbers = value.flat(Infinity);
  return numbers.length > 1 && numbers.every((one) => one === numbers[0]) ? numbers[0] : undefined;
}

/** The longest text of a value that fits `budget` characters. */
export function short(value, budget = 28) {
  if (value === null || value === undefined) return "–";
  if (isSummary(value)) {
    const size = shapeText(value.shape);
    const mean = `${size} (μ ${scalar(value.mean)})`;
    return mean.length <= budget ? mean : size;
  }
  if (!Array.isArray(value)) return scalar(value);
  const whole = list(value, 1000);
  if (whole.length <= budget) return whole;
  const fill = filling(value);
  if (fill !== undefined) return t("all {value}", { value: scalar(fill) });
  for (const items of [6, 5, 4, 3, 2, 1]) {
    const text = list(value, items);
    if (text.length <= budget) return text;
  }
  return shapeText(shapeOf(value));
}

/** Every digit that was sent, for titles and the detail panel. */
export function exact(value) {
  if (value === null || value === undefined) return "–";
  if (isSummary(value)) {
    return ["min", "max", "mean", "std", "zeros"].map((key) => `${key} ${value[key]}`).join(", ");
  }
  const text = JSON.stringify(value).replaceAll('"', "").replaceAll(",", ", ");
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
