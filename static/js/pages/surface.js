/** The deck's surface: the program's loss over its variables and its path, at the deck's cursor. */

import { createCurve } from "../draw/curve.js";
import { h, setText, styled } from "../draw/dom.js";
import { createMap } from "../draw/map.js";
import { descents } from "../io/descents.js";
import { diagnosticOf } from "../io/problems.js";
import { pack } from "../io/link.js";
import { joinPasses, onPath } from "../state/passes.js";
import { read, t } from "../text/messages.js";
import { exact, short } from "../text/numbers.js";
import { mapTitle } from "../text/races.js";
import { spread } from "../text/spread.js";

/** Where and what, with the names of the axes: "w = 0.5, b = 0.5". */
const pair = (names, values, kind = "") => h("span", { class: `num ${kind}`, title: exact(values) },
  names.map((name, axis) => `${name} = ${short(values[axis])}`).join(", "));

function sentence(place, { names, slice }) {
  const parts = [t("Pass {pass} of {passes}.", { pass: place.pass + 1, passes: place.passes }), " "];
  if (place.from) parts.push(...spread(t("It begins at {point}."), { point: pair(names, place.from) }), " ");
  if (place.value !== null) {
    parts.push(...spread(t("The loss there is {loss}."), { loss: h("span", { class: "num ahead", title: exact(place.value) }, short(place.value)) }), " ");
  }
  if (place.gradient) {
    const slopes = slice?.kind === "all" ? names.map((name) => `∂${name}`) : names.map((name) => `∂(${name})`);
    parts.push(...spread(t("The gradients are {gradient}; the dashed arrow points against them."), { gradient: pair(slopes, place.gradient, "back") }), " ");
  }
  if (place.next) parts.push(...spread(t("The update goes to {point}."), { point: pair(names, place.next) }));
  return parts;
}

/** What was asked for, or null where a newer program took over meanwhile. */
async function newest(asked, signal) {
  try {
    const found = await asked;
    return signal.aborted ? null : found;
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}

const SHEET = new URL("../../css/map.css", import.meta.url);

/** Whether some pass differentiates and then moves a variable: only then is there a path. */
const trains = ({ graphs, passes }) => passes.some(({ graph, calls }) =>
  calls.length > 0 && graphs[graph].ticks.some(([kind]) => kind === "update"));

/** Why a program has no surface of its own; null where it has one. */
function lacking(trace, { numbers, trains: [trained] }) {
  if (!trains(trace)) return t("This program updates no variable with a gradient, so it has no path and no surface of its own.");
  return numbers === 1 ? t("This program trains a single number, {name}: a surface needs two.", { name: trained[0] ?? "?" }) : null;
}

/** @param {HTMLElement} root @param {ReturnType<typeof import("../state/store.js").createStore>} store the deck's */
export async function mountSurface(root, store) {
  await styled(SHEET);
  const find = (name) => root.querySelector(`[data-part="${name}"]`);
  const [told, slice, none, compare] = ["surface-told", "surface-slice", "surface-none", "surface-compare"].map(find);
  let [answer, joined, asked, surface, controller] = [null, null, null, "contour", null];

  const goTo = (row) => {
    const tick = joined.tickOf(row);
    if (tick !== null) store.send({ type: "go", tick });
  };
  /** A press on the map means the nearest place of the path. */
  const pick = (point) => {
    const away = ([x, y]) => (x - point[0]) ** 2 + (y - point[1]) ** 2;
    const rows = answer.runs[0].position;
    goTo(rows.reduce((best, place, row) => (away(place) < away(rows[best]) ? row : best), 0));
  };
  const map = createMap(find("surface-map"), { pick });
  const curve = createCurve(find("surface-curve"), { go: goTo });
  const wait = h("p", { class: "map-note", role: "status" });
  find("surface-map").append(wait);
  for (const button of root.querySelectorAll("[data-surface]")) {
    button.addEventListener("click", () => {
      ({ surface } = button.dataset);
      for (const one of root.querySelectorAll("[data-surface]")) one.setAttribute("aria-pressed", String(one === button));
      draw(store.get());
    });
  }
  compare.addEventListener("click", async (event) => {
    event.preventDefault();
    const query = new URLSearchParams(location.search);
    for (const name of ["example", "tick"]) query.delete(name);
    query.set("q", await pack({ objective: asked, runs: [{ optimizer: "sgd", options: { lr: 0.001 } }, { optimizer: "adam", options: { lr: 0.01 } }] }));
    location.assign(`/descent?${query}`);
  });

  function draw({ trace, tick }) {
    if (!answer || !joined || joined.trace !== trace) return;
    const { objective, runs: [run] } = answer;
    const place = onPath(trace, tick, joined, answer);
    if (!place) return;
    const named = { ...run, title: t("the program itself"), look: 0 };
    map.draw({
      asked, names: objective.names, box: objective.box, minima: [], view: null, surface, runs: [named],
      step: place.row, chosen: 0, start: null, fine: objective.coarse ? 12 : 30,
      places: [{ position: place.at, anchor: place.from, value: place.value, gradient: place.gradient, next: place.next }],
      summary: mapTitle(objective.label, 1),
    });
    curve({ runs: answer.titled, steps: Math.max(1, run.step.length - 1), step: place.row, unit: t("pass") });
    const without = trace.fault ? [h("b", {}, t("Surface and path are those of the engine without the fault that was chosen.")), " "] : [];
    told.replaceChildren(...without, ...sentence(place, objective));
  }

  async function ask(state) {
    const { trace, traced, revision, source, inputs, seed } = state;
    if (!trace || traced !== revision || joined?.trace === trace) return;
    controller?.abort();
    controller = new AbortController();
    const { signal } = controller;
    asked = JSON.parse(JSON.stringify({ source, inputs, seed }));
    answer = null;
    joined = { ...joinPasses(trace), trace };
    const nothing = lacking(trace, joined);
    root.classList.toggle("without", nothing !== null);
    if (nothing !== null) {
      setText(none, nothing);
      setText(slice, "");
      return;
    }
    setText(wait, t("The surface is being computed…"));
    const found = await newest(descents({ objective: asked, runs: [] }, { signal }), signal);
    if (!found) return;
    setText(wait, "");
    ({ answer = null } = found);
    if (answer) answer.titled = answer.runs.map((run) => ({ ...run, title: t("the program itself"), look: 0 }));
    root.classList.toggle("without", !answer);
    setText(none, answer ? "" : diagnosticOf(found.problem).message);
    const seen = answer?.objective.slice;
    setText(slice, seen && (seen.kind === "principal" || seen.remarks) ? read(seen.words) : "");
    draw(store.get());
  }

  store.watch((state, before) => {
    ask(state);
    if (state === before || state.tick !== before.tick) draw(state);
  });
}
