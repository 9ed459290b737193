// The script of every page. It runs before Gradio starts, and gives Gradio's inline JavaScript its one way to our modules:
// window.playground.call. Python writes such calls with `module_call` (ui/view.py).
import * as busy from "./busy.js";
import { make } from "./dom.js";
import * as links from "./links.js";
import * as opening from "./opening.js";
import * as intro from "./panel_intro.js";
import "./page_menu.js";
import "./refused.js";
import { say } from "./say.js";

// A script that did not load, as after a restart of the server with a newer page, leaves an empty panel: say why, once.
const reportMissing = () => {
  if (document.querySelector(".pg-missing")) return;
  const bar = make("p", "pg-missing", say("shared.page.missing_script") + " ");
  const reload = make("button", "pg-toggle", say("shared.page.reload"));
  reload.addEventListener("click", () => window.location.reload());
  bar.setAttribute("role", "alert");
  bar.append(reload);
  (document.querySelector(".gradio-container") || document.body).prepend(bar);
};

// Called while the page is built, so they must be there: an introduction that opened late would move what is below it.
const loaded = new Map([
  ["ui/busy.js", busy], ["ui/links.js", links], ["ui/opening.js", opening], ["ui/panel_intro.js", intro],
]);
const load = async (path) => {
  try {
    loaded.set(path, await import("../" + path));
  } catch (error) {
    reportMissing();
    throw error;
  }
  return loaded.get(path);
};

window.playground = {
  /**
   * Calls an exported function. Returns what it returns: at once if its module is loaded, as a promise if not.
   * @param {string} path of the module, such as "ui/download.js"
   * @param {string} name of the function
   */
  call: (path, name, ...values) => {
    const module = loaded.get(path);
    return module ? module[name](...values) : load(path).then((fresh) => fresh[name](...values));
  },
};

// The first stop of the keyboard: a link would need an address, and addresses are relative to the site's root.
document.addEventListener("click", (event) => {
  if (!event.target.closest || !event.target.closest(".pg-skip")) return;
  const isShown = (node) => node.getClientRects().length > 0;
  const panel = [...document.querySelectorAll("#page-tabs .tabitem")].filter(isShown).at(-1);
  if (!panel) return;
  const result = [...panel.querySelectorAll("section[aria-label]")].find(isShown) || panel;
  result.tabIndex = -1;
  result.focus();
  result.scrollIntoView({ block: "start" });
});

document.addEventListener("click", (event) => {
  if (event.target.closest && event.target.closest(".pg-glossary-button")) window.playground.call("ui/glossary.js", "open");
});

// When a page is left, Gradio ends its streams and reports them as errors.
window.addEventListener("beforeunload", () => {
  const report = console.error;
  const ignore = (event) => event.preventDefault();
  console.error = () => {};
  window.addEventListener("unhandledrejection", ignore);
  setTimeout(() => {
    console.error = report; // the visitor has stayed
    window.removeEventListener("unhandledrejection", ignore);
  }, 3000);
});

// A page restored from the browser's back/forward cache has lost its streams.
window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());
