/** What the server refused, as one sentence with a place where there is one. */

import { t } from "../text/messages.js";

/** The diagnostic inside a problem object, or one made of its detail. */
export const diagnosticOf = (problem) =>
  problem?.diagnostic ?? {
    message: problem?.detail ?? problem?.title ?? t("The server could not run this program."),
    span: null,
  };
