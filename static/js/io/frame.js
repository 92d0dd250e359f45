/**
 * The frame's side of an embed. It tells the page around it `ready`, `step` and `resize`, and takes
 * `setStep`, `setTheme`, `setLang`, `play` and `pause`; heights and ticks only, never text, so that
 * any page may hear them. Whoever listens compares `event.source`: a sandboxed frame has no origin.
 */

const OURS = { source: "gradtape", v: 1 };
const PAUSE = 50;

const host = window.parent === window ? null : window.parent;

const post = (message) => host?.postMessage(message, "*");

/** @param {{type: string, tick?: number, ticks?: number, height?: number}} news */
export const tell = (news) => post({ ...OURS, ...news });

/** Tells the height of the content whenever it is another one, in our words and in LTI's: the height
 * that it would like to have, whatever `held` takes of it now. A function that measures soon. */
export function tellHeight(content, held = content) {
  let told = 0;
  let timer = null;
  const measure = () => {
    timer = null;
    held.style.maxHeight = "none";
    const height = Math.ceil(content.getBoundingClientRect().height);
    held.style.maxHeight = "";
    if (Math.abs(height - told) < 1) return;
    told = height;
    tell({ type: "resize", height });
    post({ subject: "lti.frameResize", height });
  };
  const soon = () => host && (timer ??= setTimeout(measure, PAUSE));
  new ResizeObserver(soon).observe(content);
  return soon;
}

/** The link to the full page takes the tick and the theme along. */
export function followFull(link, store) {
  link.addEventListener("click", () => {
    const url = new URL(link.href);
    const { theme } = document.documentElement.dataset;
    url.searchParams.set("tick", store.get().tick);
    if (theme) url.searchParams.set("theme", theme);
    link.href = url;
  });
}

/** The same page with other parameters; whatever a host has put after the # stays. */
function reopen(parameters) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  location.replace(url);
}

/** @param {{send: (event: object) => void, get: () => {tick: number}}} store */
export function hearHost(store) {
  const root = document.documentElement;
  const wishes = {
    setStep: ({ tick }) => Number.isInteger(tick) && store.send({ type: "go", tick }),
    setTheme: ({ theme }) => {
      if (["light", "dark"].includes(theme)) root.dataset.theme = theme;
      else delete root.dataset.theme;
    },
    setLang: ({ lang }) => {
      if (lang !== root.lang) reopen({ lang, theme: root.dataset.theme ?? "", tick: store.get().tick });
    },
    play: () => store.send({ type: "play" }),
    pause: () => store.send({ type: "pause" }),
  };
  window.addEventListener("message", ({ source, data }) => {
    if (!host || source !== host || data?.source !== OURS.source || data.v !== OURS.v) return;
    if (Object.hasOwn(wishes, data.type)) wishes[data.type](data);
  });
}
