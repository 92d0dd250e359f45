/** One state, changed only by events. */

/** Holds the state, tells its listeners of each change. reduce: (state, event) to state. */
export function hold(state, reduce) {
  const listeners = new Set();
  const store = {
    get: () => state,
    send(event) {
      const before = state;
      state = reduce(state, event);
      if (state !== before) for (const listener of listeners) listener(state, before);
    },
    watch(listener) {
      listeners.add(listener);
      listener(state, state);
    },
  };
  return store;
}
