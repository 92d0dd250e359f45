/** The program where there is no editor: the line of the tick, and behind it the whole text. */

import { t } from "../text/messages.js";
import { h, setText } from "./dom.js";

const EMPTY = "\u200b";

/** A line cut at its marked part; columns count code points from 1. */
function cut(line, span, number) {
  if (!span || number < span[0] || number > span[2]) return [line || EMPTY];
  const points = [...line];
  const from = number === span[0] ? span[1] - 1 : line.length - line.trimStart().length;
  const to = number === span[2] ? span[3] - 1 : points.length;
  const piece = (a, b) => points.slice(a, b).join("");
  return [piece(0, from), h("mark", {}, piece(from, to)), piece(to)];
}

/** @param {HTMLDetailsElement} panel @param {string} source */
export function createExcerpt(panel, source) {
  const find = (name) => panel.querySelector(`[data-part="${name}"]`);
  const [number, text, program] = ["line", "text", "program"].map(find);
  const lines = source.trimEnd().split("\n");
  const rows = lines.map((line, index) => h("span", { class: "line", "data-line": index + 1 }, line || EMPTY));
  program.append(...rows);
  let shown = null;
  const paint = (n, span, phase) => {
    rows[n - 1].replaceChildren(...cut(lines[n - 1], span, n));
    rows[n - 1].className = span ? `line current ${phase}` : "line";
  };
  const each = (span, act) => {
    for (let n = span?.[0]; n <= Math.min(span?.[2], rows.length); n++) act(n);
  };
  return (span, phase) => {
    const at = span?.[0] ?? 1;
    setText(number, t("line {line}", { line: at }));
    const [before, ...rest] = cut(lines[at - 1] ?? "", span, at);
    text.replaceChildren(before.trimStart(), ...rest);
    text.className = phase;
    const mark = text.querySelector("mark");
    text.scrollLeft = mark ? Math.max(0, mark.offsetLeft + mark.offsetWidth - text.clientWidth) : 0;
    each(shown, (n) => paint(n, null, ""));
    each(span, (n) => paint(n, span, phase));
    shown = span;
  };
}
