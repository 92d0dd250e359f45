/** The lab's address: q is exactly what the API takes, so the same q answers at /api/v1/descents. */

import { pack, unpack } from "./link.js";
import { requestOf } from "./descents.js";

/** What is shown when nothing else is asked for. */
export const DEFAULT = {
  objective: { function: "rosenbrock" },
  runs: [
    { optimizer: "sgd", options: { lr: 0.001 } },
    { optimizer: "sgd", options: { lr: 0.001, momentum: 0.9 } },
    { optimizer: "rmsprop", options: { lr: 0.02 } },
    { optimizer: "adam", options: { lr: 0.1 } },
  ],
  start: null, steps: 300,
};

/** The API's own number of steps. */
const STEPS = 200;

const isPair = (pair) => Array.isArray(pair) && pair.length === 2 && pair.every(Number.isFinite);

function viewOf(text) {
  const numbers = (text ?? "").split(",").map(Number);
  if (numbers.length !== 4 || !numbers.every(Number.isFinite)) return null;
  const [left, right, bottom, top] = numbers;
  return left < right && bottom < top ? [[left, right], [bottom, top]] : null;
}

const isTable = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

const runOf = ({ optimizer, options, label }) =>
  ({ optimizer, options: isTable(options) ? options : {}, ...(typeof label === "string" ? { label } : {}) });

/** What the lab can show of an objective: the server judges what it says. */
function objectiveOf(asked) {
  if (!isTable(asked)) return null;
  const { function: name, source, parameters } = asked;
  if (typeof name === "string") return asked;
  if (typeof source !== "string") return null;
  if (parameters === undefined || parameters === null) return asked;
  return Array.isArray(parameters) && parameters.every((one) => typeof one === "string") ? asked : null;
}

/** The question, step and view that an address asks for; damaged: whether part of it could not be read. */
export async function readLab(search) {
  const query = new URLSearchParams(search);
  const packed = await unpack(query.get("q"));
  const tick = /^\d+$/.test(query.get("tick") ?? "") ? Number(query.get("tick")) : null;
  const shown = { tick, view: viewOf(query.get("view")), surface: query.get("surface") === "3d" ? "3d" : "contour" };
  const objective = objectiveOf(packed?.objective);
  if (!objective) return { question: DEFAULT, damaged: query.has("q"), ...shown };
  const { runs = [], start = null, steps = STEPS } = packed;
  const entries = (Array.isArray(runs) ? runs : []).filter((run) => typeof run?.optimizer === "string").map(runOf);
  const isProgram = objective.source !== undefined && !objective.parameters;
  const question = {
    objective,
    runs: entries.length || isProgram ? entries : [{ optimizer: "sgd", options: {} }],
    start: isPair(start) ? start : null,
    steps: Number.isInteger(steps) ? steps : STEPS,
  };
  const damaged = entries.length !== runs.length || question.start !== start || question.steps !== steps;
  return { question, damaged, ...shown };
}

/** The query for a state; language and theme in the current one are kept. */
export async function writeLab(state, search, last) {
  const query = new URLSearchParams(search);
  for (const name of ["q", "tick", "view", "surface"]) query.delete(name);
  const request = requestOf(state.question);
  if (JSON.stringify(request) !== JSON.stringify(requestOf(DEFAULT))) query.set("q", await pack(request));
  if (state.tick < last) query.set("tick", state.tick);
  if (state.view) query.set("view", state.view.flat().map((one) => Number(one.toPrecision(6))).join(","));
  if (state.surface === "3d") query.set("surface", "3d");
  const text = query.toString().replaceAll("%2C", ",");
  return text && "?" + text;
}
