/** Colours of the style sheet for what is not drawn by it, and the news that they changed. */

import { h } from "./dom.js";

/** @param {HTMLElement} root @param {string[]} names of custom properties, without dashes */
export function inksOf(root, names) {
  const probe = h("span", { hidden: true });
  root.append(probe);
  const found = names.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color];
  });
  probe.remove();
  return Object.fromEntries(found);
}

/** [red, green, blue] of a computed colour. */
export const channels = (colour) => colour.match(/[\d.]+/g).slice(0, 3).map(Number);

/** A colour between several, 0 the first and 1 the last. */
export function between(colours, share) {
  const place = Math.max(0, Math.min(1, share)) * (colours.length - 1);
  const low = Math.min(colours.length - 2, Math.floor(place));
  const part = place - low;
  return colours[low].map((one, i) => Math.round(one + (colours[low + 1][i] - one) * part));
}

/** Calls back when the theme changes, by the page's switch or by the system. */
export function onTheme(callback) {
  new MutationObserver(callback)
    .observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", callback);
}
