// The introduction of a panel: open at the first visit to the panel, one line after it. The browser keeps what it was.
import { lifetime } from "./lifetime.js";

const KEY = "playground-introductions";
const UNHURRIED = 1500; // milliseconds: the glossary is loaded after all that the panel needs
const NARROW = "(max-width: 899px)";

// {panel: "seen", or what the visitor chose: "open" or "shut"}; {} where the browser keeps nothing.
const kept = () => {
  try {
    return JSON.parse(window.localStorage.getItem(KEY)) || {};
  } catch {
    return {};
  }
};
const keep = (panel, state) => {
  try {
    window.localStorage.setItem(KEY, JSON.stringify({ ...kept(), [panel]: state }));
  } catch {
    // A private window: the introduction is open next time, too.
  }
};

/**
 * Whether an introduction starts open. On a narrow screen the result comes first, so it does not.
 * @param {string|undefined} state what the browser has kept
 * @param {boolean} narrow
 */
export const startsOpen = (state, narrow) => state === "open" || (state === undefined && !narrow);

export const panelIntro = ({ element }) => {
  const fold = element.querySelector("details");
  const panel = fold.dataset.panel;
  fold.open = startsOpen(kept()[panel], window.matchMedia(NARROW).matches);
  fold.querySelector("summary").addEventListener("click", () => keep(panel, fold.open ? "shut" : "open"));
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    setTimeout(() => window.playground.call("ui/glossary.js", "markTerms", fold), UNHURRIED);
    if (kept()[panel] === undefined) keep(panel, "seen");
  });
  observer.observe(fold);
  lifetime(element).addEventListener("abort", () => observer.disconnect());
};
