/** A small heat map of a 2-D array: one cell per number, colour by sign and size. */

import { exact, largest, short } from "../text/numbers.js";
import { t } from "../text/messages.js";
import { s } from "./dom.js";

const SIDE = 16;
const ROOM = 280;

/** @param {number[][]} rows nested lists */
export function heatMap(rows) {
  const most = largest(rows) || 1;
  const side = Math.max(2, Math.min(SIDE, Math.floor(ROOM / rows[0].length)));
  const cells = rows.flatMap((row, y) => row.map((value, x) => {
    const share = Number.isFinite(value) ? Math.abs(value) / most : 1;
    const kind = !Number.isFinite(value) ? "wild" : value < 0 ? "minus" : value > 0 ? "plus" : "nil";
    return s("rect", { class: kind, x: x * side, y: y * side, width: side - 0.5, height: side - 0.5,
      "fill-opacity": (0.12 + 0.88 * share).toFixed(2) }, s("title", {}, `[${y}, ${x}] ${exact(value)}`));
  }));
  const width = rows[0].length * side;
  const height = rows.length * side;
  return s("svg", { class: "heat", role: "img", width, height, viewBox: `0 0 ${width} ${height}`,
    "aria-label": t("Heat map, largest size {most}", { most: short(most) }) }, ...cells);
}

/** Whether a value can be drawn so. */
export const isMatrix = (value) => Array.isArray(value) && Array.isArray(value[0]) && !Array.isArray(value[0][0]);
