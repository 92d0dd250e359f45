/** The map: a landscape's contours or surface, and above it axes, minima, paths and heads. */

import { landscape } from "../io/descents.js";
import { diagnosticOf } from "../io/problems.js";
import { placeAt, real } from "../state/race.js";
import { t } from "../text/messages.js";
import { exact, pointText } from "../text/numbers.js";
import { paintContour } from "./contour.js";
import { h, s, setText } from "./dom.js";
import { frameOf, rounded, tickText, ticks } from "./frame.js";
import { createHeads } from "./heads.js";
import { INKS, inkOf } from "./looks.js";
import { inksOf, onTheme } from "./inks.js";
import { reliefOf } from "./relief.js";
import { createTrails, fitCanvas } from "./trails.js";

const SHADES = ["valley", "slope", "ridge"];
const ARROWS = ["←", "→", "↓", "↑"];

/** Which way a point lies outside the view, in words; "" when it is inside. */
export function whereAway(frame, point) {
  const [x, y] = point.map(real);
  const [[left, right], [bottom, top]] = frame.view;
  const names = [t("to the left"), t("to the right"), t("below"), t("above")];
  return [x < left, x > right, y < bottom, y > top]
    .flatMap((out, index) => (out ? [`${ARROWS[index]} ${names[index]}`] : [])).join(", ");
}

/** Round numbers at both axes, their names, and the lines of the frame. */
function drawAxes(layer, frame, names) {
  const { left, right, top, bottom, view } = frame;
  const across = ticks(...view[0], Math.max(3, (right - left) / 80));
  const up = ticks(...view[1], Math.max(3, (bottom - top) / 60));
  layer.replaceChildren(
    s("rect", { class: "edge-line", x: left, y: top, width: right - left, height: bottom - top }),
    s("path", { class: "tick-line", d: [
      ...across.map((one) => `M${frame.x(one)},${bottom}v5`), ...up.map((one) => `M${left},${frame.y(one)}h-5`)].join("") }),
    ...across.map((one) => s("text", { class: "across", x: frame.x(one), y: bottom + 17 }, tickText(one))),
    ...up.map((one) => s("text", { class: "up", x: left - 8, y: frame.y(one) + 4 }, tickText(one))),
    s("text", { class: "name across", x: (left + right) / 2, y: bottom + 34 }, names[0]),
    s("text", { class: "name", x: 4, y: top + 10 }, names[1]));
}

function drawMinima(layer, frame, minima) {
  layer.replaceChildren(...minima.filter((one) => frame.holds(one)).map(([x, y]) =>
    s("g", { transform: `translate(${frame.x(x)},${frame.y(y)})` },
      s("path", { class: "minimum-halo", d: "M-5,0H5M0-5V5" }), s("path", { class: "minimum", d: "M-5,0H5M0-5V5" }),
      s("title", {}, t("minimum at {point}", { point: pointText([x, y]) })))));
}

/**
 * @param {HTMLElement} root
 * @param {{start?: (point: number[], live: boolean) => void, pick?: (point: number[]) => void}} gestures
 */
