/** A program's derivative as lines of code: the line of the current tick is marked, each is a way to its tick. */

import { read, t } from "../text/messages.js";
import { h, setText } from "./dom.js";
import { reveal } from "./reveal.js";

export const LANGUAGES = { python: t("Derivative"), numpy: "NumPy", torch: "PyTorch", tensorflow: "TensorFlow" };

function lineOf({ text, kind, tick, wrong }, go) {
  const indent = /^ */.exec(text)[0];
  const rest = text.slice(indent.length);
  const name = wrong ? "faulty" : kind ?? (rest.startsWith("#") ? "comment" : "");
  if (tick === null || go === null) return h("li", { class: name }, text || " ");
  return h("li", { class: name, "data-tick": tick }, indent, h("button", { type: "button", onclick: () => go(tick) }, rest));
}

/** Copies a text; where the clipboard is refused, says so. */
async function copy(text, say) {
  try {
    await navigator.clipboard.writeText(text);
    say(t("Copied."));
  } catch {
    say(t("The clipboard is closed to this page: download the file instead."));
  }
}

function download(text, language) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/x-python" }));
  h("a", { href: url, download: `derivative_${language}.py` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** @param {HTMLElement} room @param {(language: string) => void} choose @param {(k: number) => void} go to a tick of the pass */
export function createListing(room, choose, go) {
  const status = h("span", { role: "status", class: "small" });
  const say = (text) => setText(status, text);
  const list = h("ol");
  const panel = h("div", { class: "listing", id: "listing", role: "tabpanel", tabindex: "0", "aria-label": t("As code") }, list);
  const notes = h("div", { class: "small" });
  let shown = null;
  const tabs = Object.entries(LANGUAGES).map(([language, name]) => h("button", {
    type: "button", role: "tab", "aria-controls": "listing", "data-language": language, onclick: () => choose(language),
  }, name));
  const bar = h("div", { class: "bar", role: "tablist", "aria-label": t("As code") }, ...tabs);
  bar.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = tabs.indexOf(event.target);
    if (!by || at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const next = tabs[(at + by + tabs.length) % tabs.length];
    next.focus();
    next.click();
  });
  const tools = h("div", { class: "bar" },
    h("button", { type: "button", "data-part": "copy-code", onclick: () => shown && copy(shown.text, say) }, t("Copy")),
    h("button", { type: "button", "data-part": "download-code", onclick: () => shown && download(shown.text, shown.language) }, t("Download")),
    status);
  room.replaceChildren(bar, panel, notes, tools);

  return {
    /** What is known of a language: an answer, a diagnostic, or nothing yet. */
    draw(language, { answer = null, diagnostic = null } = {}) {
      for (const tab of tabs) {
        const chosen = tab.dataset.language === language;
        tab.setAttribute("aria-selected", String(chosen));
        tab.tabIndex = chosen ? 0 : -1;
      }
      say("");
      shown = answer;
      tools.hidden = !answer?.text;
      const links = language === "python" ? go : null;
      list.replaceChildren(...(answer?.lines ?? []).map((line) => lineOf(line, links)));
      panel.hidden = !answer?.lines.length;
      const words = diagnostic ? [diagnostic.message] : answer ? answer.notes.map(read) : [t("Working …")];
      notes.replaceChildren(...words.map((text) => h("p", {}, text)));
    },
    /** Marks the line of a tick of the pass; null for none. */
    mark(k) {
      let current = null;
      for (const line of list.children) {
        const at = k !== null && line.dataset.tick === String(k);
        line.classList.toggle("at", at);
        if (at) {
          line.setAttribute("aria-current", "step");
          current = line;
        } else line.removeAttribute("aria-current");
      }
      reveal(current, panel);
    },
  };
}
