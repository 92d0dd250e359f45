/** The page's address: everything that is needed to draw the same picture again. */

const VERSION = "v1.";
const FAULTS = ["overwrite", "keep"];

async function through(bytes, transform) {
  const stream = new Blob([bytes]).stream().pipeThrough(transform);
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** @param {object} data JSON as v1.<base64url(deflate-raw)> */
export async function pack(data) {
  const text = new TextEncoder().encode(JSON.stringify(data));
  const bytes = await through(text, new CompressionStream("deflate-raw"));
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return VERSION + btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The reverse; null for anything that is not such a text. */
export async function unpack(text) {
  if (!text?.startsWith(VERSION)) return null;
  try {
    const binary = atob(text.slice(VERSION.length).replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    const plain = await through(bytes, new DecompressionStream("deflate-raw"));
    return JSON.parse(new TextDecoder().decode(plain));
  } catch {
    return null;
  }
}

/** The program and tick that an address asks for; an example where its program cannot be read. */
export async function readAddress(search, examples) {
  const query = new URLSearchParams(search);
  const tick = /^\d+$/.test(query.get("tick") ?? "") ? Number(query.get("tick")) : null;
  const packed = await unpack(query.get("q"));
  if (typeof packed?.source === "string") {
    const { source, inputs, seed } = packed;
    const fault = FAULTS.includes(packed.fault) ? packed.fault : undefined;
    return { program: { source, inputs, seed, fault }, tick };
  }
  const example = examples.find(({ id }) => id === query.get("example")) ?? examples[0];
  const { source = "", inputs, id = null } = example ?? {};
  const damaged = query.has("q");
  return { program: { source, inputs, example: id }, tick: damaged ? null : tick, damaged };
}

/** The query for a state; the language and theme in the current one are kept. */
export async function writeAddress(state, search, examples) {
  const query = new URLSearchParams(search);
  for (const name of ["q", "example", "tick"]) query.delete(name);
  const known = examples.find(({ id }) => id === state.example);
  const same = known?.source === state.source && !state.fault
    && JSON.stringify(known.inputs) === JSON.stringify(state.inputs);
  if (same) {
    if (known !== examples[0]) query.set("example", known.id);
  } else {
    const { source, inputs, seed, fault } = state;
    query.set("q", await pack({ source, inputs, seed, fault }));
  }
  if (state.tick > 0) query.set("tick", state.tick);
  const text = query.toString();
  return text && "?" + text;
}

/** Writes the address behind the store's changes, at most a few times a second; a damaged one stays until an edit. */
export function attachAddress(store, examples) {
  let timer = null;
  const write = async () => {
    timer = null;
    const state = store.get();
    if (state.damaged || (!state.trace && state.wanted !== null)) return;
    const query = await writeAddress(state, location.search, examples);
    history.replaceState(null, "", location.pathname + query);
  };
  store.watch((state, before) => {
    const same = state.tick === before.tick && state.revision === before.revision;
    if (!same && timer === null) timer = setTimeout(write, 200);
  });
}
