/** The whole graph in small, where its stage shows a part of it, and which part that is. */

import { s } from "./dom.js";

const ROOM = { width: 150, height: 30 };
/** Of a long row or column, which is as thick as this whatever its length. */
const LEAST = 8;

/** @param {(x: number, y: number) => void} look takes a place of the drawing that is to be looked at */
export function createOverview(look) {
  const line = { fill: "var(--ahead)", stroke: "var(--ahead)", "vector-effect": "non-scaling-stroke" };
  const boxes = s("path", { class: "boxes", fill: "var(--edge)" });
  const active = s("path", { class: "active", ...line, "stroke-width": 3 });
  const part = s("rect", { class: "part", ...line, "fill-opacity": 0.12, "stroke-width": 1.5 });
  /* The graph itself has names and takes the keyboard: this is for a mouse or a finger. */
  const svg = s("svg", { class: "overview", "aria-hidden": "true", preserveAspectRatio: "none" }, boxes, active, part);
  let drawn = null;
  const boxAt = ([x, y, width, height]) => `M${x},${y}h${width}v${height}h${-width}z`;
  function point(event) {
    if (event.type === "pointermove" && event.buttons !== 1) return;
    const { left, top, width, height } = svg.getBoundingClientRect();
    look(((event.clientX - left) / width) * drawn.width, ((event.clientY - top) / height) * drawn.height);
  }
  svg.addEventListener("pointerdown", (event) => {
    svg.setPointerCapture(event.pointerId);
    point(event);
  });
  svg.addEventListener("pointermove", point);

  function show(layout, node, [x, y, width, height]) {
    if (layout !== drawn) {
      drawn = layout;
      const size = Math.min(ROOM.width / layout.width, ROOM.height / layout.height);
      svg.setAttribute("viewBox", `0 0 ${layout.width} ${layout.height}`);
      svg.setAttribute("width", Math.max(LEAST, layout.width * size));
      svg.setAttribute("height", Math.max(LEAST, layout.height * size));
      boxes.setAttribute("d", Object.values(layout.nodes).map(boxAt).join(""));
    }
    active.setAttribute("d", node in layout.nodes ? boxAt(layout.nodes[node]) : "");
    for (const [name, value] of Object.entries({ x, y, width, height })) part.setAttribute(name, value);
  }
  return { svg, show };
}
