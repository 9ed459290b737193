// Runs in progress: a press says what it waits for, and a second press that Gradio would ignore is answered. Presses are
// heard here, not by Gradio, which reports them only after the run.
import { make } from "./dom.js";
import { goTo, noticeOf } from "./narrow.js";
import { say } from "./say.js";
import { answered, untilAnswer } from "./waiting.js";

const running = new Set(); // element ids of the buttons of the runs

/**
 * Whether a press begins a run; if not, its run is already in progress.
 * @param {Set<string>} runs their keys; that of the press is added
 * @param {string} key
 */
export const begins = (runs, key) => {
  const isNew = !runs.has(key);
  runs.add(key);
  return isNew;
};

const answer = (place) => {
  place.querySelector(".pg-pressed")?.remove();
  const line = make("p", "pg-notice pg-pressed", say("shared.outcome.still_running"));
  line.dataset.tone = "warning";
  line.setAttribute("role", "status");
  place.querySelector(".pg-notice")?.after(line); // beside the notice, which the run's progress fills
};

const panelOf = (place) => place?.closest("[role=tabpanel]");

const press = (button) => {
  const place = noticeOf(button);
  const isIgnored = !begins(running, button.id) && button.matches(".pg-starts-once");
  if (!place) return;
  if (isIgnored) answer(place);
  else untilAnswer(panelOf(place));
  if (button.matches(".pg-starts-once")) button.setAttribute("aria-disabled", "true");
  if (place.id) goTo(`#${place.id}`);
};
globalThis.document?.addEventListener("click", (event) => {
  const button = event.target.closest?.(".pg-starts-once, .pg-starts-always-last");
  if (button) press(button);
}, { capture: true });

/**
 * A run has ended, or was stopped.
 * @param {string[]} buttons element ids of the buttons that start it
 */
export const end = (buttons) => buttons.forEach((id) => {
  const button = document.getElementById(id);
  running.delete(id);
  button?.removeAttribute("aria-disabled");
  const place = button && noticeOf(button);
  place?.querySelector(".pg-pressed")?.remove();
  if (place) answered(panelOf(place));
});
