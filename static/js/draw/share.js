/** Sharing a picture: its link, a frame for other pages, a line of Markdown; each to be copied. */

import { t } from "../text/messages.js";
import { h, setText } from "./dom.js";

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text) => text.replace(/[&<>"]/g, (sign) => ENTITIES[sign]);

/** `allow-scripts` is all that the frame needs; the rest lets its link to the full page open a tab. */
const SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox";

const frame = (url, title, height) =>
  `<iframe src="${escaped(url)}" title="${escaped(title)}" width="100%" height="${height}" style="border:0" `
    + `loading="lazy" sandbox="${SANDBOX}"></iframe>`;

const markdown = (url, title) => `[${title.replace(/[\\[\]]/g, "\\$&")}](${url})`;

/** One text with its button; where the clipboard is refused, the text is selected instead. */
function field(name, label, tall, say) {
  const id = `share-${name}`;
  const text = h(tall ? "textarea" : "input", { id, readonly: true, spellcheck: "false", rows: tall ? 6 : null });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text.value);
      say(t("Copied."));
    } catch {
      text.focus();
      text.select();
      say(t("Selected: copy it with Ctrl+C, or ⌘C on a Mac."));
    }
  };
  const button = h("button", { type: "button", "aria-describedby": id + "-label", onclick: copy }, t("Copy"));
  return { text, row: h("div", { class: "share" }, h("label", { for: id, id: id + "-label" }, label), text, button) };
}

function build() {
  const status = h("p", { class: "small", role: "status" });
  const say = (text) => setText(status, text);
  const fields = {
    link: field("link", t("Link to this picture"), false, say),
    frame: field("frame", t("Frame for a course page (HTML)"), true, say),
    markdown: field("markdown", t("Markdown"), false, say),
  };
  const dialog = h("dialog", { class: "sharing", "aria-labelledby": "share-title" },
    h("h2", { id: "share-title" }, t("Share this picture")),
    h("p", { class: "small" }, t("Whoever opens it sees the same picture in the same language; all that it needs is in the address itself.")),
    ...Object.values(fields).map(({ row }) => row),
    h("form", { method: "dialog" }, status, h("button", { class: "main" }, t("Close"))));
  document.body.append(dialog);
  return { dialog, fields, say };
}

let built = null;

/**
 * Opens the dialog for what is on the screen now.
 * @param {{address: string, title: string, height: number}} picture  address: the full page's path and query
 */
export function openShare({ address, title, height }) {
  built ??= build();
  const { dialog, fields, say } = built;
  const url = new URL(address, location.origin);
  url.searchParams.set("lang", document.documentElement.lang);
  const { theme } = document.documentElement.dataset;
  if (theme) url.searchParams.set("theme", theme);
  fields.link.text.value = url.href;
  fields.markdown.text.value = markdown(url.href, title);
  url.pathname = "/embed" + url.pathname;
  fields.frame.text.value = frame(url.href, title, height);
  say("");
  dialog.showModal();
  fields.link.text.select();
}
