/** Which contour lines a landscape gets: evenly spaced losses, or losses that grow by a factor. */

import { real } from "../state/race.js";

const LINES = 14;
/** From the lowest hundredth of a landscape to its heights: beyond this factor, lines by factors. */
const LOGARITHMIC = 60;

const quantile = (sorted, share) => sorted[Math.floor(share * (sorted.length - 1))];

/**
 * Heights are what is drawn; `height` turns a loss into one and `loss` turns it back.
 * @typedef {ReturnType<typeof reliefOf>} Relief
 */
export function reliefOf({ x, y, z }) {
  const rows = z.map((row) => row.map(real));
  const sorted = rows.flat().filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const [least, low, high] = [0, 0.01, 0.9].map((share) => quantile(sorted, share));
  const base = least >= 0 ? 0 : least;
  const logarithmic = (high - base) / Math.max(low - base, Number.MIN_VALUE) > LOGARITHMIC;
  const floor = Math.max(least - base, (low - base) / 3, Number.MIN_VALUE);
  const height = logarithmic ? (loss) => Math.log10(Math.max(loss - base, floor)) : (loss) => loss;
  const loss = logarithmic ? (one) => base + 10 ** one : (one) => one;
  const heights = rows.map((row) => row.map((one) => (Number.isFinite(one) ? height(one) : NaN)));
  const bottom = height(sorted[0]);
  const top = height(quantile(sorted, logarithmic ? 1 : 0.99));
  const step = stepFor((top - bottom) / LINES, logarithmic);
  const levels = [];
  for (let k = Math.floor(bottom / step) + 1; k * step < top && levels.length < 40; k++) levels.push(k * step);
  return { x, y, heights, losses: rows, height, loss, logarithmic, bottom, top, step, levels };
}

function stepFor(rough, logarithmic) {
  if (!(rough > 0)) return 1;
  if (logarithmic) return [0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10].find((one) => one >= rough) ?? 50;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 2.5, 5, 10].find((one) => one * power >= rough);
}
