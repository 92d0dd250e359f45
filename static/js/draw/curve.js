/** The losses over the steps, on a logarithmic axis, with the cursor of the map. */

import { placeAt, real } from "../state/race.js";
import { t } from "../text/messages.js";
import { h, s, setText } from "./dom.js";
import { decades, tickText, ticks } from "./frame.js";
import { dashOf, inkOf, markerOf } from "./looks.js";

const MARGIN = { left: 54, right: 16, top: 20, bottom: 36 };
const BAND = 20; // pixels under the lowest decade, for losses that have no place on a logarithmic axis

/**
 * The axes that hold all finite losses. Logarithmic, unless a loss is below zero.
 * zero, under, over: whether losses are 0, lie below the lowest decade, lie above the highest; the
 * first two are drawn on the lowest line, `floor` pixels down, below a break at `cut`.
 */
function axesOf(runs, steps, width, height) {
  const losses = runs.flatMap(({ value }) => value).filter((one) => one !== null).map(real).filter(Number.isFinite);
  let least = losses.reduce((a, b) => Math.min(a, b), Infinity);
  let most = losses.reduce((a, b) => Math.max(a, b), -Infinity);
  const logarithmic = losses.some((one) => one > 0) && losses.every((one) => one >= 0);
  if (logarithmic) {
    const positive = losses.filter((one) => one > 0);
    // One that diverges leaves the picture instead of flattening all others.
    if (losses[0] > 0) most = Math.min(most, losses[0] * 1e4);
    const lowest = 10 ** Math.ceil(Math.log10(most * 1e-18));
    least = Math.max(positive.reduce((a, b) => Math.min(a, b)), lowest);
    if (most / least < 10) [least, most] = [least / 2, most * 2];
  } else if (!(most > least)) {
    [least, most] = losses.length ? [least - 1, most + 1] : [0, 1];
  }
  const [zero, under, over] = [(one) => one === 0, (one) => one > 0 && one < least, (one) => one > most]
    .map((is) => logarithmic && losses.some(is));
  const share = logarithmic
    ? (loss) => Math.log10(loss / least) / Math.log10(most / least)
    : (loss) => (loss - least) / (most - least);
  const { left, right, top, bottom } = MARGIN;
  const whole = [Math.max(40, width - left - right), Math.max(60, height - top - bottom)];
  const room = [whole[0], whole[1] - (zero || under ? BAND : 0)];
  return {
    logarithmic, least, most, zero, under, over, left, top, right: left + room[0], cut: top + room[1], bottom: top + whole[1],
    x: (step) => left + (room[0] * step) / Math.max(1, steps),
    y: (loss) => (logarithmic && loss < least ? top + whole[1] : top + room[1] * (1 - Math.min(1, share(loss)))),
    at: (px) => Math.round(((px - left) / room[0]) * steps),
    marks: logarithmic ? decades(least, most, room[1] / 26) : ticks(least, most, room[1] / 40),
    steps: ticks(0, steps, Math.max(2, room[0] / 70)).filter(Number.isInteger),
  };
}

/** What kind of axis this is. */
function kindOf({ logarithmic, most, over }) {
  if (!logarithmic) return t("linear axis: the loss is not above 0 everywhere");
  return over ? t("logarithmic axis, cut above {most}", { most: tickText(Number(most.toPrecision(2))) }) : t("logarithmic axis");
}

/** What lies below the break, where something does. */
const belowOf = ({ zero, under }) => (zero ? t("0 has no logarithm") : under ? t("below the axis") : "");

/** A run's losses as a path; where many steps share a pixel, its extremes. */
function lineOf({ value }, { x, y }) {
  const parts = [];
  let column = null;
  const flush = () => {
    if (!column) return;
    const between = column.low === column.high ? "" : `L${column.at},${column.low.toFixed(1)}L${column.at},${column.high.toFixed(1)}`;
    parts.push(`${parts.length ? "L" : "M"}${column.at},${column.first.toFixed(1)}${between}L${column.at},${column.last.toFixed(1)}`);
  };
  for (let k = 0; k < value.length; k++) {
    const loss = value[k] === null ? NaN : real(value[k]);
    if (!Number.isFinite(loss)) break;
    const [px, py] = [Math.round(x(k) * 2) / 2, y(loss)];
    if (column?.at === px) {
      Object.assign(column, { low: Math.min(column.low, py), high: Math.max(column.high, py), last: py });
    } else {
      flush();
      column = { at: px, first: py, low: py, high: py, last: py };
    }
  }
  flush();
  return parts.join("");
}

