// Narrow screens, where the sampler's settings are a drawer at the bottom and results are below the settings.

import { noticeIn } from "./waiting.js";

const isNarrow = () => window.innerWidth < 900;

/** Closes the drawer of settings, on a narrow screen. */
export const closeDrawer = () => {
  const open = document.querySelector(".pg-drawer button.label-wrap.open");
  if (isNarrow() && open) open.click();
};

/**
 * The notice that reports what a button began: that of its part of a panel, or of the panel around a part that has none.
 * @param {Element} button
 * @returns {Element|undefined}
 */
export const noticeOf = (button) => {
  for (let panel = button.closest("[role=tabpanel]"); panel; panel = panel.parentElement.closest("[role=tabpanel]")) {
    const notice = noticeIn(panel);
    if (notice) return notice;
  }
  return undefined;
};

/**
 * Scrolls to a result, on a narrow screen.
 * @param {string} selector
 */
export const goTo = (selector) => {
  const place = document.querySelector(selector);
  if (isNarrow() && place) place.scrollIntoView({ block: "start", behavior: "smooth" });
};

// What a button fills: a training's picture, or what is below the notice.
const resultOf = (button) => {
  const views = button.closest(".column:has(> .pg-train-row)")?.querySelectorAll(":scope > .pg-train-row section") || [];
  return [...views].find((one) => one.getClientRects().length) || noticeOf(button);
};

// A button below its result: the result may be above the screen. Text's runs go to theirs themselves.
globalThis.document?.addEventListener("click", (event) => {
  const button = event.target.closest?.('[role=tabpanel] button:is(.primary, [id*="-example-"])');
  const result = button && !button.closest("#panels") && resultOf(button);
  if (result && isNarrow() && result.getBoundingClientRect().top < 0) result.scrollIntoView({ block: "start", behavior: "smooth" });
}, { capture: true });
