// A press whose answer takes long: it waits for its turn, or for a model that is being loaded. Said beside the notice until
// the answer begins.
import { make } from "./dom.js";
import { say } from "./say.js";

const PATIENCE = 700; // milliseconds
const lines = new Map(); // panel -> what takes its line away

/** The notice that reports a panel's runs: the first one that is not among its settings. */
export const noticeIn = (panel) =>
  [...(panel?.querySelectorAll(".pg-notice-view") || [])].find((one) => !one.closest(".pg-asks"));

/**
 * What a press is waiting for, in words.
 * @param {number} count events that wait in the server's queue; nobody knows which of them is this one
 */
export const waitingFor = (count) => (count ? say("shared.outcome.in_line", { count }) : say("shared.outcome.working"));

// A notice has changed, or a view begins or ends to be busy: the run has answered.
const isAnswer = (record) =>
  record.type === "attributes" || (record.target.closest?.(".pg-notice-view") && !record.target.closest(".pg-waiting") && record.target.matches(".pg-notice"));

const queueSize = async () => {
  const answer = await fetch("gradio_api/queue/status");
  return answer.ok ? (await answer.json()).queue_size : 0;
};

/** The run of a panel has its answer: nothing waits any longer. */
export const answered = (panel) => lines.get(panel)?.();

/**
 * Says what a run is waiting for, from when it takes long until its first answer.
 * @param {Element} panel
 */
export const untilAnswer = (panel) => {
  const place = noticeIn(panel);
  if (!place) return;
  answered(panel);
  const line = make("p", "pg-notice pg-waiting");
  line.setAttribute("role", "status");
  const timer = setTimeout(async () => {
    const count = await queueSize().catch(() => 0);
    if (!lines.has(panel)) return;
    line.textContent = waitingFor(count);
    place.querySelector(".pg-notice").after(line);
  }, PATIENCE);
  const watcher = new MutationObserver((records) => records.some(isAnswer) && end());
  const stops = (event) => event.target.closest?.('button[id$="stop"]') && end();
  const end = () => {
    clearTimeout(timer);
    watcher.disconnect();
    panel.removeEventListener("click", stops, { capture: true });
    line.remove();
    lines.delete(panel);
  };
  lines.set(panel, end);
  watcher.observe(panel, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["aria-busy"] });
  panel.addEventListener("click", stops, { capture: true });
};