/** @param {HTMLElement} root @param {{go: (step: number) => void}} gestures */
export function createCurve(root, { go }) {
  const clip = s("rect", { x: 0, y: 0, height: 4000 });
  const id = `walked-${Math.random().toString(36).slice(2)}`;
  const [grid, faint, strong, dots] = ["grid", "faint", "strong", "dots"].map((name) => s("g", { class: name }));
  strong.setAttribute("clip-path", `url(#${id})`);
  const line = s("path", { class: "now-line" });
  const svg = s("svg", { class: "curve" }, s("clipPath", { id }, clip), grid, faint, strong, line, dots);
  const note = h("p", { class: "curve-note" });
  root.append(svg, note);
  let size = [0, 0];
  let axes = null;
  let picture = null;
  let drawn = "";
  let shown = null;

  function lay() {
    const { runs, steps } = picture;
    const key = `${size} ${steps}`;
    if (drawn === key && shown === runs) return;
    [drawn, shown] = [key, runs];
    axes = axesOf(runs, steps, ...size);
    svg.setAttribute("width", size[0]);
    svg.setAttribute("height", size[1]);
    const { left, right, top, bottom, cut, zero, under, marks } = axes;
    const floor = zero || under;
    grid.replaceChildren(
      s("path", { class: "grid-line", d: marks.map((one) => `M${left},${axes.y(one)}H${right}`).join("") }),
      s("path", { class: "tick-line", d: `M${left},${top}V${floor ? cut : bottom}M${left},${bottom}H${right}` }),
      ...(floor ? [
        s("path", { class: "break-line", d: `M${left},${cut}V${bottom}M${left},${cut}H${right}` }),
        s("text", { class: "up", x: left - 8, y: bottom + 4 }, under ? `< ${tickText(axes.least)}` : "0"),
        s("text", { class: "below across", x: (left + right) / 2, y: bottom - 5 }, belowOf(axes)),
      ] : []),
      s("text", { class: "name", x: 4, y: 13 }, t("loss")),
      ...marks.map((one) => s("text", { class: "up", x: left - 8, y: axes.y(one) + 4 }, tickText(one))),
      ...axes.steps.map((one) => s("text", { class: "across", x: axes.x(one), y: bottom + 16 }, String(one))),
      s("text", { class: "name across", x: (left + right) / 2, y: bottom + 31 }, picture.unit));
    const paths = (kind) => runs.map((run, index) => {
      const look = run.look ?? index;
      return s("path", { class: `line ${kind} ${inkOf(look)}`, d: lineOf(run, axes),
        "stroke-dasharray": kind === "strong" ? dashOf(look).join(" ") || null : null });
    });
    faint.replaceChildren(...paths("faint"));
    strong.replaceChildren(...paths("strong"));
    dots.replaceChildren(...runs.flatMap((run, index) => [markerOf(run.look ?? index), s("text", { class: `lost ${inkOf(run.look ?? index)}` }, "✕")]));
    setText(note, kindOf(axes));
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", t("Loss at every step, {axis}", { axis: [kindOf(axes), belowOf(axes)].filter(Boolean).join(", ") }));
  }

  function draw(next) {
    picture = next;
    if (!picture || !size[0]) return;
    lay();
    const { runs, step } = picture;
    const px = axes.x(step);
    clip.setAttribute("width", Math.max(0, px + 0.5));
    line.setAttribute("d", `M${px},${axes.top}V${axes.bottom}`);
    runs.forEach((run, index) => {
      const [dot, lost] = [dots.children[2 * index], dots.children[2 * index + 1]];
      const place = placeAt(run, step);
      const loss = place && place.value !== null ? real(place.value) : NaN;
      const known = Number.isFinite(loss);
      dot.toggleAttribute("hidden", !known);
      if (known) dot.setAttribute("transform", `translate(${axes.x(Math.min(step, run.value.length - 1))},${axes.y(loss)})`);
      const gone = run.status === "diverged" && run.diverged_at <= step;
      lost.toggleAttribute("hidden", !gone);
      if (gone) {
        lost.setAttribute("x", axes.x(run.diverged_at));
        lost.setAttribute("y", axes.top + 10);
      }
    });
  }

  const seek = (event) => {
    const at = axes.at(event.clientX - svg.getBoundingClientRect().left);
    go(Math.max(0, Math.min(picture.steps, at)));
  };
  svg.addEventListener("pointerdown", (event) => {
    if (!axes || event.button !== 0) return;
    svg.setPointerCapture(event.pointerId);
    svg.addEventListener("pointermove", seek);
    seek(event);
  });
  for (const name of ["pointerup", "pointercancel"]) {
    svg.addEventListener(name, () => svg.removeEventListener("pointermove", seek));
  }
  new ResizeObserver(([{ contentRect: { width, height } }]) => {
    if (!width || !height || (Math.floor(width) === size[0] && Math.floor(height) === size[1])) return;
    size = [Math.floor(width), Math.floor(height)];
    draw(picture);
  }).observe(root);
  return draw;
}
