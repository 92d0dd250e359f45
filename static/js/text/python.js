/** Python text as tokens, and places in it. Enough for colours; the server does the parsing. */

const KEYWORDS = new Set(
  ("False None True and as assert break class continue def del elif else except finally for from " +
    "global if import in is lambda nonlocal not or pass raise return try while with").split(" "),
);
const TOKEN = new RegExp(
  [
    /(?<comment>#.*)/,
    /(?<string>[rbfuRBFU]{0,2}(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))/,
    /(?<number>(?:\b\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?)/,
    /(?<name>[\p{L}_][\p{L}\p{N}_]*)/,
  ].map(({ source }) => source).join("|"),
  "giu",
);

/** @returns {Array<{start: number, end: number, kind: string}>} in order, names only if keywords or calls */
export function tokens(text) {
  const found = [];
  for (const match of text.matchAll(TOKEN)) {
    let kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
    const start = match.index;
    const end = start + match[0].length;
    if (kind === "name") {
      if (KEYWORDS.has(match[0])) kind = "keyword";
      else if (text[end] === "(") kind = "call";
      else continue;
    }
    found.push({ start, end, kind });
  }
  return found;
}

/** A column in code points (from 1) as an offset in the line's UTF-16 text. */
export function offsetIn(line, column) {
  let offset = 0;
  for (const point of line) {
    if (--column < 1) break;
    offset += point.length;
  }
  return offset;
}

/** The part of line `number` (from 1) that a span covers, as offsets, or null. */
export function coverage(span, number, line) {
  if (!span || number < span[0] || number > span[2]) return null;
  const start = number === span[0] ? offsetIn(line, span[1]) : line.length - line.trimStart().length;
  const end = number === span[2] ? offsetIn(line, span[3]) : line.length;
  return end > start ? { start, end } : { start, end: Math.max(end, start + 1) };
}
