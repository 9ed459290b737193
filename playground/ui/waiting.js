// A press whose answer takes long: it waits for its turn, or for a model that is being loaded. Said beside the notice until
// the answer begins.
import { make } from "./dom.js";
import { say } from "./say.js";

const PATIENCE = 700; // milliseconds
const LOOK_AGAIN = 2000; // milliseconds between two looks at the line
const lines = new Map(); // panel -> what takes its line away

/** The notice that reports a panel's runs: the first one that is not among its settings. */
export const noticeIn = (panel) =>
  [...(panel?.querySelectorAll(".pg-notice-view") || [])].find((one) => !one.closest(".pg-asks"));

/**
 * What a press is waiting for, in words.
 * @param {{before: number, seconds: ?number}} place the visitor's in the server's line; before: how many runs come first
 */
export const waitingFor = (place) => (place.before ? inLine(say("shared.outcome.in_line", { count: place.before }), place) : say("shared.outcome.working"));
/** A place in line with about how long it takes, if that is known and worth saying. */
export const inLine = (line, { seconds }) => (seconds >= 1 ? say("shared.outcome.about", { line, seconds: Math.round(seconds) }) : line);

/** The visitor's place in the server's line: {before, seconds}. */
export const placeInLine = async () => {
  try {
    const answer = await fetch("place");
    return answer.ok ? await answer.json() : { before: 0, seconds: null };
  } catch {
    return { before: 0, seconds: null };
  }
};

// A notice has changed, or a view begins or ends to be busy: the run has answered.
const isAnswer = (record) =>
  record.type === "attributes" || (record.target.closest?.(".pg-notice-view") && !record.target.closest(".pg-waiting") && record.target.matches(".pg-notice"));

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
  let timer = 0;
  const look = async () => {
    const standing = await placeInLine();
    if (lines.get(panel) !== end) return;
    line.textContent = waitingFor(standing);
    if (!line.isConnected) place.querySelector(".pg-notice").after(line);
    timer = setTimeout(look, LOOK_AGAIN);
  };
  timer = setTimeout(look, PATIENCE);
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
