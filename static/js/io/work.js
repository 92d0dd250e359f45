/** Work at the server for a store's current run: a newer run, or none, cancels it. */

/**
 * @param {object} store  its state's `run` is {revision} while something is wanted
 * @param {number} patience  milliseconds after which the store hears `slow`
 * @param {(state: object, revision: number, signal: AbortSignal) => Promise<void>} work
 */
export function attachWork(store, patience, work) {
  let current = null;
  let controller = null;
  store.watch(async (state) => {
    const revision = state.run?.revision ?? null;
    if (revision === current) return;
    controller?.abort();
    current = revision;
    if (revision === null) return;
    controller = new AbortController();
    const { signal } = controller;
    const slow = setTimeout(() => store.send({ type: "slow", revision }), patience);
    try {
      await work(state, revision, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      clearTimeout(slow);
    }
  });
}
