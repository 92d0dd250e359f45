/** What follows from a graph's list of ticks alone: who is written when, and where phases end. */

/** @typedef {ReturnType<typeof build>} Plan */

/** @type {WeakMap<object, Plan>} */
const plans = new WeakMap();

/** @param {import("../types.js").Run} run @param {import("../types.js").Graph} graph */
export function planOf(run, graph) {
  if (!plans.has(run)) plans.set(run, build(run, graph));
  return plans.get(run);
}

function phaseOf(entry, graph, loss) {
  const [kind, id] = entry;
  if (kind === "forward") return id === loss ? "loss" : "forward";
  if (kind === "event") return "tape";
  return kind === "update" ? "update" : "backward";
}

const push = (map, key, item) => map.set(key, [...(map.get(key) ?? []), item]);

function groups(keys) {
  const start = [];
  const end = Array(keys.length);
  keys.forEach((key, k) => (start[k] = k && keys[k - 1] === key ? start[k - 1] : k));
  for (let k = keys.length - 1; k >= 0; k--) {
    end[k] = k + 1 < keys.length && keys[k + 1] === keys[k] ? end[k + 1] : k;
  }
  return { start, end };
}

function build(run, graph) {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const edges = new Map(graph.edges.map((edge) => [edge.id, edge]));
  const targetsOf = (call) => new Set(call.targets ?? [call.target]);
  const forwardAt = new Map();
  const updates = new Map();
  const cleared = new Map();
  /** Per gradient call: its first and last tick, when each target is seeded, who arrives where. */
  const calls = run.calls.map((call) =>
    ({ start: Infinity, end: -1, targets: targetsOf(call), seeds: new Map(), arrivals: new Map() }));
  const written = [];

  graph.ticks.forEach(([kind, id, nth = 0], k) => {
    written[k] = id;
    if (kind === "forward") forwardAt.set(id, k);
    if (kind === "update") push(updates, id, k);
    if (kind === "event") {
      const { event, node = null } = graph.events[id];
      written[k] = node;
      if (/^(zero|discard)/.test(event)) push(cleared, node, k);
    }
    if (kind === "backward") {
      written[k] = edges.get(id).from;
      push(calls[nth].arrivals, written[k], { edge: id, k });
    }
    if (kind === "seed") calls[nth].seeds.set(id, k);
    if (kind === "seed" || kind === "backward") {
      calls[nth].start = Math.min(calls[nth].start, k);
      calls[nth].end = k;
    }
  });

  // A call through which nothing travels has no tick of its own: it comes right after the last one.
  calls.forEach((call, c) => {
    if (call.end < 0) call.start = call.end = c ? calls[c - 1].end : graph.ticks.length - 1;
  });

  /** The loss: what is computed last of all that gradients are asked of. */
  const loss = run.calls.flatMap((call) => [...targetsOf(call)])
    .reduce((last, id) => ((forwardAt.get(id) ?? -1) > (forwardAt.get(last) ?? -1) ? id : last), null);
  const phases = graph.ticks.map((entry) => phaseOf(entry, graph, loss));
  const phaseKeys = graph.ticks.map(([, , nth = 0], k) =>
    phases[k] === "backward" ? `backward ${nth}` : phases[k]);
  return {
    nodes, edges, forwardAt, updates, cleared, calls, written, phases,
    groups: {
      node: groups(written.map((id, k) => `${phaseKeys[k]} ${id}`)),
      phase: groups(phaseKeys),
      pass: groups(graph.ticks.map(() => "")),
    },
  };
}
