/** The place where the graph is looked at: it scrolls, zooms and follows, and takes the keyboard. */

import { buildGraph } from "./graph.js";

const NARROW = 560;
/** A phone on its side: narrow or not, its graph runs from left to right. */
const flat = matchMedia("(max-height: 560px) and (min-width: 600px)");
const STEP = 1.2;
/** Text is 14 px at scale 1 and does not get below 10 unless the whole graph is asked for. */
const LEAST = 10 / 14;
/** A narrow page starts no larger than this where it cannot show the whole graph. */
const PLAIN = 1;
const FADE = "28px";
const MOST = 2.5;
const ROOMY = 1.4;

/** From top to bottom on a narrow stage; in rows to scroll down where the other is not whole. */
function drawingFor({ layout, portrait, page = layout, frame = page }, width, height) {
  if (width < NARROW && !flat.matches) return portrait;
  if (Math.min(width / layout.width, height / layout.height) >= LEAST) return layout;
  return width / page.width < LEAST ? frame : page;
}

/** How tall a stage of this width must be to show any of these graphs; no taller than `most`. */
export function roomFor(graphs, width, most = width < NARROW ? 340 : 360) {
  const heights = graphs.map((graph) => {
    const one = drawingFor(graph, width, most);
    const across = width / one.width;
    return one.height * Math.max(LEAST, Math.min(ROOMY, across));
  });
  return Math.round(Math.max(160, Math.min(most, Math.max(...heights) + 24)));
}

/** Dots along the wires are fetched with the first step: they are none of what a page first shows. */
async function send(...step) {
  const { sendDots } = await import("./motion.js");
  sendDots(...step);
}

/** @param {HTMLElement} stage @param {{pick: Function, pin: Function, unpin: Function, seen?: Function}} gestures */
export function createStage(stage, gestures) {
  let drawing = null;
  let graph = null;
  let portrait = false;
  let scale = null;
  let last = null;
  let focus = null;
  /** The visitor has moved the view: it stays until the active node is in it again, or until play. */
  let moved = false;

  const drawingHere = (graph) => drawingFor(graph, stage.clientWidth, stage.clientHeight);
  /** The scale at which the whole graph is in view. */
  const whole = () => Math.min(ROOMY, stage.clientWidth / drawing.layout.width, stage.clientHeight / drawing.layout.height);
  const fitting = () => {
    const across = stage.clientWidth / drawing.layout.width;
    return Math.max(whole(), LEAST, portrait ? Math.min(PLAIN, across) : 0);
  };

  /** The picture fades where it goes on beyond the stage, and who asked for it hears what is in view. */
  function fade() {
    if (!drawing) return;
    const { scrollLeft: left, scrollTop: top, scrollWidth, scrollHeight, clientWidth, clientHeight } = stage;
    const beyond = { left, top, right: scrollWidth - clientWidth - left, bottom: scrollHeight - clientHeight - top };
    for (const [side, size] of Object.entries(beyond)) stage.style.setProperty(`--${side}`, size > 2 ? FADE : "0px");
    const pans = scrollWidth > clientWidth + 2 || scrollHeight > clientHeight + 2;
    for (const one of [stage, document.body]) one.classList.toggle("pans", pans);
    const size = scale ?? fitting();
    const view = [left, top, clientWidth, clientHeight].map((one) => one / size);
    drawing.look?.(view);
    gestures.seen?.(drawing.layout, last?.cursor.node?.id, view);
  }

  function resize() {
    const { width, height } = drawing.layout;
    const size = scale ?? fitting();
    drawing.svg.setAttribute("width", width * size);
    drawing.svg.setAttribute("height", height * size);
    fade();
  }

  function zoom(by, x = stage.clientWidth / 2, y = stage.clientHeight / 2) {
    if (!drawing) return;
    const before = scale ?? fitting();
    if (by === null) moved = false;
    /* Who asks for it sees the whole graph, however small. */
    const least = Math.min(LEAST, whole());
    scale = by !== null ? Math.max(least, Math.min(MOST, before * by)) : least < LEAST ? least : null;
    const ratio = (scale ?? fitting()) / before;
    const left = (stage.scrollLeft + x) * ratio - x;
    const top = (stage.scrollTop + y) * ratio - y;
    resize();
    stage.scrollTo({ left, top, behavior: "instant" });
    if (by === null && last) follow(last.cursor.node?.id, "instant");
  }

  function follow(id, behavior = "auto") {
    const part = drawing.nodes.get(id);
    if (!part) return;
    drawing.bring?.(id);
    const box = part.group.getBoundingClientRect();
    const frame = stage.getBoundingClientRect();
    const off = (low, high, from, to) => (low < from ? low - from - 24 : high > to ? high - to + 24 : 0);
    const left = off(box.left, box.right, frame.left, frame.right);
    const top = off(box.top, box.bottom, frame.top, frame.bottom);
    if (!left && !top) moved = false;
    else if (!moved) stage.scrollBy({ left, top, behavior });
  }

  function focusOn(id) {
    if (focus !== null) drawing.nodes.get(focus)?.group.setAttribute("tabindex", "-1");
    focus = id;
    drawing.bring?.(id);
    drawing.nodes.get(id).group.setAttribute("tabindex", "0");
  }

  function draw(cursor, pinned, { interval = Infinity } = {}) {
    const layout = drawingHere(cursor.graph);
    if (drawing?.layout !== layout) {
      const held = stage.contains(document.activeElement);
      graph = cursor.graph;
      portrait = layout === graph.portrait;
      drawing = buildGraph(graph, layout, portrait);
      stage.replaceChildren(drawing.svg);
      focus = null;
      focusOn(graph.nodes[0].id);
      if (held) drawing.nodes.get(focus).group.focus();
      resize();
    }
    drawing.paint(cursor, pinned);
    const stepped = last && last.tick !== cursor.tick;
    if (interval !== Infinity) moved = false;
    if (stepped || !last) follow(cursor.node?.id, last ? "auto" : "instant");
    if (stepped) send(drawing.svg, cursor.phase === "backward", interval);
    last = { cursor, pinned, tick: cursor.tick };
    if (stage.classList.contains("pans")) fade(); // where the tick is may be told
  }

  new ResizeObserver(() => {
    if (!drawing) return;
    if (drawing.layout !== drawingHere(graph)) draw(last.cursor, last.pinned);
    resize();
    follow(last.cursor.node?.id, "instant");
  }).observe(stage);

  stage.addEventListener("scroll", fade, { passive: true });
  const touched = () => (moved = true);
  for (const name of ["wheel", "touchmove"]) stage.addEventListener(name, touched, { passive: true });

  stage.addEventListener("wheel", (event) => {
    if (!event.ctrlKey || !drawing) return;
    event.preventDefault();
    const frame = stage.getBoundingClientRect();
    zoom(event.deltaY < 0 ? STEP : 1 / STEP, event.clientX - frame.left, event.clientY - frame.top);
  }, { passive: false });

  attachDrag(stage, touched);

  stage.addEventListener("click", (event) => {
    const id = event.target.closest?.("[data-node]")?.dataset.node;
    if (id === undefined) return;
    focusOn(Number(id));
    gestures.pick(Number(id));
  });

  stage.addEventListener("keydown", (event) => {
    if (!drawing || focus === null) return;
    const next = neighbour(drawing, graph, focus, event.key, portrait);
    if (next !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      if (next === null) return;
      focusOn(next);
      drawing.nodes.get(next).group.focus({ preventScroll: true });
      moved = false;
      follow(next);
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      gestures.pin(focus);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      if (last.pinned === null) stage.closest(".deck").focus();
      else gestures.unpin();
    }
  });

  return {
    draw,
    point: (id) => {
      for (const [one, { group }] of drawing?.nodes ?? []) group.classList.toggle("pointed", one === id);
    },
    /** Brings a place of the drawing into the middle. */
    look: (x, y) => {
      const size = scale ?? fitting();
      stage.scrollTo({ left: x * size - stage.clientWidth / 2, top: y * size - stage.clientHeight / 2, behavior: "instant" });
      touched();
    },
    zoom: (by) => zoom(by === null ? null : by > 0 ? STEP : 1 / STEP),
    clear: () => {
      stage.replaceChildren();
      drawing = graph = last = null;
    },
  };
}

