/** Where each run is now: its marker, an arrow downhill, an arrow along its step. */

import { isFinitePoint, real } from "../state/race.js";
import { s } from "./dom.js";
import { inkOf, markerOf } from "./looks.js";

/** Pixels that a factor of ten in size adds to an arrow. */
export const DECADE = 6;
const SHORTEST = 16;
const LONGEST = 84;

/** How long an arrow is drawn: by decades, from 1e-6 upwards. */
export const lengthOf = (size) =>
  Math.max(SHORTEST, Math.min(LONGEST, SHORTEST + DECADE * (Math.log10(size) + 6)));

/** An arrow from the origin along (dx, dy), which point right and up; "" without a direction. */
function arrow(dx, dy) {
  const size = Math.hypot(dx, dy);
  if (!(size > 0) || !Number.isFinite(size)) return { shaft: "", tip: "" };
  const [ux, uy] = [dx / size, -dy / size];
  const length = lengthOf(size);
  const [x, y] = [ux * length, uy * length];
  const back = (side) => `${x - ux * 8 - uy * side},${y - uy * 8 + ux * side}`;
  return { shaft: `M${ux * 7},${uy * 7}L${x - ux * 6},${y - uy * 6}`, tip: `M${x},${y}L${back(4)}L${back(-4)}Z` };
}

function part(kind) {
  const [halo, shaft, tip] = ["halo", "shaft", "tip"].map((name) => s("path", { class: name }));
  const group = s("g", { class: `arrow ${kind}` }, halo, shaft, tip);
  return { group, point(dx, dy) {
    const drawn = arrow(dx, dy);
    halo.setAttribute("d", drawn.shaft);
    shaft.setAttribute("d", drawn.shaft);
    tip.setAttribute("d", drawn.tip);
  } };
}

function headOf(look) {
  const downhill = part("downhill");
  const move = part(`move ${inkOf(look)}`);
  const marker = markerOf(look);
  const away = s("path", { class: `away ${inkOf(look)}`, d: "M9,0L-4-7V7Z" });
  const tip = s("title");
  const arrows = s("g", {}, downhill.group, move.group);
  const group = s("g", { class: "head", "data-run": look }, arrows, marker, away, tip);
  return { look, group, arrows, downhill, move, marker, away, tip };
}

/** @param {SVGElement} layer */
export function createHeads(layer) {
  let heads = [];

  /** places: [{look, at, from, gradient, next, title, chosen}]: arrows begin at `from`; a null `at` is not drawn. */
  return (frame, places) => {
    if (heads.map(({ look }) => look).join() !== places.map(({ look }) => look).join()) {
      heads = places.map(({ look }) => headOf(look));
      layer.replaceChildren(...heads.map(({ group }) => group));
    }
    places.forEach((place, index) => paint(heads[index], frame, place));
    const top = heads[places.findIndex(({ chosen }) => chosen)]?.group;
    if (top && layer.lastChild !== top) layer.append(top);
  };
}

function paint(head, frame, { at, from, gradient, next, title }) {
  const known = at !== null && at.every((one) => !Number.isNaN(real(one)));
  head.group.classList.toggle("unknown", !known);
  if (!known) return;
  const point = at.map(real);
  const inside = frame.holds(point);
  const [x, y] = inside ? [frame.x(point[0]), frame.y(point[1])] : border(frame, point);
  head.group.setAttribute("transform", `translate(${x.toFixed(2)},${y.toFixed(2)})`);
  head.group.classList.toggle("outside", !inside);
  head.tip.textContent = title;
  const root = from.map(real);
  const shown = inside && frame.holds(root);
  const offset = shown ? [(root[0] - point[0]) * frame.unit, (point[1] - root[1]) * frame.unit] : [0, 0];
  head.arrows.setAttribute("transform", `translate(${offset.map((one) => one.toFixed(2))})`);
  const slope = shown && gradient && isFinitePoint(gradient) ? gradient.map(real) : [0, 0];
  head.downhill.point(-slope[0], -slope[1]);
  const step = shown && next && isFinitePoint(next) ? next.map((one, axis) => real(one) - root[axis]) : [0, 0];
  head.move.point(step[0], step[1]);
  head.away.removeAttribute("transform");
  if (!inside) {
    const middle = [(frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2];
    head.away.setAttribute("transform", `rotate(${(Math.atan2(y - middle[1], x - middle[0]) * 180) / Math.PI})`);
  }
}

/** The place on the frame's border nearest to a point outside. */
function border(frame, [x, y]) {
  const within = (value, low, high) => Math.max(low, Math.min(high, value));
  return [within(frame.x(x), frame.left + 10, frame.right - 10), within(frame.y(y), frame.top + 10, frame.bottom - 10)];
}
