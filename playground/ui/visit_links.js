// The last link of each panel of a visit, kept by the browser.
import { recall, remember } from "./browser_store.js";

/** Panels that have a link. */
export const MOST_ENTRIES = 60;
const LONGEST_LINK = 8200; // characters
const LINKS = "links";

/** The last link of each panel in a kept text: {"tab panel": query}; none if it cannot be read. */
export const readLinks = (text) => {
  try {
    const found = JSON.parse(text);
    return Object.fromEntries(Object.entries(found).filter(([, query]) => isQuery(query)).slice(0, MOST_ENTRIES));
  } catch {
    return {};
  }
};
/** Whether a value is the query of a link. */
export const isQuery = (query) => typeof query === "string" && query.length > 0 && query.length <= LONGEST_LINK && new URLSearchParams(query).has("tab");

/** Keeps the link of a panel, for the list of this visit's results. A panel has one: its last. */
export const keepLink = (tab, panel, query) => {
  if (isQuery(query)) remember(LINKS, JSON.stringify({ ...readLinks(recall(LINKS)), [`${tab} ${panel}`]: query }));
};

/** This visit's links, the newest last: [{tab, panel, query}]. */
export const visitLinks = () => Object.entries(readLinks(recall(LINKS))).map(([place, query]) => {
  const [tab, panel] = place.split(" ");
  return { tab, panel, query };
});
