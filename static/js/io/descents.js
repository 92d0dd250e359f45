/** Asking the server for races and landscapes: streamed rows, cancelled when nobody wants them. */

import { lang, t } from "../text/messages.js";
import { eventsOf } from "./events.js";
import { attachWork } from "./work.js";

const DESCENTS = "/api/v1/descents";
const LANDSCAPES = "/api/v1/landscapes";

const post = (address, body, { signal, accept = "application/json" } = {}) => fetch(address, {
  method: "POST", signal, body: JSON.stringify({ ...body, lang }),
  headers: { "Content-Type": "application/json", Accept: accept },
});

const silence = () => ({ detail: t("The server does not answer. Is it still running?") });

/** What the API is asked: no empty list of runs, no start where the objective's own is meant. */
export function requestOf({ objective, runs, start, steps }) {
  const own = runs.length === 0;
  return { objective, ...(own ? {} : { runs, steps }), ...(start && !own ? { start } : {}) };
}

/** The events of one race; a server that refuses or falls silent is an `error` event. */
async function* told(question, signal) {
  try {
    const response = await post(DESCENTS, requestOf(question), { signal, accept: "text/event-stream" });
    if (response.ok) yield* eventsOf(response);
    yield ["error", response.ok ? { detail: t("The server stopped answering.") } : await response.json()];
  } catch (error) {
    if (signal.aborted) throw error;
    yield ["error", silence()];
  }
}

/** Streams one race. Resolves to {runs, objective} or {problem}; rejects when aborted, or where a listener fails. */
export async function descend(question, { signal, onStart, onBatch, onProgress = () => {} }) {
  for await (const [event, data] of told(question, signal)) {
    if (event === "start") onStart(data);
    else if (event === "batch") onBatch(data);
    else if (event === "progress") onProgress(data);
    else if (event === "done") return data.diagnostic ? { problem: data } : data;
    else if (event === "error") return { problem: data };
  }
}

/** A whole answer: {answer} or {problem}. Rejects only when aborted. */
async function answered(address, request, signal) {
  try {
    const response = await post(address, request, { signal });
    const body = await response.json();
    return response.ok && !body.diagnostic ? { answer: body } : { problem: body };
  } catch (error) {
    if (signal?.aborted) throw error;
    return { problem: silence() };
  }
}

/** One race, the whole answer at once. */
export const descents = (question, { signal }) => answered(DESCENTS, requestOf(question), signal);

const known = new Map();

/** Heights over a rectangle: {x, y, z, …}, or {problem}. The last few are kept. */
export async function landscape(objective, { x, y }, { signal } = {}) {
  const request = { objective, x, y };
  const key = JSON.stringify(request);
  if (!known.has(key)) {
    const { answer, problem } = await answered(LANDSCAPES, request, signal);
    if (problem) return { problem };
    if (known.size > 12) known.delete(known.keys().next().value);
    known.set(key, { ...answer, objective });
  }
  return known.get(key);
}

/** Keeps the server at work on the store's current race, and only on that. */
export function attachDescents(store) {
  attachWork(store, 400, async ({ question }, revision, signal) => {
    const news = gathered((batches) => signal.aborted || store.send({ type: "rows", revision, batches }));
    const { runs, objective, problem } = await descend(question, {
      signal, onBatch: news.add, onProgress: ({ passes }) => store.send({ type: "progress", revision, passes }),
      onStart: (data) => store.send({ ...data, type: "began", revision, asked: question.objective }),
    });
    if (signal.aborted) return;
    news.flush();
    store.send(runs ? { type: "ended", revision, runs, objective } : { type: "refused", revision, problem });
  });
}

/**
 * Collects what arrives between two drawings. A drawing that took long is followed by a pause twice as
 * long, so that however much arrives, the page answers to its visitor.
 */
function gathered(take) {
  let waiting = [];
  let timer = null;
  let pause = 0;
  const flush = () => {
    clearTimeout(timer);
    timer = null;
    const batches = waiting;
    waiting = [];
    if (batches.length === 0) return;
    const start = performance.now();
    take(batches);
    pause = 2 * (performance.now() - start);
  };
  const add = (batch) => {
    waiting.push(batch);
    timer ??= setTimeout(flush, Math.max(16, pause));
  };
  return { add, flush };
}
