/** Messages whose holes are filled with more than text. */

/** One of our own messages, its {names} filled with parts of any kind. */
export function spread(sentence, holes) {
  return sentence.split(/(\{\w+\})/).filter(Boolean).map((piece) => {
    const hole = holes[piece.slice(1, -1)];
    return piece.startsWith("{") && hole !== undefined ? hole : piece;
  });
}
