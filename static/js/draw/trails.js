/** The paths on a canvas over the map: whole paths faint, what has been walked in full. */

import { isFinitePoint, real } from "../state/race.js";
import { dashOf } from "./looks.js";

const FAR = 20_000;

/** Path points as pixels; what lies beyond numbers or far outside is cut to its direction. */
function pixelsOf(points, frame) {
  const found = [];
  let last = null;
  for (let k = 0; k < points.length; k++) {
    if (!isFinitePoint(points[k])) break;
    let px = frame.x(real(points[k][0]));
    let py = frame.y(real(points[k][1]));
    if (last && (Math.abs(px) > FAR || Math.abs(py) > FAR)) {
      const size = Math.max(Math.abs(px - last[0]), Math.abs(py - last[1])) / FAR;
      px = last[0] + (px - last[0]) / size;
      py = last[1] + (py - last[1]) / size;
      found.push([px, py, k]);
      break;
    }
    if (!last || k === points.length - 1 || Math.hypot(px - last[0], py - last[1]) > 0.6) {
      last = [px, py, k];
      found.push(last);
    }
  }
  return found;
}

/** The line up to a step: the points before it, and the point it is at. */
function stroke(pen, pixels, upTo, here) {
  pen.beginPath();
  let k = 0;
  for (; k < pixels.length && pixels[k][2] <= upTo; k++) {
    if (k) pen.lineTo(pixels[k][0], pixels[k][1]);
    else pen.moveTo(pixels[k][0], pixels[k][1]);
  }
  if (here && k < pixels.length) pen.lineTo(here[0], here[1]);
  pen.stroke();
}

/** @param {HTMLCanvasElement} canvas */
export function createTrails(canvas) {
  const pen = canvas.getContext("2d");
  const known = new WeakMap();
  const pixels = (points, frame) => {
    const before = known.get(points);
    if (before?.frame === frame) return before.pixels;
    const found = pixelsOf(points, frame);
    known.set(points, { frame, pixels: found });
    return found;
  };

  /** trails: [{look, points, chosen}]; colours by name of ink, `halo` the one around them. */
  return (frame, trails, step, colours, halo) => {
    fitCanvas(canvas, frame);
    pen.save();
    pen.beginPath();
    pen.rect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
    pen.clip();
    pen.lineJoin = "round";
    for (const { look, points } of trails) {
      pen.globalAlpha = 0.45;
      pen.strokeStyle = colours[look];
      pen.lineWidth = 1.25;
      stroke(pen, pixels(points, frame), Infinity, null);
    }
    for (const { look, points, chosen } of chosenLast(trails)) {
      const line = pixels(points, frame);
      const at = points[Math.min(step, points.length - 1)];
      const here = at && isFinitePoint(at) ? [frame.x(real(at[0])), frame.y(real(at[1]))] : null;
      pen.globalAlpha = 0.75;
      pen.strokeStyle = halo;
      pen.lineWidth = chosen ? 6 : 4.5;
      stroke(pen, line, step, here);
      pen.globalAlpha = 1;
      pen.strokeStyle = colours[look];
      pen.lineWidth = chosen ? 3 : 2;
      pen.setLineDash(dashOf(look));
      stroke(pen, line, step, here);
      pen.setLineDash([]);
    }
    pen.restore();
  };
}

/** The chosen one is drawn over the others. */
export const chosenLast = (list) => [...list].sort((a, b) => Number(a.chosen) - Number(b.chosen));

/** A canvas as large as the frame, sharp on any screen, and empty. */
export function fitCanvas(canvas, { width, height }) {
  const scale = Math.min(2, window.devicePixelRatio || 1);
  const size = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== size[0] || canvas.height !== size[1]) {
    [canvas.width, canvas.height] = size;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  return pen;
}
