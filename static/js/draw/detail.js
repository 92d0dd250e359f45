/** One node, opened: exact numbers, heat map, state and cause. */

import { gradientAt, valueAt } from "../state/facts.js";
import { nodeTitle, stateName } from "../text/labels.js";
import { t } from "../text/messages.js";
import { exact, isSummary, shapeText, short } from "../text/numbers.js";
import { h, s } from "./dom.js";
import { heatMap, isPicture, summaryOf } from "./heat.js";
import { why } from "./now.js";

const ROLES = { op: t("operation"), variable: t("variable"), constant: t("constant") };

const BAR = 10;
const TALL = 60;

/** A button that fetches this tick's numbers, and the room they come to. @param {(room: HTMLElement) => void} expand */
export function expander(expand) {
  const room = h("div", { class: "expanded" });
  return [h("button", { type: "button", onclick: () => expand(room) }, t("Show this tick's numbers")), room];
}

/** How many of an array's numbers lie where. */
function histogram({ counts, edges }) {
  if (!counts.length) return null;
  const most = Math.max(...counts);
  const [low, high] = [edges[0], edges.at(-1)].map((edge) => short(edge));
  return h("figure", { class: "map-of" },
    s("svg", { class: "histogram", role: "img", viewBox: `0 0 ${counts.length * BAR} ${TALL}`, width: counts.length * BAR,
      height: TALL, "aria-label": t("Histogram from {low} to {high}", { low, high }) },
      ...counts.map((count, k) => s("rect", { x: k * BAR, y: TALL - (count / most) * TALL, width: BAR - 1,
        height: (count / most) * TALL }, s("title", {}, `${short(edges[k])} … ${short(edges[k + 1])}: ${count}`)))),
    h("figcaption", { class: "ends-of" }, h("span", {}, low), h("span", {}, high)));
}

/** A value in full: text, and a picture where it is an array. */
export function whole(value) {
  if (isSummary(value)) {
    return [summaryOf(value), value.histogram ? histogram(value.histogram) : null,
      value.corner ? [h("p", { class: "small" }, t("the first corner")), heatMap(value.corner)] : null].flat();
  }
  if (!isPicture(value)) return [h("span", { class: "num exact" }, exact(value))];
  return [heatMap(value), h("p", { class: "num exact all", tabindex: "0" }, exact(value))];
}

const fact = (name, ...content) => [h("dt", {}, name), h("dd", {}, ...content.flat().filter(Boolean))];

/** @param {HTMLElement} panel @param {{close: Function, expand: Function}} gestures */
export function drawDetail(panel, cursor, id, gestures) {
  panel.hidden = !cursor || id === null;
  if (panel.hidden) return;
  const node = cursor.plan.nodes.get(id);
  const { value, previous } = valueAt(cursor, id);
  const gradient = gradientAt(cursor, id);
  const reason = why(cursor, id);
  const large = isSummary(value) || isSummary(gradient.value);
  panel.replaceChildren(
    h("header", {}, h("h3", {}, nodeTitle(node)),
      h("button", { type: "button", class: "quiet", onclick: gestures.close }, t("Close"))),
    h("dl", { class: "facts" },
      fact(t("kind"), ROLES[node.role],
        `, ${node.dtype}${node.shape.length ? ", " + shapeText(node.shape) : ""}`),
      node.span ? fact(t("line"), String(node.span[0])) : [],
      fact(t("value"), whole(value)),
      previous === null ? [] : fact(t("before the update"), whole(previous)),
      fact(t("gradient"), h("span", { class: `state ${gradient.state}` }, stateName(gradient)), " ",
        gradient.value === null ? [] : whole(gradient.value))),
    ...(reason ? [h("p", { class: "why" }, h("b", {}, t("Why?")), " ", reason)] : []),
    ...(large ? expander(gestures.expand) : []));
}
