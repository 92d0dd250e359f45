/** A node's paths to the target, their products, and what three ways of differentiating cost. */

import { nodeName, WRONG } from "../text/labels.js";
import { read, t } from "../text/messages.js";
import { count, exact, short } from "../text/numbers.js";
import { h } from "./dom.js";

const number = (value, wrong) => h("td", { class: `num back${wrong ? " amiss" : ""}`, title: exact(value) }, (wrong ? WRONG : "") + short(value, 28));
const counted = (value) => h("td", { class: "num" }, typeof value === "number" ? count(value) : value);

function row({ nodes, slopes, part, wrong }, name) {
  const factor = (slope, k) => h("span", { class: wrong?.slopes[k] ? "amiss" : "" }, (wrong?.slopes[k] ? WRONG : "") + short(slope));
  const factors = slopes.every((slope) => slope !== null)
    ? slopes.flatMap((slope, k) => [k ? " × " : "", factor(slope, k)]) : [t("arrays: rule after rule")];
  return h("tr", {}, h("th", { scope: "row" }, nodes.map(name).join(" → ")), h("td", { class: "num" }, ...factors), number(part, wrong?.part));
}

/** What the sum of the paths says of the gradient. */
function noteOf({ listed, complete, inexact, lost, wrong }) {
  const whole = lost ? t("Their products add up to what the gradient should be with the numbers of this pass; with the fault, only what comes last stays where two gradients meet.")
    : inexact ? read(inexact)
    : complete ? t("All are listed. Their products add up to the gradient.")
    : t("Only {listed} of them are listed; reverse mode adds up all of them without ever listing one.", { listed: listed.length });
  const spoilt = wrong && (wrong.sum || (wrong.adjoint && !lost) || listed.some((path) => path.wrong.part));
  return spoilt ? `${whole} ${t("The fault has changed what this pass begins with: the numbers marked ✗ are wrong.")}` : whole;
}

function table(caption, heads, rows, kind = "") {
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, h("table", { class: `ways ${kind}` },
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
  const { paths, listed, wrong, multiplications: costs } = answer;
  const title = t("Paths from {name} to the target: {paths}", { name: name(answer.node), paths });
  const sums = [[t("sum of those listed"), answer.sum, wrong?.sum],
    [wrong ? t("gradient by reverse mode, with the fault") : t("gradient by reverse mode"), answer.adjoint, wrong?.adjoint]];
  const forward = costs.forward.map(({ node, sweeps, multiplications }) => h("tr", {},
    h("th", { scope: "row" }, t("forward mode for {name}, sweeps: {sweeps}", { name: name(node), sweeps })), counted(multiplications)));
  room.replaceChildren(
    h("p", {}, h("b", {}, title), " ", noteOf(answer)),
    table(title, [t("path"), t("local slopes"), t("product")], [...listed.map((one) => row(one, name)),
      ...sums.map(([label, value, amiss]) => h("tr", { class: "total" }, h("th", { scope: "row" }, label), h("td"), number(value, amiss)))], "paths"),
    table(t("Multiplications"), [t("way"), t("multiplications")], [
      h("tr", {}, h("th", { scope: "row" }, t("every path for itself, for {name}", { name: name(answer.node) })), counted(costs.enumeration)),
      h("tr", {}, h("th", { scope: "row" }, t("every path for itself, for all variables")), counted(costs.enumeration_all)),
      ...forward,
      h("tr", {}, h("th", { scope: "row" }, t("forward mode for all variables")), counted(costs.forward_all)),
      h("tr", { class: "total" }, h("th", { scope: "row" }, t("reverse mode for all variables at once")), counted(costs.reverse)),
    ]),
    h("p", { class: "small" }, t("One multiplication is counted for each entry that goes through an edge, and for each term of a matrix product.")));
}
