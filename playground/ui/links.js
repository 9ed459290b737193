// The page's link: which panel is in front, what the address bar shows, and the time until the link is restored.
import { showTab } from "./gradio_parts.js";
import { closeDrawer } from "./narrow.js";
import { settingsAreThere } from "./opening.js";
import { keepLink } from "./visit_links.js";

// {tab, tabs}, see page_constants in page.py. tabs: {tab: {first, names, keys}}, see script_data in panel_links.py.
// names: present and former panel names -> present name.  keys: the settings of a link that may hold one.
const constants = document.getElementById("pg-constants");
const { tab: ownTab = "", tabs: TABS = {} } = constants ? JSON.parse(constants.textContent) : {};
const panelOf = (tab, query) => {
  const { first, names, keys } = TABS[tab];
  const named = keys.map((key) => query.get(key)).find(Boolean) || first;
  return names[named] || first; // of a panel that does not exist
};

// The page's tab and its panel in front: at first the link's, then the visitor's choice. Only that panel writes to the
// address bar.
const opened = window.location.search.slice(1);
const asked = new URLSearchParams(opened);
const front = ownTab || asked.get("tab");
const panels = Object.fromEntries(Object.entries(TABS).map(([tab, { first }]) => [tab, first]));
if (front in TABS) panels[front] = panelOf(front, asked);
let touched = false;
["pointerdown", "keydown", "click"].forEach((name) => window.addEventListener(name, () => (touched = true), { capture: true, once: true }));

/** The query that the page was opened with. */
export const openingQuery = () => opened;

/**
 * A panel was selected: puts its query into the address bar. Returns the whole link, "" without a query.
 * @param {string} tab
 * @param {string} panel
 * @param {string} query
 */
export const toPanel = (tab, panel, query) => {
  // Gradio selects the first panel before the one that the link names: nobody chose that.
  if (!(tab === front && panel !== panels[tab] && !touched)) {
    if (tab === front && wentBack > 0) wentBack -= 1;
    else if (tab === front && panel !== panels[tab] && !opening) window.history.pushState(null, "", window.location.href);
    panels[tab] = panel;
  }
  showTab(tabButton(tab, panel));
  // A panel without a result has no settings to link to, but it has a name.
  if (!query && touched && tab === front) showQuery(nameOf(tab, panel));
  return query ? showQuery(query) : "";
};

const nameOf = (tab, panel) => (tab in TABS && TABS[tab].first === panel ? "" : new URLSearchParams({ tab, panel }).toString());
const tabButton = (tab, panel) => document.getElementById(`${tab}-${panel}-button`);

// The browser's Back and Forward go through the panels that were in front. Settings stay as they are.
let wentBack = 0; // panels chosen by Back and Forward that Gradio has not reported yet
window.addEventListener("popstate", () => {
  if (!(front in TABS)) return;
  const button = tabButton(front, panelOf(front, new URLSearchParams(window.location.search)));
  if (!button || button.getAttribute("aria-selected") === "true") return;
  touched = true;
  wentBack += 1;
  button.click();
});

// The tab that the visitor clicked last: Gradio also reports tabs as selected that it opens itself.
let clickedTab = "";
document.addEventListener("click", (event) => {
  const tab = event.target.closest && event.target.closest("[role=tab]");
  if (tab) clickedTab = tab.id;
}, { capture: true });

/** Whether the visitor clicked this tab last. elemId: of the gr.Tab. */
export const isClicked = (elemId) => clickedTab === elemId + "-button";

// While the page's link is being read nothing can be clicked: it would act on settings that the link will replace.
const hasLink = [...asked.keys()].some((name) => !name.startsWith("__"));
const LONGEST_INERT = 20000; // milliseconds
if (hasLink && front) {
  document.addEventListener("DOMContentLoaded", () => {
    document.body.inert = true;
    setTimeout(() => (document.body.inert = false), LONGEST_INERT); // if the server never answers
  });
}
let opening = true;

/**
 * The link is restored: the page can be used.
 * @param {boolean} isRefused whether its settings are not valid: a notice says so, and no result follows
 */
export const recipeIsRestored = (isRefused = false) => {
  document.body.inert = false;
  if (opening) {
    closeDrawer();
    settingsAreThere(!isRefused && document.getElementById(`turn-${front}-${panels[front]}`) !== null);
  }
  opening = false;
};

/** After a link or a file was read. hasRecipe: whether settings follow. */
export const recipeIsRead = (hasRecipe) => {
  if (hasRecipe) clickedTab = "";
  else recipeIsRestored();
};

/** Whether the panel in front was chosen, by the visitor or a link: Gradio opens the first one itself. */
export const isChosen = (tab, panel) => {
  const isFirst = tab in TABS && TABS[tab].first === panel;
  return !isFirst || (touched && !document.body.inert);
};

const isInFront = (query) => {
  const tab = query.get("tab") || front;
  return tab === front && (!(tab in TABS) || panelOf(tab, query) === panels[tab]);
};

/**
 * A tab's link after the query of one of its panels has changed: the link is that of the panel in front.
 * @param {string} query of the panel
 * @param {string} link that is shown
 */
export const linkOf = (query, link) => (query && isInFront(new URLSearchParams(query)) ? showQuery(query) : link);

// What an address says of the page's look: it stays, whatever panel is in front.
const lookOfPage = () => new URLSearchParams([...new URLSearchParams(window.location.search)].filter(([name]) => ["__theme", "__embed"].includes(name)));

const remembered = (tab) => "playground-link-" + tab;

// Puts the query into the address bar if its panel is in front, without loading anything. Returns the whole link.
const showQuery = (query) => {
  const kept = lookOfPage().toString();
  const address = window.location.pathname + (query || kept ? "?" + query + (query && kept ? "&" : "") + kept : "");
  if (isInFront(new URLSearchParams(query)) && address.length <= 8200) {
    window.history.replaceState(null, "", address);
    if (touched || asked.size > 0) {
      window.sessionStorage.setItem(remembered(front), query);
      keepLink(front, panels[front], query);
    }
  }
  return window.location.origin + window.location.pathname + (query ? "?" + query : "");
};

// A link to another tab's page opens it as it was last seen in this window, in the same theme.
const toTab = (link) => {
  const query = new URLSearchParams(window.sessionStorage.getItem(remembered(link.dataset.tab)) || "");
  lookOfPage().forEach((value, name) => query.set(name, value));
  const text = query.toString();
  link.search = text ? "?" + text : "";
};
document.addEventListener("click", (event) => {
  const link = event.target.closest && event.target.closest(".pg-pages a");
  if (link) toTab(link);
}, { capture: true });
