// Rows of tabs for the keyboard, as WAI-ARIA's tabs pattern has them: one place in the tab order, which the arrow keys move.
import { arrowStep } from "./roving.js";

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

// Gradio's tabs are all in the tab order. They are drawn again at any time, so this is done just before the focus can move.
const setOrder = () => document.querySelectorAll("[role=tablist]").forEach((row) => {
  tabsOf(row).forEach((tab) => (tab.tabIndex = tab.getAttribute("aria-selected") === "true" ? 0 : -1));
});
["focusin", "keydown"].forEach((name) => document.addEventListener(name, setOrder, { capture: true }));

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
