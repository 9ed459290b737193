// The script of every page. It runs before Gradio starts, and gives Gradio's inline JavaScript its one way to our modules:
// window.playground.call. Python writes such calls with `module_call` (ui/view.py).
import * as links from "./links.js";

const loaded = new Map([["ui/links.js", links]]);
const load = async (path) => {
  const module = await import("../" + path);
  loaded.set(path, module);
  return module;
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
