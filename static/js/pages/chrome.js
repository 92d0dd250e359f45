/** What every page has: the theme switch, and links that keep language and theme. */

const KEPT = ["lang", "theme"];

/** Follows a link with the current language and theme, unless it names its own. */
export function withChoices(href) {
  const url = new URL(href, location.href);
  const now = new URLSearchParams(location.search);
  for (const name of KEPT) {
    if (now.has(name) && !url.searchParams.has(name)) url.searchParams.set(name, now.get(name));
  }
  return url;
}

function chooseTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  const url = new URL(location.href);
  if (theme) url.searchParams.set("theme", theme);
  else url.searchParams.delete("theme");
  history.replaceState(null, "", url);
}

const theme = document.getElementById("theme");
theme.hidden = false;
theme.addEventListener("change", () => chooseTheme(theme.value));

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || link.origin !== location.origin || link.hash || event.defaultPrevented) return;
  link.href = withChoices(link.href);
});

/** The other language shows the same picture: it takes the whole address along. */
const language = document.getElementById("language");
language.addEventListener("click", () => {
  const url = new URL(location.href);
  url.searchParams.set("lang", language.hreflang);
  language.href = url;
});
