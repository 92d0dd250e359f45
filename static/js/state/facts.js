/** What is known at the cursor: a node's value, its gradient's state, a placeholder's number. */

const key = (id, nth) => (nth ? `${id}@${nth}` : String(id));
const entry = (columns, name, p) => columns?.[name]?.[p] ?? null;

const isZero = (value) => Array.isArray(value) ? value.every(isZero)
  : value !== null && typeof value === "object" ? value.min === 0 && value.max === 0 : value === 0;

/** What .grad held before the call, if anything: after zero_() there is nothing to warn of. */
function leftover({ run, p }, name) {
  const held = entry(run.held, name, p);
  return isZero(held) ? null : held;
}

/** With a fault: whether a number is not what it should be. */
const wrongIn = ({ run, p }, kind, name) => run.wrong?.[kind]?.[name]?.[p] === true;

/** Whether a fault has spoilt the number that the tick writes. */
export const isTickWrong = (cursor) => {
  const letter = { forward: "v", seed: "s", backward: "e", update: "u" }[cursor.kind];
  return letter !== undefined && isWrong(cursor, `${letter}${cursor.id}`);
};

/** The same of what a placeholder stands for (see lookIn). */
export function isWrong(cursor, ref) {
  const { plan, call, nth } = cursor;
  if (!cursor.run.wrong) return false;
  const [, letter, id, of] = /^([a-z])(\d+)(?:@(\d+))?$/.exec(ref);
  const name = key(id, of === undefined ? call : Number(of));
  if (letter === "v") return wrongIn(cursor, "forward", id);
  if (letter === "u") return wrongIn(cursor, "after", key(id, Number(of ?? nth)));
  if (letter === "a" || letter === "b") {
    const { from } = plan.edges.get(Number(id));
    const arrivals = plan.calls[call].arrivals.get(from) ?? [];
    const place = arrivals.findIndex(({ edge }) => edge === Number(id)) - (letter === "b" ? 1 : 0);
    return isSumWrong(cursor, call, arrivals, place);
  }
  return wrongIn(cursor, { g: "gradient", e: "edge", s: "seed", h: "held", t: "grad" }[letter], name);
}

function isSumWrong(cursor, call, arrivals, place) {
  if (place < 0) return false;
  const { edge } = arrivals[place];
  const from = key(cursor.plan.edges.get(edge).from, call);
  if (place === arrivals.length - 1) return wrongIn(cursor, "gradient", from);
  return wrongIn(cursor, "partial", key(edge, call)) || wrongIn(cursor, "edge", key(edge, call));
}

function isGradientWrong(cursor, id, { state, partial, call }) {
  const name = key(id, call);
  if (state === "stale") return wrongIn(cursor, "held", name);
  if (state !== "value" && state !== "zero") return false;
  if (!partial) return wrongIn(cursor, "grad", name) || wrongIn(cursor, "gradient", name);
  const arrivals = cursor.plan.calls[call].arrivals.get(id);
  return isSumWrong(cursor, call, arrivals, arrivals.filter((one) => one.k <= cursor.k).length - 1);
}

/** The number a placeholder such as "v3", "g3", "e5", "b5", "a5", "s3", "u0", "h0", "t0" stands for. */
export function lookIn(cursor) {
  const { run, plan, p, call } = cursor;
  return (ref) => {
    const [, letter, id, nth] = /^([a-z])(\d+)(?:@(\d+))?$/.exec(ref);
    const name = key(id, nth === undefined ? call : Number(nth));
    if (letter === "v") return entry(run.forward, id, p);
    if (letter === "g") return entry(run.gradient, name, p);
    if (letter === "e") return entry(run.edge, name, p);
    if (letter === "s") return entry(run.seed, name, p) ?? entry(run.gradient, name, p);
    if (letter === "h") return entry(run.held, name, p);
    if (letter === "t") return entry(run.grad, name, p);
    if (letter === "u") return entry(run.after, key(id, Number(nth ?? cursor.nth)), p);
    const edge = plan.edges.get(Number(id));
    const arrivals = plan.calls[call].arrivals.get(edge.from) ?? [];
    const place = arrivals.findIndex((one) => one.edge === edge.id);
    if (letter === "b" && place === 0) return entry(run.seed, key(edge.from, call), p);
    return sumAfter(cursor, call, arrivals, letter === "b" ? place - 1 : place);
  };
}

