/** The V of a gradient check: relative errors over the step size, both axes logarithmic. */

import { t } from "../text/messages.js";
import { short } from "../text/numbers.js";
import { h, s } from "./dom.js";
import { decades, tickText } from "./frame.js";
import { DASHES, inkOf, shapeOf, swatch } from "./looks.js";

/** The four curves of an entry, each with its own colour, dash and marker. */
export const WAYS = [
  { dtype: "float64", kind: "centred", name: t("float64, centred") },
  { dtype: "float64", kind: "one_sided", name: t("float64, one-sided") },
  { dtype: "float32", kind: "centred", name: t("float32, centred") },
  { dtype: "float32", kind: "one_sided", name: t("float32, one-sided") },
];

const MARGIN = { left: 52, right: 14, top: 14, bottom: 40 };
const HEIGHT = 330;
const [LEAST, MOST] = [1e-17, 10]; // no relative error of finite numbers is above 2
const FINE = 1e-7;

function axesOf(width, steps) {
  const [left, top, right, bottom] = [MARGIN.left, MARGIN.top, width - MARGIN.right, HEIGHT - MARGIN.bottom];
  const [low, high] = [Math.min(...steps), Math.max(...steps)].map(Math.log10);
  const [first, span] = [low - 0.4, high - low + 0.8];
  return {
    left, top, right, bottom, least: 10 ** low, most: 10 ** high,
    x: (step) => left + ((right - left) * (Math.log10(step) - first)) / span,
    y: (error) => bottom - ((bottom - top) * Math.log10(Math.max(LEAST, error) / LEAST)) / Math.log10(MOST / LEAST),
  };
}

function grid({ left, top, right, bottom, least, most, x, y }) {
  const errors = decades(1e-16, 1, 9);
  const sizes = decades(least, most, (right - left) / 44);
  return s("g", {},
    s("rect", { class: "fine-band", x: left, y: y(FINE), width: right - left, height: bottom - y(FINE) }),
    s("path", { class: "grid-line", d: errors.map((one) => `M${left},${y(one)}H${right}`).join("") }),
    s("path", { class: "tick-line", d: `M${left},${top}V${bottom}H${right}` }),
    ...errors.map((one) => s("text", { class: "up", x: left - 8, y: y(one) + 4 }, tickText(one))),
    s("text", { class: "up", x: left - 8, y: bottom + 4 }, "0"),
    ...sizes.map((one) => s("text", { class: "across", x: x(one), y: bottom + 16 }, tickText(one))),
    s("text", { class: "name across", x: (left + right) / 2, y: bottom + 34 }, t("step size h")),
    s("text", { class: "name", x: left + 8, y: bottom - 8 }, t("← rounding")),
    s("text", { class: "name up", x: right - 8, y: bottom - 8 }, t("curvature →")));
}

const told = ({ name }, step, { numeric, error, kinks }, kinkName) => [
  `${name}, h = ${tickText(step)}: ${short(numeric)}`, t("relative error {error}", { error: short(error) }),
  ...kinks.map((kink) => t("crosses a kink: {kink}", { kink: kinkName(kink) })),
].join("\n");

function curveOf(way, index, { entry, steps, kinkName }, { x, y }) {
  const rows = entry.curves[way.dtype][way.kind];
  const places = steps.map((step, k) => ({ step, row: rows[k], error: rows[k].error === null ? NaN : Number(rows[k].error) }))
    .sort((a, b) => a.step - b.step);
  let pen = "M";
  const d = places.map(({ step, error }) => {
    const piece = Number.isFinite(error) ? `${pen}${x(step).toFixed(1)},${y(error).toFixed(1)}` : "";
    pen = piece ? "L" : "M";
    return piece;
  }).join("");
  return s("g", { class: inkOf(index), "data-way": `${way.dtype} ${way.kind}` },
    s("path", { class: "line", d, "stroke-dasharray": DASHES[index].join(" ") || null }),
    ...places.filter(({ error }) => Number.isFinite(error)).map(({ step, row, error }) => s("path", {
      class: row.kinks.length ? "marker hollow" : "marker", d: shapeOf(index),
      transform: `translate(${x(step).toFixed(1)},${y(error).toFixed(1)}) scale(0.75)`,
    }, s("title", {}, told(way, step, row, kinkName)))));
}

/** @param {{entry: object, steps: number[], name: string, kinkName: (op: string) => string}} shown one entry of /gradchecks */
export function drawWitness(shown) {
  const { entry, steps, name } = shown;
  const svg = s("svg", { class: "witness-curve", role: "img", height: HEIGHT, "aria-label": t("Relative error of {name} over the step size, on logarithmic axes. The numbers are in the table below.", { name }) });
  const room = h("div", { class: "witness-room" }, svg);
  new ResizeObserver(([{ contentRect }]) => {
    const width = Math.floor(contentRect.width);
    if (!width || String(width) === svg.getAttribute("width")) return;
    svg.setAttribute("width", width);
    const axes = axesOf(width, steps);
    const { best } = entry;
    const ring = best && steps.includes(best.h) && Number.isFinite(Number(best.error ?? NaN))
      ? [s("circle", { class: "best-ring", r: 10, cx: axes.x(best.h), cy: axes.y(Number(best.error)) }, s("title", {}, t("the best step")))] : [];
    svg.replaceChildren(grid(axes), ...WAYS.map((way, index) => curveOf(way, index, shown, axes)).reverse(), ...ring);
  }).observe(room);
  const key = h("ul", { class: "witness-key" }, ...WAYS.map(({ name: way }, index) => h("li", {}, swatch(index), way)));
  return [key, room];
}
