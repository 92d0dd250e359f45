/** Building elements without HTML text: what a program says can never become markup. */

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** h("td", {class: "num"}, "3") */
export const h = (tag, attributes = {}, ...children) =>
  fill(document.createElement(tag), attributes, children);

/** The same in SVG. */
export const s = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS(SVG, tag), attributes, children);

/** A style sheet that is needed from now on; resolves when it is there. */
export const styled = (href, attributes = {}) => new Promise((done) => {
  document.head.append(h("link", { rel: "stylesheet", href, ...attributes, onload: done, onerror: done }));
});

/** Sets text only where it differs, so that a screen reader and the selection stay calm. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
