/**
 * The words of the page's data: the trace as the server sends it, and the cursor on it.
 *
 * @typedef {number|string|boolean|null|Summary|Value[]} Value
 *   One entry of a column: number, "NaN" and its like, nested lists, or a large array's summary.
 * @typedef {{shape: number[], dtype: string, min: Value, max: Value, mean: Value, std: Value,
 *   zeros: number, corner?: Value[][]}} Summary
 * @typedef {{en: string, ko: string}} Words
 * @typedef {[number, number, number, number]} Span  line, column, end line, end column; from 1
 * @typedef {{latex: string, mathml: string}} Formula
 * @typedef {{id: number, role: "variable"|"constant"|"op", op: ?string, label: string,
 *   name: ?string, symbol: string, shape: number[], dtype: string, span: ?Span,
 *   inputs: number[], formula?: Formula, words?: Words}} Node
 * @typedef {{id: number, from: number, to: number, tracked: boolean, rule: ?Formula,
 *   words: ?Words}} Edge
 * @typedef {{width: number, height: number, nodes: Object<string, number[]>,
 *   edges: Object<string, string>, labels: Object<string, number[]>}} Layout
 * @typedef {{id: number, nodes: Node[], edges: Edge[], ticks: Array<[string, number, number?]>,
 *   events: Array<{event: string, span: ?Span, node: ?number, words: Words}>,
 *   updates?: Array<{node: number, nth?: number, span: ?Span}>,
 *   layout: Layout, portrait: Layout, page?: Layout, frame?: Layout}} Graph
 * @typedef {{code: string, node?: number, line?: number}} Cause
 * @typedef {Object<string, Value[]>} Columns
 * @typedef {{graph: number, first: number, count: number, first_tick: number, line: ?number,
 *   calls: Array<{target: number, targets?: number[], sources: number[], method: string,
 *     span: ?Span}>,
 *   forward: Columns, edge: Columns, partial?: Columns, seed?: Columns, gradient: Columns, after: Columns,
 *   state: Object<string, string[]>, cause?: Object<string, ?Cause[]>,
 *   held?: Columns, grad?: Columns}} Run
 * @typedef {{code?: string, message: string, hint?: ?string, span: ?Span,
 *   framework_error?: string}} Diagnostic
 * @typedef {{status: "ok"|"error"|"limit", diagnostic: ?Diagnostic, stdout: string,
 *   prints: Array<[number, number]>, echo: Array<{span: Span, text: string, tick: number}>,
 *   notes: Array<{code: string, span: ?Span, text: Words}>, ticks: number, graphs: Graph[],
 *   passes: Run[], causes: Object<string, Words>, variables: Object<string, object>}} Trace
 *
 * @typedef {{source: string, inputs?: object, seed?: number}} Program
 */

export {};
