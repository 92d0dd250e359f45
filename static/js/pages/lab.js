/** The optimizer lab, mounted into an element: one store, its drawings, its gestures, the server. */

import { createCurve } from "../draw/curve.js";
import { h, setText } from "../draw/dom.js";
import { createMap, whereAway } from "../draw/map.js";
import { createPlace } from "../draw/place.js";
import { createRows } from "../draw/rows.js";
import { createRuns } from "../draw/runs.js";
import { createPlayer } from "../draw/steps.js";
import { createTold, spoken } from "../draw/told.js";
import { attachDescents } from "../io/descents.js";
import { initial, update } from "../state/lab.js";
import { boxRound, lastStep } from "../state/race.js";
import { hold } from "../state/hold.js";
import { read, t } from "../text/messages.js";
import { count, pointText, short } from "../text/numbers.js";
import { landscapeName, mapTitle, runTitle, titleOf } from "../text/races.js";
import { attachKeys, attachPace } from "./player.js";

const DAMAGED = { detail: t("Part of this link cannot be read: the usual race stands in for it.") };

/**
 * @param {HTMLElement} root the filled part `parts/lab.html`
 * @param {{offer: object, question: import("../state/lab.js").Question, shown?: object, whole?: boolean,
 *   light?: boolean}} options  whole: keys act on the whole page; light: no Plotly for the contours
 */
