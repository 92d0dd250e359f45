/** What a picture is called where it is put: its program and its tick. */

import { nodeName } from "./labels.js";
import { t } from "./messages.js";
import { landscapeName, titleOf as runName } from "./races.js";

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

/** @param {import("../state/lab.js").Lab} state */
export function titleOfRace({ answer, tick }) {
  const { kind, label } = answer?.objective ?? {};
  const names = (answer?.runs ?? []).map(({ optimizer }) => runName(optimizer));
  return t("{landscape}: {runs}, step {step}", {
    landscape: kind === "function" ? landscapeName(label) : (label ?? t("Descent")),
    runs: [...new Set(names)].join(", "), step: tick });
}
