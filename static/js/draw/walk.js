/** A table's rows by the keyboard: one stop for Tab, at the current row; the arrows move from there. */

/** @param {HTMLElement} body @param {string} key where a row's number is @param {(number: number) => void} go */
export function walkRows(body, key, go) {
  body.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    go(Number(event.target.closest("tr").dataset[key]) + by);
  });
}

/** Marks the current row and those after it, and makes it the stop; the row, or undefined. */
export function markRows(body, key, at) {
  for (const row of body.children) {
    const number = Number(row.dataset[key]);
    row.querySelector("button").tabIndex = number === at ? 0 : -1;
    row.className = number === at ? "at" : number > at ? "later" : "";
    if (number === at) row.setAttribute("aria-current", "step");
    else row.removeAttribute("aria-current");
  }
  return body.querySelector("[aria-current]");
}
