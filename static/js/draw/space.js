/** The surface in space: made when it is asked for, given back when it is hidden. */

import { isFinitePoint, real } from "../state/race.js";
import { t } from "../text/messages.js";
import { setText } from "./dom.js";
import { tickText } from "./frame.js";
import { dashOf, inkOf, turned } from "./looks.js";
import { hasWebGl, loadPlotly, plotSurface } from "./plotly.js";

/** Between two drawings while paths move. */
const PAUSE = 180;
/** Plotly's own markers know no triangle: letters have the shapes that the map and its key have. */
const SYMBOLS = ["●", "■", "▲", "◆", "▼", "✚", "⬟", "★"];

const onMap = ({ x, y }, across, up) => across >= x[0] && across <= x.at(-1) && up >= y[0] && up <= y.at(-1);

/** What has been walked and lies on the map: [x, y, loss]. */
function walked(run, step, relief) {
  const found = [];
  for (let k = 0; k < Math.min(step + 1, run.position.length); k++) {
    const [x, y, loss] = [...run.position[k], run.value[k]].map(real);
    if (!isFinitePoint([x, y, loss])) break;
    if (onMap(relief, x, y)) found.push([x, y, loss]);
  }
  return found;
}

const dashName = (look) => (dashOf(look).length ? ["solid", "dash", "dot", "dashdot", "dash", "longdashdot", "longdash", "dot"][turned(look)] : "solid");

/** @param {HTMLElement} room @param {HTMLElement} note */
export function createSpace(room, note) {
  let latest = null;
  let busy = false;
  let made = false;
  let able = null;

  async function work() {
    if (busy) return;
    busy = true;
    if (!made) setText(note, t("The surface is being drawn…"));
    try {
      const Plotly = await loadPlotly();
      while (latest) {
        const { size, relief, picture, colours, shades } = latest;
        latest = null;
        const trails = picture.runs.map((run, index) => ({
          points: walked(run, picture.step, relief), colour: colours[inkOf(run.look ?? index)],
          dash: dashName(run.look ?? index), symbol: SYMBOLS[turned(run.look ?? index)] }));
        made = true;
        await plotSurface(Plotly, room, { width: size[0], height: size[1] }, relief, {
          names: picture.names, shades, ink: colours.ink, line: colours.contour, label: t("loss"), tick: tickText, trails,
          minima: (picture.minima ?? []).filter(([x, y]) => onMap(relief, x, y)) });
        room.dataset.drawn = picture.step;
        setText(note, "");
        await new Promise((resume) => setTimeout(resume, PAUSE));
      }
    } catch {
      setText(note, t("The surface could not be drawn. The contour map shows the same landscape."));
    } finally {
      busy = false;
    }
  }

  return {
    /** Whether the browser can; where it cannot, the note says so. */
    able() {
      able ??= hasWebGl();
      setText(note, able ? "" : t("This browser has no WebGL, so there is no view in space. The contour map shows the same landscape."));
      return able;
    },
    draw(scene) {
      room.hidden = false;
      if (!scene.relief) return;
      latest = scene;
      work();
    },
    clear() {
      latest = null;
      room.hidden = true;
      if (!made) return;
      made = false;
      window.Plotly.purge(room);
      delete room.dataset.drawn;
    },
  };
}
