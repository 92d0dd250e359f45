/** The trace behind a link, which browsers keep: frames with the same program ask once. */

import { t } from "../text/messages.js";
import { diagnosticOf } from "./problems.js";

/** @returns {Promise<{trace: import("../types.js").Trace}|{diagnostic: object}>} */
export async function traceOf(q) {
  try {
    const response = await fetch(`/api/v1/trace?q=${q}`, { headers: { Accept: "application/json" } });
    const body = await response.json();
    return response.ok ? { trace: body } : { diagnostic: diagnosticOf(body) };
  } catch {
    return { diagnostic: { message: t("The server does not answer. Is it still running?"), span: null } };
  }
}
