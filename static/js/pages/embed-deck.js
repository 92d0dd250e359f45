/** The deck as an embed: the line, graph, tick and player of the one program in the page. */

import { createExcerpt } from "../draw/excerpt.js";
import { drawNow, nodeOfTerm } from "../draw/now.js";
import { createStage, roomFor } from "../draw/stage.js";
import { createStatus } from "../draw/status.js";
import { createTransport } from "../draw/transport.js";
import { traceOf } from "../io/ask.js";
import { followFull, hearHost, tell, tellHeight } from "../io/frame.js";
import { locate, spanOf, tickOfNode } from "../state/cursor.js";
import { lookIn } from "../state/facts.js";
import { createStore, initial } from "../state/store.js";
import { plain, sentence, wildness } from "../text/sentences.js";
import { attachKeys, attachTimer, BEAT } from "./player.js";

const deck = document.getElementById("deck");
const find = (name) => deck.querySelector(`[data-part="${name}"]`);
const [room, now, live] = ["stage", "now", "live"].map(find);
const { q, program, damaged } = JSON.parse(document.getElementById("asked").textContent);
const wanted = Number(/[?&]tick=(\d+)/.exec(location.search)?.[1] ?? 0);
const store = createStore(initial(program, { tick: damaged ? 0 : wanted, damaged }));
const cursorOf = (state) => locate(state.trace, state.tick);

const pick = (node) => {
  const tick = tickOfNode(cursorOf(store.get()), node);
  if (tick !== null) store.send({ type: "go", tick });
};
const full = document.getElementById("full");
/* The graph in small is fetched where it is wanted: most frames show their whole graph. */
let small = null;
async function seen(...view) {
  if (!room.classList.contains("pans")) return;
  small ??= import("../draw/overview.js").then((module) => module.createOverview((x, y) => stage.look(x, y)));
  const { svg, show } = await small;
  full.before(svg);
  show(...view);
}
const stage = createStage(room, { pick, pin: pick, unpin: () => {}, seen });
const termOf = (event) => nodeOfTerm(event.target, cursorOf(store.get()));
now.addEventListener("pointerover", (event) => stage.point(termOf(event)));
now.addEventListener("pointerleave", () => stage.point(null));
now.addEventListener("click", (event) => {
  const node = termOf(event);
  if (node !== null) pick(node);
});

/* What the frame's height hangs on changes with its width only: a tick may add a line, none takes one. */
let width = 0;
function settle() {
  const { trace } = store.get();
  if (trace?.graphs.length) room.style.height = `${roomFor(trace.graphs, innerWidth)}px`;
  now.style.flexBasis = "";
  width = innerWidth;
}
function keepRoom() {
  const tall = now.scrollHeight + 1;
  if (tall > (parseFloat(now.style.flexBasis) || 0)) now.style.flexBasis = `${tall}px`;
}
window.addEventListener("resize", () => innerWidth !== width && settle());

const measure = tellHeight(document.getElementById("embed"), deck);
const transport = createTransport(find("transport"), store);
const status = createStatus(deck);
const excerpt = createExcerpt(find("excerpt"), program.source);

store.watch((state, before) => {
  const cursor = cursorOf(state);
  status(state);
  transport(state, cursor);
  if (state.trace !== before.trace) settle();
  if (state.tick === before.tick && state.trace === before.trace && state !== before) return;
  if (cursor) stage.draw(cursor, null, { interval: state.playing ? BEAT / state.speed : Infinity });
  excerpt(cursor && spanOf(cursor), cursor?.phase ?? "");
  drawNow(now, cursor);
  keepRoom();
  measure();
  if (state.tick !== before.tick) tell({ type: "step", tick: state.tick });
  if (state.manual !== before.manual && cursor) {
    live.textContent = `${plain(sentence(cursor, lookIn(cursor)))} ${wildness(cursor)}`.trim();
  }
});

attachTimer(store);
attachKeys(store, deck, { whole: true, help: () => {} });
hearHost(store);
followFull(full, store);

store.send({ type: "run" });
const { revision } = store.get();
const { trace, diagnostic } = await traceOf(q);
store.send(trace ? { type: "answer", revision, trace } : { type: "refuse", revision, diagnostic });
tell({ type: "ready", tick: store.get().tick, ticks: trace?.ticks ?? 0 });
