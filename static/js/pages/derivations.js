/** The deck's program as code, as paths and with its gradients checked; fetched when they are opened. */

import { h, styled } from "../draw/dom.js";
import { createCheck } from "../draw/gradcheck.js";
import { createListing } from "../draw/listing.js";
import { drawPaths } from "../draw/paths.js";
import { derive } from "../io/derivations.js";
import { locate } from "../state/cursor.js";
import { t } from "../text/messages.js";

const SHEET = new URL("../../css/derivations.css", import.meta.url).href;
let sheet = null;

/** Keeps one question at the server, unless its answer is known; one is drawn only while it is still the latest. */
function asker(route, draw) {
  let controller = null;
  let asked = null;
  return async (request, known = null) => {
    const key = JSON.stringify(request);
    if (key === asked) return;
    asked = key;
    controller?.abort();
    controller = new AbortController();
    const { signal } = controller;
    draw(request, {});
    try {
      const found = known ?? await derive(route, request, signal);
      if (!signal.aborted) draw(request, found);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  };
}

const sourcesOf = ({ source, inputs, seed }) => ({ source, inputs, seed });

function mountCode(room, store) {
  let language = "python";
  const cursorOf = () => locate(store.get().trace, store.get().tick);
  const go = (k) => store.send({ type: "go", tick: cursorOf().start + k });
  const mark = () => listing.mark(language === "python" ? cursorOf()?.k ?? null : null);
  const ask = asker("code", (request, found) => {
    listing.draw(language, found);
    mark();
  });
  const listing = createListing(room, (chosen) => {
    language = chosen;
    follow();
  }, go);
  function follow() {
    const cursor = cursorOf();
    const state = store.get();
    if (!cursor || state.traced !== state.revision) return;
    ask({ ...sourcesOf(state), fault: state.fault, graph: cursor.graph.id, language });
    mark();
  }
  return follow;
}

function mountCounts(room, store) {
  const ask = asker("counts", (request, found) => {
    const { trace } = store.get();
    drawPaths(room, found, trace?.graphs.find(({ id }) => id === found.answer?.graph));
  });
  return () => {
    const state = store.get();
    const cursor = locate(state.trace, state.tick);
    if (!cursor || state.traced !== state.revision || state.playing) return;
    const node = state.pinned ?? sourceOf(cursor);
    ask({ ...sourcesOf(state), fault: state.fault, tick: cursor.start, ...(node === null ? {} : { node }) });
  };
}

function mountCheck(room, store) {
  const body = h("div");
  const faulty = h("p", { class: "small" }, t("The engine is checked as it is, without the fault that was chosen."));
  room.replaceChildren(faulty, body);
  let [program, call] = ["", 0];
  const draw = createCheck(body, (chosen) => {
    call = chosen;
    follow();
  });
  const labels = () => new Map(store.get().trace.graphs.flatMap(({ nodes }) => nodes.map(({ op, label }) => [op, label])));
  const ask = asker("gradchecks", (request, found) => draw(found, labels()));
  function follow() {
    const state = store.get();
    if (!state.trace || state.traced !== state.revision) return;
    const request = sourcesOf(state);
    if (program !== JSON.stringify(request)) [program, call] = [JSON.stringify(request), 0];
    faulty.hidden = !state.fault;
    const { passes, diagnostic } = state.trace;
    const known = passes.some(({ calls }) => calls.length) ? null
      : { diagnostic: diagnostic ?? { message: t("This program asks for no gradient: there is nothing to check.") } };
    ask(call ? { ...request, call } : request, known);
  }
  return follow;
}

/** The node of the tick if a gradient came to it, else what the program differentiates by. */
function sourceOf({ run, p, node }) {
  const reached = (id) => Object.keys(run.gradient).some((key) => key.split("@")[0] === String(id) && run.gradient[key][p] !== null);
  if (node && reached(node.id)) return node.id;
  return run.calls.flatMap(({ sources }) => sources).find(reached) ?? null;
}

/** @param {HTMLDetailsElement} panel that has just been opened, for the first time */
export async function mountDerivation(panel, store) {
  sheet ??= styled(SHEET);
  await sheet;
  const mount = { code: mountCode, counts: mountCounts, gradchecks: mountCheck }[panel.dataset.derived];
  const follow = mount(panel.querySelector(".derived-room"), store);
  const whenOpen = () => panel.open && follow();
  panel.addEventListener("toggle", whenOpen);
  store.watch(whenOpen);
}