/** A receiver's gradient once the arrival at `place` has been added; null before the first. */
function sumAfter({ run, plan, p }, call, arrivals, place) {
  if (place < 0) return null;
  const { edge } = arrivals[place];
  const seeded = run.seed?.[key(plan.edges.get(edge).from, call)];
  if (place === arrivals.length - 1) {
    const done = entry(run.gradient, key(plan.edges.get(edge).from, call), p);
    if (done !== null) return done;
  }
  if (place === 0 && !seeded) return entry(run.edge, key(edge, call), p);
  return entry(run.partial, key(edge, call), p);
}

/** A node's value at the cursor, and the one before the last update. */
export function valueAt(cursor, id) {
  const { run, plan, p, k } = cursor;
  const computed = plan.forwardAt.get(id) ?? -1;
  if (computed > k) return { value: null, previous: null };
  const updates = (plan.updates.get(id) ?? []).filter((at) => at <= k);
  const forward = entry(run.forward, id, p);
  if (updates.length === 0) return { value: forward, previous: null, wrong: wrongIn(cursor, "forward", String(id)) };
  const last = updates.length - 1;
  return {
    value: entry(run.after, key(id, last), p),
    previous: last ? entry(run.after, key(id, last - 1), p) : forward,
    wrong: wrongIn(cursor, "after", key(id, last)),
  };
}

/**
 * A node's gradient at the cursor.
 * @typedef {{state: "absent"|"untracked"|"pending"|"unasked"|"none"|"zero"|"value"|"stale", value: any,
 *   cause: ?object, partial?: boolean, cleared?: boolean, wrong?: boolean, call: number}} GradientFact
 * @returns {GradientFact}
 */
export function gradientAt(cursor, id) {
  if (cursor.run.calls.length === 0) return { state: "absent", value: null, cause: null, call: 0 };
  const call = callFor(cursor, id);
  const fact = call === null ? before(cursor, id) : during(cursor, id, call);
  return cursor.run.wrong ? { ...fact, wrong: isGradientWrong(cursor, id, fact) } : fact;
}

/** The gradient call that the picture is about: the latest, or the one that an update follows. */
export function currentCall({ run, plan, k, kind, id }) {
  const started = plan.calls.map((_, c) => c).filter((c) => plan.calls[c].start <= k);
  const asked = kind === "update" ? started.findLast((c) => run.calls[c].sources.includes(id)) : undefined;
  return asked ?? started.at(-1) ?? null;
}

/** Which call a node's number is from: the current one, else the last that asked for it, or none. */
function callFor(cursor, id) {
  const { run, plan, p, k } = cursor;
  const current = currentCall(cursor);
  if (current === null) return null;
  const { arrivals, targets } = plan.calls[current];
  if (arrivals.has(id) || targets.has(id)) return current;
  const asked = run.calls.findLastIndex((call, c) => call.sources.includes(id) && plan.calls[c].end <= k);
  if (asked >= 0) return asked;
  return ["stale", "untracked"].includes(entry(run.state, key(id, current), p)) ? current : null;
}

function isTracked({ run, plan, p }, id) {
  const states = run.calls.map((_, c) => entry(run.state, key(id, c), p)).filter(Boolean);
  if (states.length) return states.some((state) => state !== "untracked");
  if (!run.calls.length) return plan.nodes.get(id).tracked;
  const out = [...plan.edges.values()].filter((edge) => edge.from === id);
  return out.some((edge) => edge.tracked) || plan.calls.some((call) => call.targets.has(id));
}

function causeOf({ run, p }, id, call) {
  return entry(run.cause, key(id, call), p);
}

/** No call has reached it: not tracked, left from before, or simply not yet. */
function before(cursor, id) {
  const cause = causeOf(cursor, id, 0);
  if (!isTracked(cursor, id)) return { state: "untracked", value: null, cause, call: 0 };
  const held = leftover(cursor, key(id, 0));
  const waiting = isOver(cursor) ? "unasked" : "pending";
  return { state: held === null ? waiting : "stale", value: held, cause: null, call: 0 };
}

