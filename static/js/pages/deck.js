/** The deck: wires the store to its drawings, its gestures and the server. */

import "../draw/editor.js";
import "./chrome.js";
import { drawDetail, expander } from "../draw/detail.js";
import { h } from "../draw/dom.js";
import { drawExpanded } from "../draw/expanded.js";
import { createFault } from "../draw/fault.js";
import { createInputs } from "../draw/inputs.js";
import { drawNow, nodeOfTerm } from "../draw/now.js";
import { createOverview } from "../draw/overview.js";
import { createStage, roomFor } from "../draw/stage.js";
import { createStatus } from "../draw/status.js";
import { createSteps, drawFinals, drawOutput, drawVariables, echoedBy } from "../draw/tables.js";
import { createTransport } from "../draw/transport.js";
import { attachAddress, readAddress, writeAddress } from "../io/link.js";
import { attachRunner, expandTick } from "../io/run.js";
import { locate, spanOf, tickOfLine, tickOfNode } from "../state/cursor.js";
import { isTickWrong, lookIn } from "../state/facts.js";
import { createStore, initial } from "../state/store.js";
import { t } from "../text/messages.js";
import { progress } from "../text/progress.js";
import { plain, sentence, wildness } from "../text/sentences.js";
import { attachKeys, attachTimer, BEAT } from "./player.js";

const deck = document.getElementById("deck");
const find = (name) => deck.querySelector(`[data-part="${name}"]`);
const examples = JSON.parse(document.getElementById("examples").textContent);
const { program, tick, damaged } = await readAddress(location.search, examples);
const store = createStore(initial(program, { tick, damaged }));
const cursorOf = (state) => locate(state.trace, state.tick);

const go = (to) => to !== null && store.send({ type: "go", tick: to });
const pin = (node) => store.send({ type: "pin", node });
const pick = (node) => {
  go(tickOfNode(cursorOf(store.get()), node));
  if (store.get().pinned !== node) pin(node);
};

/** Why there is no picture; "" while there may yet be one. */
function emptiness({ run, problem, trace }) {
  const line = problem?.diagnostic.span?.[0];
  if (run || !(problem || trace)) return "";
  if (!problem) return t("Nothing is drawn: this program computes nothing with tensors.");
  return line ? t("Nothing is drawn: the program stopped in line {line}, before its first operation.", { line })
    : t("Nothing is drawn: the program has not run.");
}

/* The editor */
const editor = find("editor");
editor.value = program.source;
editor.addEventListener("edit", ({ detail }) => store.send({ type: "edit", source: detail }));
editor.addEventListener("run", () => store.send({ type: "run" }));
editor.addEventListener("line", ({ detail }) => {
  const state = store.get();
  const cursor = cursorOf(state);
  if (cursor && state.traced === state.revision) go(tickOfLine(cursor, detail));
});
find("run").addEventListener("click", () => store.send({ type: "run" }));
find("stop").addEventListener("click", () => store.send({ type: "stop" }));
const inputs = createInputs(find("inputs"), (values) => store.send({ type: "inputs", inputs: values }));
const chooser = find("examples");
chooser?.addEventListener("change", () => {
  const { id, source, inputs: given } = examples.find((one) => one.id === chooser.value);
  store.send({ type: "open", program: { example: id, source, inputs: given } });
  editor.value = source;
  store.send({ type: "run" });
});

function drawEditor(state, cursor) {
  const fresh = state.traced === state.revision;
  const echoes = fresh ? echoedBy(state.trace, state.tick) : [];
  const problem = state.problem?.revision === state.revision ? state.problem.diagnostic : null;
  editor.mark({
    span: fresh && cursor ? spanOf(cursor) : null,
    phase: cursor?.phase ?? "",
    error: problem?.span ?? null,
    echo: new Map(echoes.map(({ span, text }) => [span[2], text.split("\n")[0]])),
  });
  editor.area.setAttribute("aria-invalid", String(problem !== null));
}

/* The graph */
const overview = createOverview((x, y) => stage.look(x, y));
const stage = createStage(find("stage"), { pick, pin, unpin: () => store.send({ type: "unpin" }), seen: overview.show });
find("zoom-out").before(overview.svg);
for (const [name, by] of [["zoom-in", 1], ["zoom-out", -1], ["zoom-fit", null]]) {
  find(name).addEventListener("click", () => stage.zoom(by));
}

