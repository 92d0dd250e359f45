/** MathML from the trace into the page, plain or with its symbols replaced by numbers. */

import { brief, isMatrix, ruled, short } from "../text/numbers.js";

const MATHML = "http://www.w3.org/1998/Math/MathML";
const ELEMENTS = new Set(
  ("math mrow mi mn mo mtext mfrac msqrt mroot msup msub msubsup mover munder munderover " +
    "mtable mtr mtd mspace mstyle mpadded mphantom").split(" "),
);
const ATTRIBUTES = new Set(
  ("data-ref display stretchy fence separator accent accentunder mathvariant width lspace rspace " +
    "columnalign form largeop movablelimits linethickness scriptlevel displaystyle maxsize " +
    "minsize symmetric").split(" "),
);
const TIMES = "\u2062";
/** The macron does not stretch in every font, the overline does; a hyphen here is a minus. */
export const OVERLINE = "\u203e";
const SIGNS = { "\u00af": OVERLINE, "-": "\u2212" };
/** Matrices of up to so many rows and columns stand in full. */
const MOST = 4;

export const m = (tag, text, attributes = {}) => {
  const element = document.createElementNS(MATHML, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text) element.textContent = text;
  return element;
};

function admit(element) {
  if (!ELEMENTS.has(element.localName)) return m("mtext", element.textContent);
  const copy = m(element.localName);
  for (const { name, value } of element.attributes) {
    if (ATTRIBUTES.has(name)) copy.setAttribute(name, value);
  }
  for (const child of element.childNodes) {
    if (child.nodeType === Node.ELEMENT_NODE) copy.append(admit(child));
    else if (child.nodeType === Node.TEXT_NODE) copy.append(SIGNS[child.data] ?? ruled(child.data));
  }
  return copy;
}

/** The row inside a formula's <math>, as fresh nodes; null where the text is not XML. */
export function row(formula) {
  if (!formula?.mathml) return null;
  const parsed = new DOMParser().parseFromString(formula.mathml, "application/xml");
  if (parsed.querySelector("parsererror")) return null;
  const line = m("mrow");
  line.append(...admit(parsed.documentElement).childNodes);
  /* Before a number a factor is told by a dot: a gap alone reads as two things. */
  for (const gap of line.querySelectorAll("mspace + *")) {
    if (/^\d/.test(gap.textContent)) gap.previousElementSibling.replaceWith(m("mo", "·"));
  }
  return line;
}

/** Whether a number may stand here without parentheses: it has no minus, or nothing stands before it or above. */
function isBare(symbol, text) {
  let slot = symbol;
  while (slot.parentNode?.localName === "mrow" && slot.parentNode.children.length === 1) slot = slot.parentNode;
  const parent = slot.parentNode?.localName;
  if (parent === "msup") return slot.previousElementSibling !== null || !/^\u2212|^[^[]*e/.test(text);
  if (!text.startsWith("\u2212")) return true;
  const before = slot.previousElementSibling?.textContent;
  return parent === "mfrac" || before === undefined || ["(", ",", "|"].includes(before);
}

/** A value in a formula: a small matrix in rows and columns, anything else as text. */
export function valueOf(value, budget) {
  if (!isMatrix(value) || Math.max(value.length, value[0].length) > MOST) return m("mn", short(value, budget));
  const table = m("mtable");
  table.append(...value.map((numbers) => {
    const line = m("mtr");
    line.append(...numbers.map((one) => {
      const cell = m("mtd");
      cell.append(m("mn", brief(one)));
      return cell;
    }));
    return line;
  }));
  const framed = m("mrow");
  framed.append(m("mo", "["), table, m("mo", "]"));
  return framed;
}

function number(value, symbol) {
  const cell = valueOf(value, 22);
  if (isBare(symbol, cell.textContent)) return cell;
  const wrapped = m("mrow");
  wrapped.append(m("mo", "(", { stretchy: "false" }), cell, m("mo", ")", { stretchy: "false" }));
  return wrapped;
}

/** The same row with each symbol's number in its place. `look` reads a ref such as "v3". */
export function substituted(formula, look) {
  const line = row(formula);
  if (!line) return null;
  for (const symbol of [...line.querySelectorAll("[data-ref]")]) {
    const wrapped = number(look(symbol.dataset.ref), symbol);
    wrapped.dataset.ref = symbol.dataset.ref;
    symbol.replaceWith(wrapped);
  }
  for (const sign of line.querySelectorAll("mo, mspace")) {
    const silent = sign.localName === "mspace" || sign.textContent === TIMES;
    const before = sign.previousElementSibling;
    const factor = before && (before.dataset.ref || !["mi", "mo"].includes(before.localName));
    if (silent && factor && sign.nextElementSibling) sign.replaceWith(m("mo", "·"));
  }
  return line;
}

/** <math> around parts; strings become operators. */
export function formula(...parts) {
  const math = m("math", "", { display: "block" });
  math.append(...parts.filter(Boolean).map((part) => (typeof part === "string" ? m("mo", part) : part)));
  return math;
}
