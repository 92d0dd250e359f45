/**
 * How runs are told apart: by colour, by dash and by the shape of the marker, all three at once. The
 * colours come twice: in a race of more than eight the second eight have other dashes and markers.
 */

import { h, s } from "./dom.js";

export const DASHES = [[], [9, 4], [2.5, 3.5], [11, 3, 2.5, 3], [5, 3], [14, 4, 2.5, 3, 2.5, 3], [7, 7], [1.5, 5]];

/** Markers about the origin, as wide as 12. */
const SHAPES = [
  "M-5,0a5,5 0 1 0 10,0a5,5 0 1 0-10,0Z",
  "M-4.6-4.6H4.6V4.6H-4.6Z",
  "M0-6L5.8,4.4H-5.8Z",
  "M0-6.4L6.4,0L0,6.4L-6.4,0Z",
  "M0,6L5.8-4.4H-5.8Z",
  "M-1.9-6H1.9V-1.9H6V1.9H1.9V6H-1.9V1.9H-6V-1.9H-1.9Z",
  "M0-6L5.7-1.85L3.5,4.85H-3.5L-5.7-1.85Z",
  "M0-6.6L1.8-2L6.6-2L2.7,1L4.2,5.8L0,2.9L-4.2,5.8L-2.7,1L-6.6-2H-1.8Z",
];

const KINDS = SHAPES.length;

/** The name of a run's colour in the style sheet. */
export const inkOf = (index) => `run-${index % KINDS}`;
export const INKS = SHAPES.map((_, index) => inkOf(index));
/** Of the second eight each has another dash and marker than the first of its colour. */
export const turned = (index) => (index + 3 * Math.floor(index / KINDS)) % KINDS;
export const dashOf = (index) => DASHES[turned(index)];
export const shapeOf = (index) => SHAPES[turned(index)];

/** The marker of a run, to be placed by its `transform`. */
export const markerOf = (index) => s("path", { class: `marker ${inkOf(index)}`, d: shapeOf(index) });

/** A piece of a run's line with its marker, for lists. */
export function swatch(index) {
  return h("span", { class: "swatch", "aria-hidden": "true" },
    s("svg", { viewBox: "-18 -8 36 16", width: 36, height: 16 },
      s("path", { class: `line ${inkOf(index)}`, d: "M-18,0H18", "stroke-dasharray": dashOf(index).join(" ") || null }),
      markerOf(index)));
}
