/** The deck's program as code, as paths and with its gradients checked; fetched when they are opened. */

import { h, styled } from "../draw/dom.js";
import { createCheck } from "../draw/gradcheck.js";
import { createListing } from "../draw/listing.js";
import { drawPaths } from "../draw/paths.js";
import { derive } from "../io/derivations.js";
import { callNumber, placeOfCall } from "../state/calls.js";
import { locate } from "../state/cursor.js";
import { currentCall } from "../state/facts.js";
import { t } from "../text/messages.js";

const SHEET = new URL("../../css/derivations.css", import.meta.url).href;
let sheet = null;

/** Milliseconds after which a question is said to take long, and may be stopped. */
const PATIENCE = 1000;

/**
 * Keeps one question at the server, unless its answer is known; one is drawn only while it is still the latest.
 * What takes long says so above the room, with its seconds, and can be stopped.
 */
function asker(route, room, draw) {
  let controller = null;
  let asked = null;
  let since = 0;
  let timer = null;
  const words = h("span");
  const button = h("button", { type: "button", "data-part": "stop-derived" });
  const bar = h("p", { class: "asking", hidden: true }, words, " ", button);
  room.before(bar);

  /** Shows what is said beside a button, or nothing. */
  const say = (text, name = "", act = null) => {
    bar.hidden = !text;
    words.textContent = text;
    button.textContent = name;
    button.onclick = act;
  };
  const rest = () => {
    clearInterval(timer);
    say("");
  };
  const wait = (request) => {
    since = Date.now();
    timer = setInterval(() => say(t("Working for {seconds} s …", { seconds: Math.round((Date.now() - since) / 1000) }), t("Stop"), () => {
      controller.abort();
      clearInterval(timer);
      draw(request, { diagnostic: { message: "" } });
      say(t("Stopped."), t("Ask again"), () => {
        asked = null;
        ask(request);
      });
    }), PATIENCE);
  };

  async function ask(request, known = null) {
    const key = JSON.stringify(request);
    if (key === asked) return;
    asked = key;
    controller?.abort();
    controller = new AbortController();
    const { signal } = controller;
    rest();
    draw(request, {});
    if (!known) wait(request);
    try {
      const found = known ?? await derive(route, request, signal);
      if (signal.aborted) return;
      rest();
      draw(request, found);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
  return ask;
}

const sourcesOf = ({ source, inputs, seed }) => ({ source, inputs, seed });

function mountCode(room, store) {
  let language = "python";
  const cursorOf = () => locate(store.get().trace, store.get().tick);
  const go = (k) => store.send({ type: "go", tick: cursorOf().start + k });
  const mark = () => listing.mark(language === "python" ? cursorOf()?.k ?? null : null);
  const ask = asker("code", room, (request, found) => {
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
  const ask = asker("counts", room, (request, found) => {
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
  const placeOf = (call) => placeOfCall(store.get().trace, call);
  const draw = createCheck(body, (chosen) => store.send({ type: "go", tick: placeOf(chosen).tick }));
  let later = null;
  const labels = () => new Map(store.get().trace.graphs.flatMap(({ nodes }) => nodes.map(({ op, label }) => [op, label])));
  const ask = asker("gradchecks", room, (request, found) => draw(found, labels(), placeOf));
  /* A cursor on its way passes many calls: only where it rests is one checked. */
  function follow() {
    clearTimeout(later);
    later = setTimeout(rest, 150);
  }
  function rest() {
    const state = store.get();
    if (!state.trace || state.traced !== state.revision || state.playing) return;
    const request = sourcesOf(state);
    const cursor = locate(state.trace, state.tick);
    const call = cursor ? callNumber(cursor, currentCall(cursor) ?? 0) : 0;
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
