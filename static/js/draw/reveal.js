/** Keeping a table's current row in view. */

/** Scrolls the table, not the page, until a row is in view below the heading. */
export function reveal(row, frame) {
  if (!row) return;
  const top = row.offsetTop - row.offsetHeight;
  const bottom = row.offsetTop + row.offsetHeight - frame.clientHeight;
  if (frame.scrollTop > top) frame.scrollTop = top;
  else if (frame.scrollTop < bottom) frame.scrollTop = bottom;
}
