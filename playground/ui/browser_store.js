// What a visitor's browser keeps of a visit, until they start again. See browser_store.py.
import { say } from "./say.js";

const PREFIX = "playground-visit-";
const MOST_CHARACTERS = 4_000_000; // browsers store about five million for a site

const storage = () => {
  try {
    return window.localStorage;
  } catch {
    return null; // a browser that stores nothing
  }
};

/**
 * The text kept under a name, "" for none.
 * @param {string} name
 */
export const recall = (name) => storage()?.getItem(PREFIX + name) ?? "";

/**
 * Keeps a text. One that is too long is not kept, and replaces nothing.
 * @param {string} name
 * @param {string} text
 */
export const remember = (name, text) => {
  if (text.length > MOST_CHARACTERS) return;
  try {
    storage()?.setItem(PREFIX + name, text);
  } catch {
    // full: what was kept before stays
  }
};

/** After a question: forgets all that is kept, and opens the page as at a first visit. */
export const startAgain = () => {
  if (!window.confirm(say("shared.visit.start_again"))) return;
  const store = storage();
  Object.keys(store ?? {}).filter((key) => key.startsWith(PREFIX)).forEach((key) => store.removeItem(key));
  window.location.assign(window.location.pathname);
};