export function createMap(root, gestures) {
  const base = h("div", { class: "base" });
  const light = h("canvas", { class: "light" });
  const paths = h("canvas", { class: "paths" });
  const [axes, minima, layer] = ["axes", "minima", "heads"].map((name) => s("g", { class: name }));
  const above = s("svg", { class: "above" }, axes, minima, layer);
  const start = h("button", { type: "button", class: "start", hidden: true });
  const space = h("div", { class: "space", hidden: true });
  const note = h("p", { class: "map-note", role: "status" });
  const wait = h("p", { class: "map-note", role: "status" });
  root.append(light, base, paths, above, start, space, note, wait);
  const trails = createTrails(paths);
  const heads = createHeads(layer);
  let solid = null;
  let picture = null;
  let frame = null;
  let size = [0, 0];
  let colours = null;
  let land = null;
  let relief = null;
  let wanted = "";
  let asking = null;
  let drawn = {};

  const ink = () => (colours ??= inksOf(root, [...SHADES, ...INKS, "contour", "panel", "ink", "line", "back"]));

  /** The heights that fill the frame, fetched when it shows another place. */
  async function ask() {
    const [across, up] = frame.view;
    const ratio = (across[1] - across[0]) / (up[1] - up[0]);
    const points = (share) => Math.min(201, 2 * Math.round((picture.fine ?? 60) * share) + 1);
    const [x, y] = [{ range: across, points: points(Math.max(1, ratio)) }, { range: up, points: points(Math.max(1, 1 / ratio)) }];
    const key = JSON.stringify([picture.asked, x, y]);
    if (key === wanted) return;
    wanted = key;
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const slow = setTimeout(() => setText(wait, t("The surface is being computed…")), 500);
    try {
      const found = await landscape(picture.asked, { x, y }, { signal });
      if (signal.aborted) return;
      setText(wait, found.problem ? diagnosticOf(found.problem).message : "");
      land = found.problem ? null : found;
      relief = land && reliefOf(land);
      drawBase();
      draw(picture);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      clearTimeout(slow);
    }
  }

  /** The light contours at once, Plotly's as soon as it is there. */
  function drawBase() {
    const pen = fitCanvas(light, frame);
    base.hidden = true;
    light.hidden = false;
    root.dataset.base = "";
    if (!relief || JSON.stringify(land.objective) !== JSON.stringify(picture.asked)) return;
    const { contour, ...all } = ink();
    const shades = SHADES.map((name) => all[name]);
    paintContour(pen, frame, relief, { shades, line: contour });
    root.dataset.base = "light";
    if (!picture.light) plot({ names: picture.names, shades, line: contour, label: t("loss") });
  }

  /** Plotly's contours in place of the light ones; without Plotly those stay. */
  async function plot(style) {
    const now = { relief, frame };
    const isOld = () => now.relief !== relief || now.frame !== frame;
    const { loadPlotly, plotContour } = await import("./plotly.js");
    const Plotly = await loadPlotly().catch(() => null);
    if (!Plotly || isOld()) return;
    base.hidden = false;
    await plotContour(Plotly, base, frame, relief, style);
    if (isOld()) return;
    light.hidden = true;
    root.dataset.base = "plotly";
  }

  function placeStart() {
    start.hidden = !picture.start || !gestures.start || root.matches(".spatial") || !frame.holds(picture.start);
    if (start.hidden) return;
    start.style.left = `${frame.x(picture.start[0])}px`;
    start.style.top = `${frame.y(picture.start[1])}px`;
    start.setAttribute("aria-label", t("Start at {point}. Arrow keys move it, with Shift in small steps.", { point: pointText(picture.start) }));
  }

  /** Lays out: what changes only with the size, the view or the landscape. */
  function lay() {
    const box = picture.view ?? picture.box;
    const key = JSON.stringify([size, box, picture.asked, picture.names, picture.minima, picture.whole]);
    if (drawn.key === key) return;
    drawn = { key };
    frame = frameOf(size[0], size[1], box);
    above.setAttribute("width", size[0]);
    above.setAttribute("height", size[1]);
    drawAxes(axes, frame, picture.names);
    drawMinima(minima, frame, picture.minima ?? []);
    drawBase();
    if (picture.whole !== false) ask();
  }

  function draw(next) {
    picture = next;
    if (!picture || !size[0]) return;
    lay();
    if (picture.surface === "3d" && !solid) enter();
    const spatial = picture.surface === "3d" && solid !== null && solid.able();
    if (picture.surface !== "3d") setText(note, "");
    root.classList.toggle("spatial", spatial);
    const trailsNow = picture.runs.map((run, index) => ({
      look: run.look ?? index, run, points: run.position, chosen: index === picture.chosen && picture.runs.length > 1 }));
    if (spatial) {
      solid.draw({ size, relief, picture, colours: ink(), shades: SHADES.map((name) => ink()[name]) });
    } else {
      solid?.clear();
      const inks = Object.fromEntries(trailsNow.map(({ look }) => [look, ink()[inkOf(look)]]));
      trails(frame, trailsNow, picture.step, inks, ink().panel);
      heads(frame, trailsNow.map(({ look, run }, index) => headAt(look, run, index)));
    }
    placeStart();
    above.setAttribute("role", "img"); // a picture from when it can be described
    above.setAttribute("aria-label", picture.summary);
  }

  /** The view in space is fetched when it is first asked for. */
  async function enter() {
    const { createSpace } = await import("./space.js");
    solid ??= createSpace(space, note);
    draw(picture);
  }

  function headAt(look, run, index) {
    const place = picture.places?.[index] ?? placeAt(run, picture.step);
    if (!place) return { look, at: null };
    const title = `${run.title}: ${exact(place.position)}\n${t("loss")} ${exact(place.value)}\n∂ ${exact(place.gradient)}`;
    return { look, at: place.position, from: place.anchor ?? place.position, gradient: place.gradient, next: place.next, title, chosen: index === picture.chosen };
  }

  new ResizeObserver(([{ contentRect: { width, height } }]) => {
    if (!width || !height || (size[0] === Math.round(width) && size[1] === Math.round(height))) return;
    size = [Math.round(width), Math.round(height)];
    draw(picture);
    gestures.laid?.();
  }).observe(root);
  onTheme(() => {
    colours = null;
    if (!frame) return;
    drawBase();
    draw(picture);
  });
  attachGestures({ root, start, gestures, get: () => ({ frame, picture }) });
  return { draw, frame: () => frame };
}

