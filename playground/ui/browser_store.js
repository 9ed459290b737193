// What a visitor's browser keeps of a visit, until they start again. See browser_store.py.
import { say } from "./say.js";

const PREFIX = "playground-visit-";
// Kept before there was a prefix; the token of a browser that steers its trainings is kept too, and is nobody else's.
const ELSEWHERE = { edits: "playground-edits" };
/** Browsers store about five million characters for a site. */
export const MOST_CHARACTERS = 4_000_000;

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

const keyOf = (name) => ELSEWHERE[name] ?? PREFIX + name;

/** All that is kept, by name. */
export const keptEntries = () => {
  const store = storage();
  const names = Object.keys(store ?? {}).filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
  const found = [...names, ...Object.keys(ELSEWHERE)].map((name) => [name, store?.getItem(keyOf(name))]);
  return Object.fromEntries(found.filter(([, text]) => typeof text === "string"));
};

/**
 * Keeps these entries and nothing else. Returns whether there was room; if not, all stays as it was.
 * @param {Object<string, string>} entries
 */
export const replaceEntries = (entries) => {
  const store = storage();
  if (!store) return false;
  const before = keptEntries();
  const put = (some) => {
    Object.keys(keptEntries()).forEach((name) => store.removeItem(keyOf(name)));
    Object.entries(some).forEach(([name, text]) => store.setItem(keyOf(name), text));
  };
  try {
    put(entries);
    return true;
  } catch {
    put(before);
    return false;
  }
};

/** After a question: forgets all that is kept, and opens the page as at a first visit. */
export const startAgain = () => {
  if (!window.confirm(say("shared.visit.start_again"))) return;
  const store = storage();
  Object.keys(store ?? {}).filter((key) => key.startsWith(PREFIX)).forEach((key) => store.removeItem(key));
  window.location.assign(window.location.pathname);
};
