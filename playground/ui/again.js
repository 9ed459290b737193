// A press that begins something again: the run before it is cancelled first.
import { goTo } from "./narrow.js";
import { untilAnswer } from "./waiting.js";

const presses = new Map();
const CANCELLED = 150; // milliseconds until a cancelled run has closed the page's stream of answers

/**
 * Cancels the events of a group, and passes an event's inputs on once a cancelled run has ended. Of several presses at once only the newest goes on.
 * @param {string} group of events that cancel each other
 * @param {Array} values
 * @param {string} [result] selector of what the run fills, to go to on a narrow screen
 */
export const newestPress = (group, values, result) => new Promise((done) => {
  const press = (presses.get(group) || 0) + 1;
  presses.set(group, press);
  const cancel = document.getElementById("cancel-" + group); // see cancel_each_other in ui/events.py
  cancel?.click();
  if (result) goTo(result);
  setTimeout(() => {
    if (presses.get(group) !== press) return;
    untilAnswer(cancel?.closest("[role=tabpanel]"));
    done(values);
  }, CANCELLED);
});