export function mountLab(root, { offer, question, shown, whole = false, light = false }) {
  const find = (name) => root.querySelector(`[data-part="${name}"]`);
  const store = hold(initial(question, shown), update);
  const ask = (change, live = false) => store.send({ type: "ask", change, live });
  const go = (tick) => store.send({ type: "go", tick });
  const choose = (run) => store.send({ type: "choose", run });
  const defaults = Object.fromEntries(offer.optimizers.map(({ name, options }) =>
    [name, Object.fromEntries(options.map((option) => [option.name, option.default]))]));

  /** A drawing of a part, or nothing where the page leaves that part out, as an embed does. */
  const maybe = (name, make) => (find(name) ? make(find(name)) : () => {});

  const map = createMap(find("map"), {
    start: (point, live) => ask({ start: point }, live),
    laid: () => drawWords(store.get(), titled(store.get().answer)), // where "outside the map" is, is known now
  });
  const curve = maybe("curve", (room) => createCurve(room, { go }));
  const told = maybe("told", (list) => createTold(list, choose));
  const rows = maybe("rows", (table) => createRows(table, go));
  const player = createPlayer(find("transport"), store);
  const place = maybe("landscape", () => createPlace(find, offer, ask));
  const runs = maybe("runs", (list) => createRuns(list, offer.optimizers, offer.most.runs, (entries) => ask({ runs: entries })));

  /* Buttons */
  const on = (name, act) => find(name)?.addEventListener("click", act);
  const say = (name, text) => find(name) && setText(find(name), text);
  on("add-run", () => {
    const { runs: entries } = store.get().question;
    const unused = offer.optimizers.find(({ name }) => !entries.some(({ optimizer }) => optimizer === name)) ?? offer.optimizers[0];
    ask({ runs: [...entries, { optimizer: unused.name, options: { lr: unused.rate } }] });
  });
  on("run", () => store.send({ type: "run" }));
  on("stop", () => store.send({ type: "stop" }));
  const zoom = (factor) => {
    const [across, up] = map.frame().view;
    const scaled = ([low, high]) => [(low + high) / 2 - ((high - low) * factor) / 2, (low + high) / 2 + ((high - low) * factor) / 2];
    store.send({ type: "view", view: [scaled(across), scaled(up)] });
  };
  on("zoom-in", () => zoom(0.5));
  on("zoom-out", () => zoom(2));
  on("zoom-fit", () => store.send({ type: "view", view: null }));
  on("zoom-paths", () => {
    const { answer } = store.get();
    if (answer) store.send({ type: "view", view: boxRound(answer.runs, answer.objective.box) });
  });
  for (const button of root.querySelectorAll("[data-surface]")) {
    button.addEventListener("click", () => store.send({ type: "surface", surface: button.dataset.surface }));
  }
  const help = find("help");
  const showHelp = () => help?.showModal();
  on("show-help", showHelp);

  /** The answer's runs with the names they are called by. */
  const titled = remembered((answer) => (answer?.runs ?? []).map((run) =>
    ({ ...run, title: runTitle(run.optimizer === "program" ? { optimizer: "program" } : run, defaults[run.optimizer]) })));

  function drawMap(state, entries) {
    const { answer } = state;
    if (!answer) return;
    const { names, minima, label, kind, coarse, whole } = answer.objective;
    const box = whole ? answer.objective.box : boxRound(answer.runs, answer.objective.box);
    const start = kind === "program" && state.question.runs.length === 0 ? null
      : (state.question.start ?? answer.objective.start);
    map.draw({ asked: answer.asked, names, box, whole, minima, view: state.view, surface: state.surface, runs: entries,
      step: state.tick, chosen: state.chosen, start, light, fine: kind !== "program" ? 60 : coarse ? 12 : 30,
      summary: mapTitle(kind === "function" ? landscapeName(label) : label, entries.length) });
  }

  function drawWords(state, entries) {
    const frame = map.frame();
    told({ runs: entries, step: state.tick, chosen: state.chosen, away: (point) => (frame ? whereAway(frame, point) : "") });
    rows(entries[state.chosen], state.answer?.objective.names, state.tick, state.playing || state.run !== null);
  }

  function drawNotes(state) {
    const { question: { runs: entries, steps }, answer, problem, run } = state;
    const stopped = !run && (answer?.runs ?? []).some(({ status }) => status === "cancelled");
    if (find("stop")) find("stop").hidden = !run?.slow;
    find("run")?.classList.toggle("main", stopped);
    say("status", run?.slow ? running(state)
      : stopped ? t("Stopped. Run starts again.") : "");
    if (find("add-run")) find("add-run").disabled = entries.length >= offer.most.runs;
    drawProblem(problem?.revision === state.revision ? problem : state.damaged ? DAMAGED : null);
    const start = answer?.objective.start;
    say("fairness", !answer ? "" : entries.length === 0 ? t("This is the path of the program's own updates.")
      : t("Same start {start} and the same budget for all: {steps} gradients each, one a step. Rates are as set, not tuned. A small surface does not rank optimizers.", {
        start: pointText(state.question.start ?? start), steps: count(steps) }));
    const slice = answer?.objective.slice;
    say("slice", slice && (slice.kind === "principal" || slice.remarks) ? read(slice.words) : "");
    for (const button of root.querySelectorAll("[data-surface]")) {
      button.setAttribute("aria-pressed", String(button.dataset.surface === state.surface));
    }
    root.classList.toggle("outdated", answer !== null && answer.revision !== state.revision && run === null);
    root.classList.toggle("running", run !== null);
  }

  /** How far a race is; a program alone has as many passes as it has. */
  function running({ question: { runs: entries, steps }, answer, run }) {
    const begun = answer?.revision === run.revision;
    if (entries.length) return t("Running… step {step} of {steps}", { step: begun ? lastStep(answer) : 0, steps });
    return t("Running… pass {pass}", { pass: begun ? lastStep(answer) : run.passes ?? 0 });
  }

  let complaint = null;
  function drawProblem(current) {
    const room = find("problem");
    if (!room || complaint === current) return;
    complaint = current;
    room.hidden = !current;
    room.replaceChildren(...(current ? problemParts(current) : []));
  }

  function problemParts({ detail, title, diagnostic, errors = [] }) {
    const entries = store.get().question.runs;
    const owner = (pointer) => {
      const index = /^\/runs\/(\d+)/.exec(pointer ?? "")?.[1];
      return index === undefined || !entries[index] ? "" : `${titleOf(entries[index].optimizer)} ${Number(index) + 1}: `;
    };
    if (errors.length) return errors.map((one) => h("p", {}, h("b", {}, owner(one.pointer)), one.detail));
    return [h("p", {}, diagnostic?.message ?? detail ?? title), ...(diagnostic?.hint ? [h("p", { class: "hint" }, diagnostic.hint)] : [])];
  }

  store.watch((state, before) => {
    const entries = titled(state.answer);
    player(state);
    drawMap(state, entries);
    drawWords(state, entries);
    const total = Math.max(lastStep(state.answer), state.run ? state.question.steps : 1);
    if (state.answer) curve({ runs: entries, steps: total, step: state.tick, unit: t("step") });
    if (state.question !== before.question || state.answer !== before.answer || state === before) {
      place(state);
      runs(state.question);
    }
    drawNotes(state);
    if (state.manual !== before.manual) say("live", spoken({ runs: entries, step: state.tick }, short));
  });

  attachDescents(store);
  attachPace(store);
  attachKeys(store, root, { whole, help: showHelp });
  store.send({ type: "run" });
  return store;
}

/** A function of one object, its last result kept: equal in, equal out. */
function remembered(make) {
  let from;
  let made;
  return (value) => {
    if (value !== from || made === undefined) [from, made] = [value, make(value)];
    return made;
  };
}
