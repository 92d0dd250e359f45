/** Asking the server for a program as code, for the paths of a node, and to check gradients. */

import { lang, t } from "../text/messages.js";
import { diagnosticOf } from "./problems.js";

/** @param {"code"|"counts"|"gradchecks"} route Resolves to {answer} or {diagnostic}; rejects only when aborted. */
export async function derive(route, asked, signal) {
  try {
    const response = await fetch(`/api/v1/${route}`, {
      method: "POST", signal, headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...asked, lang }),
    });
    const body = await response.json();
    return response.ok ? { answer: body } : { diagnostic: diagnosticOf(body) };
  } catch (error) {
    if (signal.aborted) throw error;
    return { diagnostic: { message: t("The server does not answer. Is it still running?"), span: null } };
  }
}
