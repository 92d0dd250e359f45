/** The program editor: a textarea for the hands, a painted layer beneath it for the eyes. */

import { coverage, tokens } from "../text/python.js";
import { h } from "./dom.js";

const INDENT = "    ";

/** Cuts a line at every edge of its pieces; each bit carries the classes that cover it. */
function bits(line, pieces) {
  const cuts = new Set([0, line.length]);
  for (const { start, end } of pieces) cuts.add(Math.min(start, line.length)).add(Math.min(end, line.length));
  const edges = [...cuts].sort((a, b) => a - b);
  return edges.slice(1).map((end, index) => {
    const start = edges[index];
    const kinds = pieces.filter((one) => one.start < end && one.end > start).map((one) => one.kind);
    const text = line.slice(start, end);
    return kinds.length ? h("span", { class: kinds.join(" ") }, text) : text;
  });
}

/** <gt-editor><textarea>…</textarea></gt-editor>; sends `edit`, `run` and `line` events. */
class Editor extends HTMLElement {
  #marks = { span: null, phase: "", error: null, echo: new Map() };
  #escaped = false;

  connectedCallback() {
    this.area = this.querySelector("textarea");
    this.paper = h("div", { class: "paper", "aria-hidden": "true" });
    this.area.before(this.paper);
    this.area.addEventListener("input", () => {
      this.#repaint();
      this.#tell("edit", this.value);
    });
    this.area.addEventListener("keydown", (event) => this.#key(event));
    this.area.addEventListener("blur", () => (this.#escaped = false));
    this.area.addEventListener("click", () => {
      const { selectionStart: at, selectionEnd: end } = this.area;
      if (at === end) this.#tell("line", this.value.slice(0, at).split("\n").length);
    });
    this.#repaint();
  }

  get value() {
    return this.area.value;
  }

  set value(text) {
    if (text === this.area.value) return;
    this.area.value = text;
    this.#repaint();
  }

  /** Marks the tick's place, the error's place, and what lines echo. */
  mark(marks) {
    const before = this.#marks;
    this.#marks = { ...before, ...marks };
    const lines = new Set();
    for (const { span, error, echo } of [before, this.#marks]) {
      for (const one of [span, error]) if (one) for (let n = one[0]; n <= one[2]; n++) lines.add(n);
      for (const n of echo.keys()) lines.add(n);
    }
    for (const n of lines) this.#paint(n);
    if (marks.error && marks.error[0] !== before.error?.[0]) this.#reveal(marks.error[0], true);
    else if (marks.span && marks.span[0] !== before.span?.[0]) this.#reveal(marks.span[0]);
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #repaint() {
    this.lines = this.value.split("\n");
    this.pieces = this.lines.map(() => []);
    let line = 0;
    let base = 0;
    for (const { start, end, kind } of tokens(this.value)) {
      while (start > base + this.lines[line].length) base += this.lines[line++].length + 1;
      for (let n = line, at = base; n < this.lines.length && at < end; at += this.lines[n++].length + 1) {
        this.pieces[n].push({ start: Math.max(0, start - at), end: end - at, kind });
      }
    }
    this.paper.replaceChildren(...this.lines.map(() => h("div", { class: "line" })));
    this.lines.forEach((_, index) => this.#paint(index + 1));
  }

  #paint(number) {
    const row = this.paper.children[number - 1];
    if (!row) return;
    const line = this.lines[number - 1];
    const { span, phase, error, echo } = this.#marks;
    const here = coverage(span, number, line);
    const wrong = coverage(error, number, line);
    const pieces = [...this.pieces[number - 1]];
    if (here) pieces.push({ ...here, kind: "here" });
    if (wrong) pieces.push({ ...wrong, kind: "wrong" });
    row.replaceChildren(...bits(line, pieces), line ? "" : "\n");
    const current = here && number === span[0] ? ` current ${phase}` : "";
    row.className = `line${current}${wrong ? " bad" : ""}`;
    row.dataset.line = number;
    if (echo.has(number)) row.append(h("span", { class: "echo" }, echo.get(number)));
  }

  #reveal(number, always = false) {
    const row = this.paper.children[number - 1];
    if (!row || (!always && document.activeElement === this.area)) return;
    const top = row.offsetTop;
    const room = this.clientHeight - row.offsetHeight;
    if (top < this.scrollTop || top > this.scrollTop + room) this.scrollTop = top - room / 2;
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#tell("run");
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      const line = this.value.slice(0, this.area.selectionStart).split("\n").at(-1);
      const deeper = line.trimEnd().endsWith(":") ? INDENT : "";
      this.#insert("\n" + /^\s*/.exec(line)[0] + deeper);
    } else if (event.key === "Tab" && !this.#escaped) {
      event.preventDefault();
      this.#indent(event.shiftKey);
    }
    this.#escaped = event.key === "Escape" || (this.#escaped && event.key === "Shift");
  }

  /** Typed through the browser, so that its own undo knows of it. */
  #insert(text) {
    document.execCommand("insertText", false, text);
  }

  #indent(less) {
    const { selectionStart: start, selectionEnd: end } = this.area;
    if (start === end && !less) return this.#insert(INDENT);
    const from = this.value.lastIndexOf("\n", start - 1) + 1;
    const block = this.value.slice(from, end);
    const moved = block.split("\n")
      .map((line) => (less ? line.replace(/^ {1,4}/, "") : INDENT + line)).join("\n");
    if (moved === block) return undefined;
    this.area.setSelectionRange(from, end);
    this.#insert(moved);
    const caret = Math.max(from, start + moved.length - block.length);
    if (start === end) this.area.setSelectionRange(caret, caret);
    else this.area.setSelectionRange(from, from + moved.length);
    return undefined;
  }
}

customElements.define("gt-editor", Editor);
