/** Plotly, fetched when the first surface is shown, without loosening the page's style policy. */

import { h, styled } from "./dom.js";
import { decades, ticks } from "./frame.js";

const SOURCE = new URL("../../plotly/plotly.min.js", import.meta.url);
const SHEET = new URL("../../css/plotly.css", import.meta.url);
/** Plotly puts its rules into a sheet of this name; ours is a file, which the policy allows. */
const OWN_SHEET = "plotly.js-style-global";
/** The map library inside it brings a style element; an element of this name says it is there. */
const MAP_SHEET = "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53";

let loading = null;

/** Resolves to Plotly; rejects where it does not load, and tries again the next time. */
export function loadPlotly() {
  loading ??= load().catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function load() {
  if (!document.getElementById(MAP_SHEET)) document.head.append(h("meta", { id: MAP_SHEET }));
  if (!document.getElementById(OWN_SHEET)) await styled(SHEET, { id: OWN_SHEET });
  await new Promise((done, fail) => {
    const failed = () => fail(new Error("plotly.js did not load"));
    document.head.append(h("script", { src: SOURCE, onload: done, onerror: failed }));
  });
  return window.Plotly;
}

/** Whether this browser draws in three dimensions. */
export function hasWebGl() {
  const canvas = document.createElement("canvas");
  const found = canvas.getContext("webgl2") ?? canvas.getContext("webgl");
  found?.getExtension("WEBGL_lose_context")?.loseContext();
  return found !== null;
}

const CONFIG = { displayModeBar: false, displaylogo: false, responsive: false, doubleClick: false, showTips: false };

const scale = (colours) => colours.map((colour, index) => [index / (colours.length - 1), colour]);

/** A contour map that fills the frame; axes and paths are drawn above it. */
export async function plotContour(Plotly, room, frame, relief, { names, shades, line, label }) {
  const { left, right, top, bottom, width, height, view } = frame;
  const axis = (range) => ({ range, visible: false, fixedrange: true });
  const trace = {
    type: "contour", x: relief.x, y: relief.y, z: relief.heights, customdata: relief.losses,
    zmin: relief.bottom, zmax: relief.top, zauto: false, autocontour: false, colorscale: scale(shades),
    contours: { coloring: "fill", start: relief.levels[0], end: relief.levels.at(-1), size: relief.step },
    line: { width: 0.75, color: line, smoothing: 0 }, showscale: false,
    hovertemplate: `${names[0]} %{x:.4g}<br>${names[1]} %{y:.4g}<br>${label} %{customdata:.5g}<extra></extra>`,
  };
  const layout = {
    width, height, margin: { l: left, r: width - right, t: top, b: height - bottom, pad: 0 },
    paper_bgcolor: "transparent", plot_bgcolor: "transparent", dragmode: false, hovermode: "closest",
    showlegend: false, xaxis: axis(view[0]), yaxis: axis(view[1]),
  };
  await Plotly.react(room, [trace], layout, CONFIG);
}

/** The rim of the surface, which would fade into a light page. */
function edges({ x, y, heights }) {
  const [last, top] = [x.length - 1, y.length - 1];
  const across = x.map((_, i) => i);
  const up = y.map((_, j) => j);
  const round = [...across.map((i) => [i, 0]), ...up.map((j) => [last, j]),
    ...across.toReversed().map((i) => [i, top]), ...up.toReversed().map((j) => [0, j])];
  return { x: round.map(([i]) => x[i]), y: round.map(([, j]) => y[j]), z: round.map(([i, j]) => heights[j][i]) };
}

/** The highest corner of the surface's cells within `reach` cells of a point. */
function facet({ x, y, heights }, across, up, reach = 0) {
  const cell = (places, at) => Math.max(0, Math.min(places.length - 2, places.findLastIndex((one) => one <= at)));
  const near = (places, at) => [Math.max(0, cell(places, at) - reach), cell(places, at) + 2 + reach];
  return Math.max(...heights.slice(...near(y, up)).flatMap((row) => row.slice(...near(x, across))).filter(Number.isFinite));
}

/** Cells around a pin that its head stands above. */
const PIN = 6;

/** The landscape in space, with paths that lie a little above it. trails: [{points, colour, dash}] */
export async function plotSurface(Plotly, room, { width, height }, relief, { names, shades, ink, line, label, tick, trails, minima }) {
  // The scene is as tall as the room: in a narrow one, where texts are wide too, one stands further off.
  const far = Math.max(0.92, (1.02 * height) / width) * (width < 480 ? 1.1 : 1);
  const axis = (title) => ({ title: { text: title }, color: ink, gridcolor: line, zerolinecolor: line, showspikes: false });
  const lift = (relief.top - relief.bottom) * 0.02;
  const losses = relief.logarithmic ? decades(relief.loss(relief.bottom), relief.loss(relief.top), width < 480 ? 3 : 6) : ticks(relief.bottom, relief.top, 5);
  const surface = {
    type: "surface", x: relief.x, y: relief.y, z: relief.heights, customdata: relief.losses, colorscale: scale(shades),
    cmin: relief.bottom, cmax: relief.top, showscale: false,
    lighting: { ambient: 0.75, diffuse: 0.5, specular: 0.08, roughness: 0.9 },
    contours: { z: { show: true, color: line, width: 1, start: relief.levels[0], end: relief.levels.at(-1), size: relief.step } },
    hovertemplate: `${names[0]} %{x:.4g}<br>${names[1]} %{y:.4g}<br>${label} %{customdata:.5g}<extra></extra>`,
  };
  /** Above the facets, which in a narrow valley lie higher than the ground that is walked. */
  const above = ([x, y, loss]) => Math.max(relief.height(loss), facet(relief, x, y)) + lift;
  const lines = trails.flatMap(({ points, colour, dash, symbol }) => {
    const walked = points.map((point) => [point[0], point[1], above(point)]);
    const column = (axisNumber, from) => from.map((point) => point[axisNumber]);
    const last = walked.slice(-1);
    return [
      { type: "scatter3d", mode: "lines", x: column(0, walked), y: column(1, walked), z: column(2, walked),
        line: { color: colour, width: 5, dash }, hoverinfo: "skip", showlegend: false },
      /* A pin: what stands on the ground would be cut by the slope beside it. */
      { type: "scatter3d", mode: "lines+text", x: column(0, [...last, ...last]), y: column(1, [...last, ...last]),
        z: last.flatMap(([x, y, z]) => [z, Math.max(z, facet(relief, x, y, PIN)) + 3 * lift]), line: { color: colour, width: 3 },
        text: ["", symbol], textfont: { size: 22, color: colour }, hoverinfo: "skip", showlegend: false },
    ];
  });
  const still = { hoverinfo: "skip", showlegend: false, type: "scatter3d" };
  const edge = { ...still, mode: "lines", line: { color: line, width: 3 }, ...edges(relief) };
  const lowest = { ...still, mode: "text", text: minima.map(() => "+"), textfont: { size: 26, color: ink },
    x: minima.map(([x]) => x), y: minima.map(([, y]) => y), z: minima.map(() => relief.bottom + lift) };
  const layout = {
    width, height, margin: { l: 0, r: 0, t: 0, b: 0 }, paper_bgcolor: "transparent", uirevision: "kept", showlegend: false,
    scene: {
      xaxis: axis(names[0]), yaxis: axis(names[1]), aspectmode: "manual", aspectratio: { x: 1.25, y: 1.25, z: 0.6 },
      zaxis: { ...axis(label), tickvals: losses.map(relief.height), ticktext: losses.map(tick) },
      camera: { eye: { x: 0.3 * far, y: -1.15 * far, z: 2.36 * far }, center: { x: 0, y: 0.02, z: -0.08 } },
    },
  };
  await Plotly.react(room, [surface, edge, lowest, ...lines], layout, CONFIG);
}
