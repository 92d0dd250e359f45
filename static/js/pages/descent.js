/** The page of the optimizer lab. */

import "./chrome.js";
import { readLab, writeLab } from "../io/lab-link.js";
import { lastStep } from "../state/race.js";
import { mountLab } from "./lab.js";

const offer = JSON.parse(document.getElementById("offer").textContent);
const { question, ...shown } = await readLab(location.search);
const store = mountLab(document.getElementById("lab"), { offer, question, shown, whole: true });

/* The picture as a link and a frame */
document.querySelector("[data-part=share]").addEventListener("click", async () => {
  const [{ openShare }, { titleOfRace }] = await Promise.all([import("../draw/share.js"), import("../text/titles.js")]);
  const state = store.get();
  const address = "/descent" + (await writeLab(state, "", lastStep(state.answer)));
  openShare({ address, title: titleOfRace(state), height: 780 });
});

/* The address follows, a few times a second at most. */
let timer = null;
store.watch((state, before) => {
  const kept = ["tick", "question", "view", "surface", "run"].every((name) => state[name] === before[name]);
  if (kept || timer !== null) return;
  timer = setTimeout(async () => {
    timer = null;
    const now = store.get();
    if (now.run || now.wanted !== null || now.damaged) return;
    const query = await writeLab(now, location.search, lastStep(now.answer));
    history.replaceState(null, "", location.pathname + query);
  }, 200);
});
