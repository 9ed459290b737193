// Events that the server did not take, because its line is full or their data is too large. Gradio says so in a message
// that vanishes; here it stays in the panel until the next press.
import { make } from "./dom.js";
import { firstResultIsThere } from "./opening.js";
import { answered, noticeIn } from "./waiting.js";

/**
 * Puts a sentence beside the notice of a panel. Returns whether the panel has one.
 * @param {Element|undefined} panel
 * @param {string} text
 */
export const showRefusal = (panel, text) => {
  const place = noticeIn(panel);
  if (!place || !text) return false;
  answered(panel);
  panel.querySelector(".pg-refused")?.remove();
  const line = make("p", "pg-notice pg-refused", text);
  line.dataset.tone = "error";
  line.setAttribute("role", "alert");
  place.querySelector(".pg-notice").after(line);
  const leave = (event) => {
    if (!event.target.closest?.("button, a, [role=radio], [role=option]")) return;
    line.remove();
    panel.removeEventListener("click", leave, { capture: true });
  };
  panel.addEventListener("click", leave, { capture: true });
  return true;
};

const panelInFront = () => [...document.querySelectorAll("#page-tabs .tabitem")].filter((one) => one.getClientRects().length).at(-1);

// See gradio_patches.py: a cancelled event is not shown by Gradio.
globalThis.document?.addEventListener("pg-refused", (event) => {
  firstResultIsThere(); // a page that opens shows what it has
  if (showRefusal(panelInFront(), event.detail)) event.preventDefault();
});