/** Whether the call that the picture is about has done all it does. */
function isOver(cursor) {
  const call = currentCall(cursor);
  return call !== null && cursor.k >= cursor.plan.calls[call].end;
}

function during(cursor, id, call) {
  const { run, plan, p, k } = cursor;
  const name = key(id, call);
  const final = entry(run.state, name, p);
  const cause = causeOf(cursor, id, call);
  if (final === "untracked" || (final === null && !isTracked(cursor, id))) {
    return { state: "untracked", value: null, cause, call };
  }
  const arrivals = plan.calls[call].arrivals.get(id) ?? [];
  const arrived = arrivals.filter((one) => one.k <= k);
  const reached = arrivals.length > 0 || plan.calls[call].seeds.get(id) <= k;
  const done = k >= plan.calls[call].end || (reached && arrived.length === arrivals.length);
  if (done) {
    if ((plan.cleared.get(id) ?? []).some((at) => at > plan.calls[call].end && at <= k)) {
      return { state: "pending", value: null, cause: null, cleared: true, call };
    }
    const value = entry(run.grad, name, p) ?? entry(run.gradient, name, p);
    const state = final ?? (value === null ? "unasked" : "value");
    return { state, value, cause, call };
  }
  if (arrived.length) {
    const value = sumAfter(cursor, call, arrivals, arrived.length - 1);
    return { state: "value", value, cause: null, partial: true, call };
  }
  const held = leftover(cursor, name);
  return { state: held === null ? "pending" : "stale", value: held, cause: null, call };
}

/** What flowed back through an edge into the number that its receiver shows, or null. */
export function productAt(cursor, id) {
  const { run, plan, p, k } = cursor;
  const { from } = plan.edges.get(id);
  const call = callFor(cursor, from);
  const arrival = plan.calls[call]?.arrivals.get(from)?.find((one) => one.edge === id);
  return arrival && arrival.k <= k ? entry(run.edge, key(id, call), p) : null;
}

/**
 * At the last tick that adds to a node's gradient: whether .grad held something already, and whether
 * it comes from this very pass. Null where it did not, or where no .grad is kept.
 */
export function keptAt(cursor) {
  const account = ledgerAt(cursor);
  if (!account?.complete || !account.rows.at(-1).now || account.grad === null) return null;
  const { call, node, run } = cursor;
  if (leftover(cursor, key(node.id, call)) === null) return null;
  const again = Array.from({ length: call }, (_, nth) => key(node.id, nth)).some((name) => run.grad?.[name]);
  return { again };
}

/** A ledger with more rows tells the first, those around the present one, and the last. */
const FEW = 40;

/** The accumulation ledger of the node a backward tick writes to. */
export function ledgerAt(cursor) {
  const { run, plan, p, k, call, node, kind } = cursor;
  if (kind !== "backward") return null;
  const arrivals = plan.calls[call].arrivals.get(node.id);
  const now = arrivals.findIndex((one) => one.k === k);
  const rows = [];
  let untold = 0;
  arrivals.forEach((one, place) => {
    if (arrivals.length > FEW && place > 1 && Math.abs(place - now) > 5 && place < arrivals.length - 1) return untold++;
    const edge = plan.edges.get(one.edge);
    rows.push({
      edge, untold,
      from: plan.nodes.get(edge.to),
      product: one.k <= k ? entry(run.edge, key(one.edge, call), p) : null,
      wrong: isSumWrong(cursor, call, arrivals, place),
      sum: one.k <= k ? sumAfter(cursor, call, arrivals, place) : null,
      now: one.k === k,
    });
    return (untold = 0);
  });
  const name = key(node.id, call);
  const complete = arrivals.at(-1).k <= k;
  return {
    node, rows, complete,
    held: entry(run.held, name, p),
    grad: complete ? entry(run.grad, name, p) : null,
    gradient: complete ? entry(run.gradient, name, p) : null,
  };
}
