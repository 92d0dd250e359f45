/** What the page says about the run itself: working, edited since, stopped by an error. */

import { isOutdated } from "../state/store.js";
import { t } from "../text/messages.js";
import { count } from "../text/numbers.js";
import { h, setText } from "./dom.js";

function progress({ slow, passes, ticks }) {
  if (!slow || !ticks) return t("Running…");
  return t("Running… {passes} passes, {ticks} ticks", {
    passes: count(passes), ticks: count(ticks) });
}

const DAMAGED = { diagnostic: { message: t("This link is damaged; here is an example instead.") } };

function problemParts({ message, hint, span, framework_error: framework }) {
  return [
    h("p", {}, span ? h("b", {}, t("Line {line}:", { line: span[0] }), " ") : null, message),
    hint ? h("p", { class: "hint" }, hint) : null,
    framework ? h("p", {}, h("code", {}, framework)) : null,
  ].filter(Boolean);
}

/** @param {HTMLElement} root the deck; an embed has no buttons to run and stop */
export function createStatus(root) {
  const find = (name) => root.querySelector(`[data-part="${name}"]`);
  const [status, problem, run, stop] = ["status", "problem", "run", "stop"].map(find);
  let shown = null;
  return (state) => {
    const outdated = isOutdated(state);
    root.classList.toggle("outdated", outdated);
    root.classList.toggle("running", state.run !== null);
    if (stop) stop.hidden = !state.run?.slow;
    const failed = state.problem?.revision === state.revision ? state.problem : null;
    const current = failed ?? (state.damaged ? DAMAGED : null);
    const stale = outdated && !failed;
    run?.classList.toggle("wanted", stale && !state.run);
    setText(status, state.run ? progress(state.run) : stale ? t("Edited: run again to see what it does now.") : "");
    if (shown === current) return;
    shown = current;
    problem.hidden = !current;
    problem.replaceChildren(...(current ? problemParts(current.diagnostic) : []));
  };
}
