/** Time and keys: the play timer, pausing when hidden, and the keyboard. */

/** Milliseconds between strides at speed 1. */
export const BEAT = 900;

/** Moves the cursor while the store is playing. */
export function attachTimer(store) {
  let timer = null;
  store.watch(({ playing, speed }) => {
    if (!playing) {
      clearTimeout(timer);
      timer = null;
    } else if (timer === null) {
      timer = setTimeout(() => {
        timer = null;
        store.send({ type: "advance" });
      }, BEAT / speed);
    }
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) store.send({ type: "pause" });
  });
}

const isTyping = (element) => element.closest?.("textarea, select, input, [contenteditable]");
const isPressable = (element) => element.closest?.("button, a, summary, [role=button]");

/** Keys act inside the deck, and on the whole page where the deck is the page. */
export function attachKeys(store, deck, { whole, help }) {
  const keys = {
    " ": () => store.send({ type: store.get().playing ? "pause" : "play" }),
    ArrowLeft: () => store.send({ type: "step", by: -1 }),
    ArrowRight: () => store.send({ type: "step", by: 1 }),
    Home: () => store.send({ type: "go", tick: 0 }),
    End: () => store.send({ type: "go", tick: Infinity }),
    r: () => store.send({ type: "go", tick: 0 }),
    "?": help,
    Escape: () => store.send({ type: "unpin" }),
  };
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    const ours = deck.contains(target) || (whole && target === document.body);
    if (!ours || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(target) || document.querySelector("dialog[open]")) return;
    if (event.key === " " && isPressable(target)) return;
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

const still = matchMedia("(prefers-reduced-motion: reduce)");
const JUMP = 500;

/** Moves the cursor by `speed` steps a second, a frame at a time; with reduced motion, in jumps. */
export function attachPace(store) {
  let frame = null;
  let since = 0;
  const move = (now) => {
    const { playing, speed } = store.get();
    frame = playing ? requestAnimationFrame(move) : null;
    if (!playing || (still.matches && now - since < JUMP)) return;
    const by = Math.floor(((now - since) / 1000) * speed);
    if (by < 1) return;
    since += (by / speed) * 1000;
    store.send({ type: "advance", by });
  };
  store.watch(({ playing }) => {
    if (!playing || frame !== null) return;
    since = performance.now();
    frame = requestAnimationFrame(move);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) store.send({ type: "pause" });
  });
}
