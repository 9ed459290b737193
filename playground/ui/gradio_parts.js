// What Gradio's parts lack for the keyboard and for screen readers. Rows of tabs are one place in the tab order, which the
// arrow keys move, as WAI-ARIA's tabs pattern has it; folds say whether they are open; reset buttons say what they reset.
import { arrowStep, setPlace } from "./roving.js";
import { say } from "./say.js";

const tabsOf = (row) => [...row.querySelectorAll("[role=tab]")].filter((tab) => !tab.disabled);

/**
 * The tab that a key leads to, or null. The row goes round, as the pattern recommends.
 * @param {Array} tabs in their order
 * @param {number} at the one that has the focus
 * @param {string} key
 */
export const tabAt = (tabs, at, key) => {
  const step = at < 0 || key === "ArrowUp" || key === "ArrowDown" ? 0 : arrowStep(key);
  if (!step) return null;
  return Number.isFinite(step) ? tabs[(at + step + tabs.length) % tabs.length] : tabs.at(step < 0 ? 0 : -1);
};

/** Scrolls a row of tabs so that a tab can be seen, where the row is longer than the screen. */
export const showTab = (tab) => {
  const row = tab && tab.closest("[role=tablist]");
  if (!row || row.scrollWidth <= row.clientWidth) return;
  row.scrollTo({ left: tab.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2 });
};

const setTabOrder = (row) => setPlace(tabsOf(row), tabsOf(row).findIndex((tab) => tab.getAttribute("aria-selected") === "true"));

const nameReset = (button) => {
  const input = button.parentElement.querySelector("input[aria-label]");
  const name = input && input.getAttribute("aria-label").replace(/^number input for /, "");
  if (name) button.setAttribute("aria-label", say("shared.page.reset", { name }));
};

// Gradio draws its parts again at any time, so this is done whenever the focus can move, and after a click has had its effect.
const complete = () => {
  document.querySelectorAll("[role=tablist]").forEach(setTabOrder);
  document.querySelectorAll("button.label-wrap").forEach((fold) => fold.setAttribute("aria-expanded", fold.classList.contains("open")));
  document.querySelectorAll("button.reset-button").forEach(nameReset);
};
["focusin", "keydown"].forEach((name) => document.addEventListener(name, complete, { capture: true }));
document.addEventListener("click", () => setTimeout(complete), { capture: true });

document.addEventListener("keydown", (event) => {
  const row = event.target.closest && event.target.closest("[role=tablist]");
  if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
  const tabs = tabsOf(row);
  const tab = tabAt(tabs, tabs.indexOf(event.target), event.key);
  if (!tab) return;
  event.preventDefault();
  tab.click();
  tab.focus();
  showTab(tab);
});
