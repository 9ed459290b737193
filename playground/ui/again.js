// A press that begins something again: the run before it is cancelled first.

const presses = new Map();
const CANCELLED = 150; // milliseconds until a cancelled run has closed the page's stream of answers

/**
 * Cancels the events of a group, and passes an event's inputs on once a cancelled run has ended. Of several presses at once only the newest goes on.
 * @param {string} group of events that cancel each other
 * @param {Array} values
 */
export const newestPress = (group, values) => new Promise((done) => {
  const press = (presses.get(group) || 0) + 1;
  presses.set(group, press);
  document.getElementById("cancel-" + group)?.click(); // see cancel_each_other in ui/events.py
  setTimeout(() => presses.get(group) === press && done(values), CANCELLED);
});
