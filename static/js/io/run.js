/** Asking the server for a trace, with progress on the way. */

import { lang, t } from "../text/messages.js";
import { eventsOf } from "./events.js";
import { diagnosticOf } from "./problems.js";
import { attachWork } from "./work.js";

const TRACE = "/api/v1/trace";

const headers = { "Content-Type": "application/json" };

/** The events of one run; a server that answers at once or falls silent is told as an event too. */
async function* told(program, signal) {
  try {
    const response = await fetch(TRACE, {
      method: "POST", signal, body: JSON.stringify({ ...program, lang }),
      headers: { ...headers, Accept: "text/event-stream" },
    });
    if ((response.headers.get("Content-Type") ?? "").startsWith("text/event-stream")) {
      yield* eventsOf(response);
      yield ["error", { detail: t("The server stopped answering.") }];
    } else yield [response.ok ? "result" : "error", await response.json()];
  } catch (error) {
    if (signal.aborted) throw error;
    yield ["error", { detail: t("The server does not answer. Is it still running?") }];
  }
}

/**
 * Runs a program. Resolves to {trace} or {diagnostic}; rejects when aborted, or where a listener fails.
 * @param {import("../types.js").Program} program
 */
export async function runProgram(program, { signal, onProgress }) {
  for await (const [event, data] of told(program, signal)) {
    if (event === "progress") onProgress(data);
    else if (event === "result") return { trace: data };
    else if (event === "error") return { diagnostic: diagnosticOf(data) };
  }
}

/** The exact numbers of one tick. Null where the server will not say. */
export async function expandTick(program, tick) {
  try {
    const response = await fetch(TRACE, {
      method: "POST", headers, body: JSON.stringify({ ...program, expand: [tick, tick], lang }),
    });
    return response.ok ? ((await response.json()).steps?.[0] ?? null) : null;
  } catch {
    return null;
  }
}

/** Keeps the server at work on the store's current run, and only on that. */
export function attachRunner(store) {
  attachWork(store, 1000, async ({ source, inputs, seed, fault }, revision, signal) => {
    const onProgress = (data) => store.send({ ...data, type: "progress", revision });
    const { trace, diagnostic } = await runProgram({ source, inputs, seed, fault }, { signal, onProgress });
    if (signal.aborted) return;
    store.send(trace ? { type: "answer", revision, trace } : { type: "refuse", revision, diagnostic });
  });
}
