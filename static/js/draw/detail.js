/** One node, opened: exact numbers, heat map, state and cause. */

import { gradientAt, valueAt } from "../state/facts.js";
import { nodeTitle, stateName } from "../text/labels.js";
import { t } from "../text/messages.js";
import { exact, isSummary, shapeText } from "../text/numbers.js";
import { h } from "./dom.js";
import { heatMap, isMatrix } from "./heat.js";
import { why } from "./now.js";

const SUMMARY = { min: t("least"), max: t("greatest"), mean: t("mean"), std: t("spread"), zeros: t("zeros") };

const ROLES = { op: t("operation"), variable: t("variable"), constant: t("constant") };

function summary(value) {
  return h("dl", { class: "facts" }, ...Object.entries(SUMMARY).flatMap(([key, name]) =>
    [h("dt", {}, name), h("dd", { class: "num" }, String(value[key]))]));
}

/** A value in full: text, and a picture where it is a matrix. */
export function whole(value) {
  if (isSummary(value)) {
    return [summary(value), value.corner && isMatrix(value.corner)
      ? h("figure", {}, heatMap(value.corner), h("figcaption", {}, t("the first corner"))) : null];
  }
  return [h("span", { class: "num exact" }, exact(value)), isMatrix(value) ? heatMap(value) : null];
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
    ...(large ? [h("button", { type: "button", onclick: gestures.expand }, t("Show this tick's numbers")),
      h("div", { class: "expanded" })] : []),
  );
}