/** Dragging with a mouse moves the view; fingers scroll by themselves. */
function attachDrag(stage, touched) {
  let from = null;
  stage.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button !== 0) return;
    from = { x: event.clientX, y: event.clientY, left: stage.scrollLeft, top: stage.scrollTop };
  });
  stage.addEventListener("pointermove", (event) => {
    if (!from || event.buttons !== 1) return;
    const left = from.left + from.x - event.clientX;
    const top = from.top + from.y - event.clientY;
    stage.scrollTo({ left, top, behavior: "instant" });
    touched();
  });
  for (const name of ["pointerup", "pointerleave"]) stage.addEventListener(name, () => (from = null));
}

const DIRECTIONS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

/** Where an arrow key leads: along an edge if it points that way, else to the nearest box there. */
function neighbour({ layout }, graph, id, key, portrait) {
  const direction = DIRECTIONS[key];
  if (!direction) return undefined;
  const along = direction[portrait ? 1 : 0];
  const linked = graph.edges.flatMap(({ from, to }) =>
    along > 0 && from === id ? [to] : along < 0 && to === id ? [from] : []);
  const centre = (one) => {
    const [x, y, w, h] = layout.nodes[one];
    return [x + w / 2, y + h / 2];
  };
  const [x, y] = centre(id);
  const candidates = linked.length ? linked : graph.nodes.map((node) => node.id).filter((one) => {
    const [X, Y] = centre(one);
    return direction[0] * (X - x) + direction[1] * (Y - y) > 1 && !along;
  });
  const far = (one) => Math.hypot(centre(one)[0] - x, centre(one)[1] - y);
  return candidates.sort((a, b) => far(a) - far(b))[0] ?? null;
}
