/** What the page says about the run itself: working, edited since, stopped by an error. */

import { isOutdated } from "../state/store.js";
import { t } from "../text/messages.js";
import { h, setText } from "./dom.js";

const DAMAGED = { diagnostic: { message: t("This link is damaged; here is an example instead.") } };

function problemParts({ message, hint, span, framework_error: framework }) {
  return [
    h("p", {}, span ? h("b", {}, t("Line {line}:", { line: span[0] }), " ") : null, message),
    hint ? h("p", { class: "hint" }, hint) : null,
    framework ? h("p", {}, h("code", {}, framework)) : null,
  ].filter(Boolean);
}

/** @param {HTMLElement} root the deck; an embed has no buttons to run and stop
 * @param {(run: ?object) => string} tell how far a run is, or that there was an edit since */
export function createStatus(root, tell = () => t("Running…")) {
  const find = (name) => root.querySelector(`[data-part="${name}"]`);
  const [status, problem, run, stop] = ["status", "problem", "run", "stop"].map(find);
  let shown = null;
  return (state) => {
    const outdated = isOutdated(state);
    root.classList.toggle("outdated", outdated);
    root.classList.toggle("running", state.run !== null);
    root.classList.toggle("blank", !state.trace && !state.problem);
    if (stop) stop.hidden = !state.run?.slow;
    const failed = state.problem?.revision === state.revision ? state.problem : null;
    const current = failed ?? (state.damaged ? DAMAGED : null);
    const stale = outdated && !failed;
    run?.classList.toggle("wanted", stale && !state.run);
    setText(status, state.run || stale ? tell(state.run) : "");
    if (shown === current) return;
    shown = current;
    problem.hidden = !current;
    problem.replaceChildren(...(current ? problemParts(current.diagnostic) : []));
  };
}
