/** What a picture is called where it is put: its program and its tick. */

import { nodeName } from "./labels.js";
import { t } from "./messages.js";

/** An example by its title, any other program by what it differentiates. */
function programOf(state, cursor, examples) {
  const example = examples.find(({ id, source }) => id === state.example && source === state.source);
  const call = cursor?.run.calls[0];
  if (example) return example.title;
  if (!call) return t("A program, one operation at a time");
  const name = (id) => nodeName(cursor.plan.nodes.get(id));
  return t("Gradients of {target} with respect to {names}",
    { target: name(call.target), names: call.sources.map(name).join(", ") });
}

/** @param {import("../state/store.js").State} state */
export function titleOf(state, cursor, examples) {
  const program = programOf(state, cursor, examples);
  return cursor
    ? t("{program}: tick {tick} of {ticks}", { program, tick: cursor.tick + 1, ticks: cursor.trace.ticks })
    : program;
}