/* A term of the sentence or the formula points at its node; a click goes there */
const now = find("now");
const termOf = (event) => nodeOfTerm(event.target, cursorOf(store.get()));
now.addEventListener("pointerover", (event) => stage.point(termOf(event)));
now.addEventListener("pointerleave", () => stage.point(null));
now.addEventListener("click", (event) => {
  const node = termOf(event);
  if (node !== null) pick(node);
});

/* One tick's numbers where the trace has only a summary */
async function expand(room) {
  const { source, inputs, seed, fault, tick: at } = store.get();
  room.textContent = t("Working …");
  const step = await expandTick({ source, inputs, seed, fault }, at);
  const cursor = cursorOf(store.get());
  if (room.isConnected) drawExpanded(room, step, cursor?.tick === at && isTickWrong(cursor));
}

/* The surface, fetched when it comes into view */
const surface = find("surface");
if (surface) {
  const seen = new IntersectionObserver(async (entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    seen.disconnect();
    const { mountSurface } = await import("./surface.js");
    mountSurface(surface, store);
  }, { threshold: 0.1 });
  seen.observe(surface);
}

/* What if the engine made a beginner's mistake */
const faults = find("fault");
const faulty = faults && createFault(faults, find("fault-told"), { go, change: (fault) => {
  store.send({ type: "fault", fault });
  store.send({ type: "run" });
} });

/* The program as code, as paths and checked, fetched when opened */
for (const panel of deck.querySelectorAll("[data-derived]")) {
  panel.addEventListener("toggle", async () => {
    const { mountDerivation } = await import("./derivations.js");
    mountDerivation(panel, store);
  }, { once: true });
}

/* Everything else */
const transport = createTransport(find("transport"), store);
const status = createStatus(deck, progress);
const studio = find("variables") !== null;
const steps = studio && createSteps(find("steps"), go);
const live = find("live");
const help = find("help");
find("show-help").addEventListener("click", () => help.showModal());

store.watch((state, before) => {
  const cursor = cursorOf(state);
  status(state);
  transport(state, cursor);
  drawEditor(state, cursor);
  inputs(state);
  faulty?.(state);
  const untouched = examples.some(({ id, source }) => id === state.example && source === state.source);
  if (chooser) chooser.value = untouched ? state.example : "";
  const same = state.tick === before.tick && state.trace === before.trace && state.pinned === before.pinned;
  if (!cursor) {
    stage.clear();
    for (const room of [find("stage"), now]) room.replaceChildren(h("p", { class: "nothing" }, emptiness(state)));
  }
  if (same && state !== before) return;
  /* The graph's panel is as tall as its graphs need: with the trace it changes, never from tick to tick. */
  if (state.trace !== before.trace && cursor) {
    find("panels").style.setProperty("--room", `${roomFor(state.trace.graphs, find("stage").clientWidth, Infinity)}px`);
  }
  if (cursor) stage.draw(cursor, state.pinned, { interval: state.playing ? BEAT / state.speed : Infinity });
  if (cursor) drawNow(now, cursor, () => expander(expand));
  drawDetail(find("detail"), cursor, state.pinned, { close: () => store.send({ type: "unpin" }), expand });
  if (studio) {
    drawVariables(find("variables"), cursor, pick);
    steps(cursor);
    drawOutput({ printed: find("printed"), echo: find("echo"), notes: find("notes") }, state.trace, state.tick);
    if (state.trace !== before.trace) drawFinals(find("finals"), state.trace);
  }
  if (state.manual !== before.manual && cursor) {
    live.textContent = `${plain(sentence(cursor, lookIn(cursor)))} ${wildness(cursor)}`.trim();
  }
});

attachRunner(store);
attachTimer(store);
attachAddress(store, examples);
attachKeys(store, deck, { whole: studio, help: () => help.showModal() });
find("share").addEventListener("click", async () => {
  const [{ openShare }, { titleOf }] = await Promise.all([import("../draw/share.js"), import("../text/titles.js")]);
  const state = store.get();
  openShare({
    address: "/deck" + (await writeAddress(state, "", examples)),
    title: titleOf(state, cursorOf(state), examples),
    height: 390 + roomFor(state.trace?.graphs ?? [], 720),
  });
});
find("studio-link")?.addEventListener("click", async (event) => {
  event.preventDefault();
  location.assign("/deck" + (await writeAddress(store.get(), location.search, examples)));
});
store.send({ type: "run" });
