/** The page's own sentences. English is the key, or in a joined script a number; the catalogue stands in the page as JSON. */

export const lang = document.documentElement.lang === "ko" ? "ko" : "en";

const catalogue = JSON.parse(document.getElementById("messages")?.textContent || "{}");

/** A sentence in the page's language, its {names} filled. */
export function t(sentence, values = {}) {
  const text = catalogue[sentence] || sentence;
  return text.replace(/\{(\w+)\}/g, (hole, name) => values[name] ?? hole);
}

/** The reading of a trace's own {en, ko} text. */
export const read = (words) => words?.[lang] ?? words?.en ?? "";
