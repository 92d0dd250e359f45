/** A light contour map on a canvas: the first view, and all that an embed needs. */

import { between, channels } from "./inks.js";

/** The colour of a height, in bands between the lines. */
export function bandColour(relief, colours) {
  const { bottom, top, step } = relief;
  return (height) => {
    const middle = (Math.floor(height / step) + 0.5) * step;
    return between(colours, (middle - bottom) / (top - bottom || 1));
  };
}

/** @param {CanvasRenderingContext2D} pen @param {import("./frame.js").Frame} frame */
export function paintContour(pen, frame, relief, { shades, line }) {
  const colour = bandColour(relief, shades.map(channels));
  pen.drawImage(bands(frame, relief, colour), frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
  pen.strokeStyle = line;
  pen.lineWidth = 0.75;
  for (const level of relief.levels) {
    pen.beginPath();
    trace(relief, level, frame, pen);
    pen.stroke();
  }
}

/** One picture of the plot, a pixel each, heights taken between the grid's points. */
function bands(frame, { heights }, colour) {
  const width = Math.max(1, Math.round(frame.right - frame.left));
  const tall = Math.max(1, Math.round(frame.bottom - frame.top));
  const sheet = Object.assign(document.createElement("canvas"), { width, height: tall });
  const image = new ImageData(width, tall);
  const rows = heights.length - 1;
  const columns = heights[0].length - 1;
  for (let py = 0, at = 0; py < tall; py++) {
    const v = (1 - (py + 0.5) / tall) * rows;
    const i = Math.min(rows - 1, Math.floor(v));
    const up = v - i;
    for (let px = 0; px < width; px++, at += 4) {
      const u = ((px + 0.5) / width) * columns;
      const j = Math.min(columns - 1, Math.floor(u));
      const across = u - j;
      const height = (heights[i][j] * (1 - across) + heights[i][j + 1] * across) * (1 - up)
        + (heights[i + 1][j] * (1 - across) + heights[i + 1][j + 1] * across) * up;
      if (Number.isNaN(height)) continue;
      image.data.set(colour(height), at);
      image.data[at + 3] = 255;
    }
  }
  sheet.getContext("2d").putImageData(image, 0, 0);
  return sheet;
}

/** The line of one height through every cell of the grid. */
function trace({ x, y, heights }, level, frame, pen) {
  const px = x.map(frame.x);
  const py = y.map(frame.y);
  for (let i = 0; i + 1 < heights.length; i++) {
    for (let j = 0; j + 1 < heights[i].length; j++) {
      const corners = [heights[i][j], heights[i][j + 1], heights[i + 1][j + 1], heights[i + 1][j]];
      const above = corners.map((one) => one > level);
      if (above.every(Boolean) || !above.some(Boolean) || corners.some(Number.isNaN)) continue;
      const places = [[px[j], py[i]], [px[j + 1], py[i]], [px[j + 1], py[i + 1]], [px[j], py[i + 1]]];
      const crossings = [];
      for (let k = 0; k < 4; k++) {
        const next = (k + 1) % 4;
        if (above[k] === above[next]) continue;
        const share = (level - corners[k]) / (corners[next] - corners[k]);
        crossings.push(places[k].map((one, axis) => one + (places[next][axis] - one) * share));
      }
      for (let k = 0; k + 1 < crossings.length; k += 2) {
        pen.moveTo(...crossings[k]);
        pen.lineTo(...crossings[k + 1]);
      }
    }
  }
}
