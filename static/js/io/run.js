/** Asking the server for a trace, with progress on the way. */

import { t } from "../text/messages.js";
import { eventsOf } from "./events.js";
import { diagnosticOf } from "./problems.js";

const TRACE = "/api/v1/trace";

const headers = { "Content-Type": "application/json" };

/**
 * Runs a program. Resolves to {trace} or {diagnostic}; rejects only when aborted.
 * @param {import("../types.js").Program} program
 */
export async function runProgram(program, { signal, onProgress }) {
  try {
    const response = await fetch(TRACE, {
      method: "POST", signal, body: JSON.stringify(program),
      headers: { ...headers, Accept: "text/event-stream" },
    });
    const type = response.headers.get("Content-Type") ?? "";
    if (!type.startsWith("text/event-stream")) {
      const body = await response.json();
      return response.ok ? { trace: body } : { diagnostic: diagnosticOf(body) };
    }
    for await (const [event, data] of eventsOf(response)) {
      if (event === "progress") onProgress(data);
      if (event === "result") return { trace: data };
      if (event === "error") return { diagnostic: diagnosticOf(data) };
    }
    return { diagnostic: { message: t("The server stopped answering."), span: null } };
  } catch (error) {
    if (signal.aborted) throw error;
    return { diagnostic: { message: t("The server does not answer. Is it still running?"), span: null } };
  }
}

/** The exact numbers of one tick. Null where the server will not say. */
export async function expandTick(program, tick) {
  try {
    const response = await fetch(TRACE, {
      method: "POST", headers, body: JSON.stringify({ ...program, expand: [tick, tick] }),
    });
    return response.ok ? ((await response.json()).steps?.[0] ?? null) : null;
  } catch {
    return null;
  }
}

/** Keeps the server at work on the store's current run, and only on that. */
export function attachRunner(store) {
  let current = null;
  let controller = null;
  store.watch(async ({ run, source, inputs, seed }) => {
    const asked = run?.revision ?? null;
    if (asked === current) return;
    controller?.abort();
    current = asked;
    if (!run) return;
    const { revision } = run;
    controller = new AbortController();
    const { signal } = controller;
    const slow = setTimeout(() => store.send({ type: "slow", revision }), 1000);
    try {
      const onProgress = (data) => store.send({ ...data, type: "progress", revision });
      const answer = await runProgram({ source, inputs, seed }, { signal, onProgress });
      if (signal.aborted) return;
      current = null;
      if (answer.trace) store.send({ type: "answer", revision, trace: answer.trace });
      else store.send({ type: "refuse", revision, diagnostic: answer.diagnostic });
    } catch {
      // Aborted: a newer run or the Stop button took over.
    } finally {
      clearTimeout(slow);
    }
  });
}
