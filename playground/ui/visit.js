// A whole visit as one file: what the browser keeps of it, and a link for each panel. Nothing of a file is run.
import { say } from "./say.js";
import { keptEntries, MOST_CHARACTERS, replaceEntries } from "./browser_store.js";
import { isQuery, MOST_ENTRIES } from "./visit_links.js";

const FORMAT = "generative-playground-visit";
const VERSION = 1;

/**
 * A visit as the text of a file.
 * @param {Object<string, string>} entries what the browser keeps, by name
 * @param {string} query the link of the panel in front
 * @param {Date} now
 */
export const visitText = (entries, query, now) => JSON.stringify({ format: FORMAT, version: VERSION, saved: now.toISOString(), query, entries });

/**
 * The visit in a file: {query, entries}.
 * @param {string} text
 * @throws {Error} with a sentence, if it is anything else
 */
export const readVisit = (text) => {
  if (text.length > 2 * MOST_CHARACTERS) throw new Error(say("shared.visit.too_large"));
  let data = null;
  try {
    data = JSON.parse(text);
  } catch {
    // not JSON: no visit
  }
  if (data?.format !== FORMAT) throw new Error(say("shared.visit.no_visit"));
  if (data.version !== VERSION) throw new Error(say("shared.visit.other_version"));
  const entries = data.entries;
  const isRight = ([name, value]) => /^[a-z][a-z0-9-]{0,40}$/.test(name) && typeof value === "string";
  const list = entries && typeof entries === "object" && !Array.isArray(entries) ? Object.entries(entries) : null;
  if (!list || list.length > MOST_ENTRIES || !list.every(isRight)) throw new Error(say("shared.visit.no_visit"));
  if (list.reduce((sum, [, value]) => sum + value.length, 0) > MOST_CHARACTERS) throw new Error(say("shared.visit.too_large"));
  return { query: isQuery(data.query) ? data.query : "", entries };
};

/** The visit of this browser as a file: {name, text} for `save` in download.js. */
export const visitFile = (now = new Date()) => ({
  name: `visit-${now.toISOString().slice(0, 10)}.json`,
  text: visitText(keptEntries(), window.location.search.slice(1), now),
});

/**
 * Replaces this browser's visit by a file's, after a question, and opens the page that was in front.
 * @param {File} file
 */
export const openVisit = async (file) => {
  if (file.size > 4 * MOST_CHARACTERS) throw new Error(say("shared.visit.too_large"));
  const { query, entries } = readVisit(await file.text());
  if (!window.confirm(say("shared.visit.replace"))) return;
  if (!replaceEntries(entries)) throw new Error(say("shared.visit.no_room"));
  window.location.assign(new URL(query ? "?" + query : "", document.baseURI));
};
