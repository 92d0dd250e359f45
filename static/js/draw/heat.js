/** Arrays as heat maps: one cell per number, colour by sign and size. */

import { exact, isMatrix, isSummary, largest, shapeOf, shapeText, short, written } from "../text/numbers.js";
import { t } from "../text/messages.js";
import { h, s } from "./dom.js";

const SIDE = 18;
const WIDE = 300;
const TALL = 150;
/** A vector longer than this goes on in the next line. */
const WRAP = 50;
/** Cells that are smaller than this are not worth drawing. */
const LEAST = 2;

/** Any array as rows of numbers: a vector in lines, more than two dimensions as one matrix under the other. */
function rowsOf(value) {
  if (isMatrix(value)) return value;
  if (Array.isArray(value[0])) return value.flatMap(rowsOf);
  return Array.from({ length: Math.ceil(value.length / WRAP) }, (_, k) => value.slice(k * WRAP, (k + 1) * WRAP));
}

function cell(value, most, place) {
  const finite = Number.isFinite(Number(value));
  const kind = !finite ? "wild" : value < 0 ? "minus" : value > 0 ? "plus" : "nil";
  const share = finite ? Math.abs(value) / most : 1;
  return s("rect", { ...place, class: kind,
    "fill-opacity": kind === "nil" ? 1 : (0.15 + 0.85 * share).toFixed(2) });
}

/** Cells of `width` × `height` for rows of numbers. */
function cells(rows, width, height, gap) {
  const most = finiteLargest(rows) || 1;
  return rows.flatMap((row, y) => row.map((value, x) =>
    cell(value, most, { x: x * width, y: y * height, width: width - gap, height: height - gap })));
}

/** The largest size among the numbers that have one. */
const finiteLargest = (rows) => largest(rows.flat().filter((one) => Number.isFinite(Number(one))));

/** A map that fits width × height, for the graph; null where its cells would be too small. */
export function miniMap(value, width, height) {
  const rows = isMatrix(value) ? value : [value];
  const [across, down] = [width / rows[0].length, height / rows.length];
  const side = Math.min(across, down, 9);
  const [wide, tall] = [Math.min(across, 1.5 * side), Math.min(down, 1.5 * side)];
  if (side < LEAST || Array.isArray(rows[0][0])) return null;
  return { width: wide * rows[0].length, height: tall * rows.length,
    map: s("g", { class: "heat" }, ...cells(rows, wide, tall, side > 4 ? 0.5 : 0)) };
}

/** Whether an array is drawn where there is room for so many letters: a matrix that they cannot hold, or any array of which they hold nothing. */
export const isDrawn = (value, letters) => Array.isArray(value) && value.length > 0
  && (isMatrix(value) ? written(value, letters) === null : short(value, letters, "") === "");

/** A map with its scale and, as a title on each cell, its numbers. */
export function heatMap(value, tall = TALL) {
  const rows = rowsOf(value);
  const most = finiteLargest(rows);
  const side = Math.max(LEAST, Math.min(SIDE, WIDE / rows[0].length, tall / rows.length));
  const [width, height] = [rows[0].length * side, rows.length * side];
  const map = s("svg", { class: "heat", role: "img", width, height, viewBox: `0 0 ${width} ${height}`,
    "aria-label": t("Heat map, largest size {most}", { most: short(most) }) }, ...cells(rows, side, side, 0.5));
  const entries = rows.flat();
  [...map.children].forEach((one, k) => one.append(
    s("title", {}, `[${Math.floor(k / rows[0].length)}, ${k % rows[0].length}] ${exact(entries[k])}`)));
  return h("figure", { class: "map-of" }, map, h("figcaption", { class: "scale-of" },
    h("span", {}, `\u2212${short(most)}`), h("span", { class: "ramp", "aria-hidden": "true" }),
    h("span", {}, short(most)), h("span", {}, shapeText(shapeOf(value)))));
}

const SUMMARY = { min: t("least"), max: t("greatest"), mean: t("mean"), std: t("spread"), zeros: t("zeros") };

/** A large array in a few numbers. */
export function summaryOf(value, names = Object.keys(SUMMARY), text = exact) {
  return h("dl", { class: "facts" }, ...names.flatMap((key) =>
    [h("dt", {}, SUMMARY[key]), h("dd", { class: "num", title: exact(value[key]) }, text(value[key]))]));
}

/** Whether an array is better looked at than read. */
export const isPicture = (value) =>
  !isSummary(value) && Array.isArray(value) && value.flat(Infinity).length > 1;
