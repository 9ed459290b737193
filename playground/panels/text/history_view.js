// The texts of earlier visits as links, kept by the browser. Data is set with textContent only.
import { recall, remember } from "../../ui/browser_store.js";
import { make } from "../../ui/dom.js";
import { lifetime } from "../../ui/lifetime.js";

const NAME = "texts";
const MOST = 40;

/**
 * The kept entries with another one, the newest first; each link once.
 * @param {Array<{query: string, prompt: string, text: string}>} entries
 * @param {{query: string, prompt: string, text: string}} entry
 */
export const added = (entries, entry) => [entry, ...entries.filter((one) => one.query !== entry.query)].slice(0, MOST);

/** The entries in a kept text; none if it cannot be read. */
export const readEntries = (text) => {
  try {
    const found = JSON.parse(text);
    return Array.isArray(found) ? found.filter((one) => one && ["query", "prompt", "text"].every((name) => typeof one[name] === "string")) : [];
  } catch {
    return [];
  }
};

/**
 * Keeps a finished text, and tells the list, which is only on the page while its fold is open.
 * @param {string} entry JSON
 */
export const keepEntry = (entry) => {
  const found = readEntries("[" + entry + "]");
  if (found.length) remember(NAME, JSON.stringify(added(readEntries(recall(NAME)), found[0])));
  window.dispatchEvent(new CustomEvent("pg-texts"));
};

export const textHistory = ({ element }) => {
  const [none, list, clear] = [".pg-history-none", ".pg-history-list", ".pg-history-clear"].map((name) => element.querySelector(name));
  const draw = () => {
    const entries = readEntries(recall(NAME));
    none.hidden = entries.length > 0;
    clear.hidden = !entries.length;
    list.replaceChildren(...entries.map((entry) => {
      const item = make("li");
      const link = make("a", "pg-history-link");
      link.href = "?" + entry.query;
      link.append(make("span", "pg-history-prompt", entry.prompt.slice(-80)), make("b", "", entry.text.slice(0, 100)));
      item.append(link);
      return item;
    }));
  };
  clear.addEventListener("click", () => {
    remember(NAME, "[]");
    draw();
  });
  window.addEventListener("pg-texts", draw, { signal: lifetime(element) });
  draw();
};
