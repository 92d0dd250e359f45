/** A node's paths to the target, their products, and what three ways of differentiating cost. */

import { nodeName } from "../text/labels.js";
import { t } from "../text/messages.js";
import { exact, short } from "../text/numbers.js";
import { h } from "./dom.js";

const number = (value) => h("td", { class: "num back", title: exact(value) }, short(value, 28));
const count = (value) => h("td", { class: "num" }, typeof value === "number" ? value.toLocaleString("en") : value);

function row({ nodes, slopes, part }, name) {
  const factors = slopes.every((slope) => slope !== null)
    ? slopes.map((slope) => short(slope)).join(" × ") : t("arrays: rule after rule");
  return h("tr", {}, h("th", { scope: "row" }, nodes.map(name).join(" → ")), h("td", { class: "num" }, factors), number(part));
}

function table(caption, heads, rows) {
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, h("table", { class: "ways" },
    h("caption", { class: "unseen" }, caption),
    h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
    h("tbody", {}, ...rows)));
}

/** @param {HTMLElement} room @param {object} found an answer of /counts, a diagnostic, or nothing yet */
export function drawPaths(room, { answer = null, diagnostic = null } = {}, graph = null) {
  if (!answer || answer.node === null || !graph) {
    const words = diagnostic?.message ?? (answer ? t("This program asks for no gradient, so there are no paths to count.") : t("Working …"));
    room.replaceChildren(h("p", {}, words));
    return;
  }
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const name = (id) => nodeName(nodes.get(id));
  const { paths, listed, complete, multiplications: costs } = answer;
  const title = t("Paths from {name} to the target: {paths}", { name: name(answer.node), paths });
  const note = complete ? t("All are listed. Their products add up to the gradient.")
    : t("Only {listed} of them are listed; reverse mode adds up all of them without ever listing one.", { listed: listed.length });
  const sums = [[t("sum of those listed"), answer.sum], [t("gradient by reverse mode"), answer.adjoint]];
  const forward = costs.forward.map(({ node, sweeps, multiplications }) => h("tr", {},
    h("th", { scope: "row" }, t("forward mode for {name}, sweeps: {sweeps}", { name: name(node), sweeps })), count(multiplications)));
  room.replaceChildren(
    h("p", {}, h("b", {}, title), " ", note),
    table(title, [t("path"), t("local slopes"), t("product")], [...listed.map((one) => row(one, name)),
      ...sums.map(([label, value]) => h("tr", { class: "total" }, h("th", { scope: "row" }, label), h("td"), number(value)))]),
    table(t("Multiplications"), [t("way"), t("multiplications")], [
      h("tr", {}, h("th", { scope: "row" }, t("every path for itself, for {name}", { name: name(answer.node) })), count(costs.enumeration)),
      h("tr", {}, h("th", { scope: "row" }, t("every path for itself, for all variables")), count(costs.enumeration_all)),
      ...forward,
      h("tr", {}, h("th", { scope: "row" }, t("forward mode for all variables")), count(costs.forward_all)),
      h("tr", { class: "total" }, h("th", { scope: "row" }, t("reverse mode for all variables at once")), count(costs.reverse)),
    ]),
    h("p", { class: "small" }, t("One multiplication is counted for each entry that goes through an edge, and for each term of a matrix product.")));
}
