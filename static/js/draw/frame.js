/** From numbers to places on the screen: frames with the same unit on both axes, and ticks. */

import { short } from "../text/numbers.js";

export const MARGIN = { left: 54, right: 12, top: 10, bottom: 40 };

/** A box made wider or taller round its middle until it is `ratio` times as wide as tall. */
export function widened(box, ratio) {
  const [width, height] = box.map(([low, high]) => high - low);
  const wide = Math.max(width, height * ratio);
  const around = ([low, high], size) => [(low + high - size) / 2, (low + high + size) / 2];
  return [around(box[0], wide), around(box[1], wide / ratio)];
}

/**
 * The plot inside an element of this size, showing at least `box`; one unit is as long on both axes.
 * @typedef {ReturnType<typeof frameOf>} Frame
 */
export function frameOf(width, height, box, margin = MARGIN) {
  const room = [Math.max(80, width - margin.left - margin.right), Math.max(80, height - margin.top - margin.bottom)];
  const ratio = Math.max(0.5, Math.min(3, Math.round((room[0] / room[1]) * 20) / 20));
  const wide = Math.min(room[0], room[1] * ratio);
  const view = widened(box, ratio);
  const left = margin.left;
  const top = margin.top;
  const right = left + wide;
  const bottom = top + wide / ratio;
  const unit = wide / (view[0][1] - view[0][0]);
  return {
    width, height, left, top, right, bottom, view, unit,
    x: (value) => left + (value - view[0][0]) * unit,
    y: (value) => bottom - (value - view[1][0]) * unit,
    at: (px, py) => [view[0][0] + (px - left) / unit, view[1][0] + (bottom - py) / unit],
    holds: ([x, y]) => x >= view[0][0] && x <= view[0][1] && y >= view[1][0] && y <= view[1][1],
  };
}

/** Round numbers between two ends, about `count` of them. */
export function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((one) => one * power >= rough);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) {
    found.push(Number((k * step).toPrecision(12)));
  }
  return found;
}

/** Powers of ten between two ends, every one or every few; with 2 and 5 where there is room for them. */
export function decades(low, high, count) {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const every = Math.max(1, Math.ceil((last - first + 1) / count));
  const found = [];
  for (let power = first; power <= last; power += every) found.push(Number(`1e${power}`));
  if (found.length > 2 || every > 1) return found;
  const fine = [first - 1, ...found.map((_, k) => first + k)].flatMap((power) => [1, 2, 5].map((one) => Number(`${one}e${power}`)))
    .filter((one) => one >= low && one <= high);
  return found.length && fine.length > count * 1.3 ? found : fine;
}

/** A tick's text: powers of ten stay short. */
export function tickText(value) {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e5)) return short(value);
  return value.toExponential(Number.isInteger(Math.log10(size)) ? 0 : 1).replace("e+", "e").replaceAll("-", "\u2212");
}

/** A number rounded to what one pixel of the frame can tell apart. */
export const rounded = (value, unit) => {
  const digits = Math.max(0, Math.min(12, Math.ceil(Math.log10(unit))));
  return Number(value.toFixed(digits));
};