/** Pointer and keyboard: press or drag the start, or pick the nearest point. */
function attachGestures({ root, start, gestures, get }) {
  const pointOf = (event) => {
    const { frame } = get();
    const box = root.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    if (px < frame.left - 4 || px > frame.right + 4 || py < frame.top - 4 || py > frame.bottom + 4) return null;
    return frame.at(px, py).map((one) => rounded(one, frame.unit));
  };
  const usable = () => get().frame && get().picture && !root.matches(".spatial");
  const drag = (event) => {
    const move = (next) => {
      const point = pointOf(next);
      if (point) gestures.start(point, true);
    };
    const end = (next) => {
      root.removeEventListener("pointermove", move);
      root.removeEventListener("pointerup", end);
      root.removeEventListener("pointercancel", end);
      const point = pointOf(next);
      if (point && next.type === "pointerup") gestures.start(point, false);
    };
    root.setPointerCapture(event.pointerId);
    root.addEventListener("pointermove", move);
    root.addEventListener("pointerup", end);
    root.addEventListener("pointercancel", end);
  };
  root.addEventListener("pointerdown", (event) => {
    if (!gestures.start || !usable() || event.button !== 0) return;
    const onMarker = start.contains(event.target);
    if (!onMarker && event.pointerType !== "mouse") return;
    if (!pointOf(event)) return;
    event.preventDefault();
    start.focus({ preventScroll: true });
    drag(event);
  }, { capture: true });
  root.addEventListener("click", (event) => {
    if (!usable() || start.contains(event.target)) return;
    const point = pointOf(event);
    if (!point) return;
    if (gestures.pick) gestures.pick(point);
    else if (gestures.start && event.pointerType !== "mouse") gestures.start(point, false);
  });
  start.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[event.key];
    if (!by || !usable() || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const { frame, picture } = get();
    const pixels = event.shiftKey ? 1 : 10;
    const point = picture.start.map((one, axis) => rounded(one + (by[axis] * pixels) / frame.unit, frame.unit));
    gestures.start(point, false);
  });
}

