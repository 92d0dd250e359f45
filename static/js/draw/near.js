/** Of a very large graph only what is in view stands in the page: a browser lays out thousands of boxes for seconds. */

import { s } from "./dom.js";

/** Boxes, and lines that only leave or pass by, that are shown at once; more boxes are one picture without text. */
const MOST = 1200;
const PASSING = 200;
/** In pixels of the drawing: what comes into view next is there already. */
const AROUND = 400;

const meets = ([x, y, w, h], [X, Y, W, H]) => x < X + W && X < x + w && y < Y + H && Y < y + h;

/** The box around path data. */
function around(path) {
  const numbers = path.match(/-?[\d.]+/g).map(Number);
  const [x, y] = [0, 1].map((one) => numbers.filter((_, i) => i % 2 === one));
  const [left, top] = [Math.min(...x), Math.min(...y)];
  return [left, top, Math.max(...x) - left, Math.max(...y) - top];
}

/**
 * @param {object} layout @param {Map<number, object>} nodes @param {object[]} edges as graph.js builds them
 * @param {Element} beneath the layer of the edges @param {(part: object) => void} put into the page, as it is now
 */
export function createNear(layout, nodes, edges, beneath, put) {
  const shown = new Set();
  const boxes = new Map(edges.map((part) => [part, around(layout.edges[part.edge.id])]));
  const far = s("path", { class: "far",
    d: Object.values(layout.nodes).map(([x, y, w, h]) => `M${x},${y}h${w}v${h}h${-w}z`).join("") });

  function add(part) {
    if (shown.has(part)) return;
    shown.add(part);
    put(part);
  }

  function look([x, y, w, h]) {
    const view = [x - AROUND, y - AROUND, w + 2 * AROUND, h + 2 * AROUND];
    const seen = new Set([...nodes.values()].filter((part) => meets(layout.nodes[part.node.id], view)));
    const many = seen.size > MOST;
    if (many) {
      seen.clear();
      beneath.prepend(far);
    } else far.remove();
    let passing = 0;
    for (const part of many ? [] : edges) {
      if (!meets(boxes.get(part), view)) continue;
      /* What comes into a box in view; of what leaves one, or passes by, what can be told apart. */
      if (meets(layout.nodes[part.edge.to], view) || passing++ < PASSING) seen.add(part);
    }
    for (const part of shown) {
      if (seen.has(part) || part.group.tabIndex === 0) continue; // where Tab comes to
      part.group.remove();
      part.product?.remove();
      shown.delete(part);
    }
    seen.forEach(add);
  }
  return { shown, look, add, bring: (id) => nodes.has(id) && add(nodes.get(id)) };
}
