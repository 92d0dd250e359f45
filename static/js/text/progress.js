/** How far a run is, or that there was an edit since. */

import { t } from "./messages.js";
import { count } from "./numbers.js";

export function progress(run) {
  if (!run) return t("Edited: run again to see what it does now.");
  if (!run.slow || !run.ticks) return t("Running…");
  return t("Running… {passes} passes, {ticks} ticks", { passes: count(run.passes), ticks: count(run.ticks) });
}
