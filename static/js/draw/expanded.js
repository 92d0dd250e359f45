/** One tick's numbers in full, where the trace has only a summary. */

import { WRONG } from "../text/labels.js";
import { t } from "../text/messages.js";
import { whole } from "./detail.js";
import { h } from "./dom.js";

/** @param {HTMLElement} room @param {?object} step what the server says about the tick @param {boolean} wrong whether a fault has spoilt what it writes */
export function drawExpanded(room, step, wrong = false) {
  const names = { before: t("before"), upstream: t("from above"), local: t("local slope"),
    product: t("product"), after: t("after") };
  const rows = Object.keys(names).filter((name) => (step?.[name] ?? null) !== null);
  room.replaceChildren(wrong ? h("p", { class: "spoilt" }, WRONG, t("made wrong by the fault that was chosen")) : "", rows.length
    ? h("dl", { class: "facts" }, ...rows.flatMap((name) =>
      [h("dt", {}, names[name]), h("dd", {}, ...whole(step[name]).filter(Boolean))]))
    : t("The server has nothing more about this tick."));
}
