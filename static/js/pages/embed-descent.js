/** The optimizer lab as an embed: map, words, losses and player of the race in the address. */

import { followFull, hearHost, tell, tellHeight } from "../io/frame.js";
import { readLab } from "../io/lab-link.js";
import { lastStep } from "../state/race.js";
import { mountLab } from "./lab.js";

const { offer } = JSON.parse(document.getElementById("asked").textContent);
const { question, ...shown } = await readLab(location.search);
const store = mountLab(document.getElementById("lab"), { offer, question, shown, whole: true, light: true });

let isReady = false;
store.watch((state, before) => {
  if (state.run || !(state.answer || state.problem)) return;
  if (isReady && state.tick !== before.tick) tell({ type: "step", tick: state.tick });
  if (!isReady) tell({ type: "ready", tick: state.tick, ticks: state.answer ? lastStep(state.answer) + 1 : 0 });
  isReady = true;
});
hearHost(store);
tellHeight(document.getElementById("embed"));
followFull(document.getElementById("full"), store);
