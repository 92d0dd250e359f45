/** A short movement along a wire: it shows direction, then stops. */

import { s } from "./dom.js";

const DURATION = 260;
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** Sends dots along the active wires of a drawing; backward ones run against the path. */
export function sendDots(svg, backward, interval) {
  svg.querySelectorAll(".dot").forEach((dot) => dot.remove());
  if (still.matches || interval < DURATION) return;
  for (const wire of svg.querySelectorAll(`.edge.active .${backward ? "back" : "ahead"}`)) {
    const dot = s("circle", { r: 5, class: backward ? "dot back" : "dot ahead" });
    dot.setAttribute("transform", wire.getAttribute("transform") ?? "");
    wire.parentNode.append(dot);
    const length = wire.getTotalLength();
    const start = performance.now();
    const frame = (now) => {
      const share = Math.min(1, Math.max(0, (now - start) / DURATION));
      const { x, y } = wire.getPointAtLength(length * (backward ? 1 - share : share));
      dot.setAttribute("cx", x);
      dot.setAttribute("cy", y);
      if (share < 1 && dot.isConnected) requestAnimationFrame(frame);
      else dot.remove();
    };
    requestAnimationFrame(frame);
  }
}
