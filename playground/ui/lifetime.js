// What a view listens to outside of itself is let go when the view leaves the page.

const GRACE = 1000; // milliseconds that a node may be out of the page while it is moved
const living = new Map(); // element -> its AbortController
let [watcher, timer] = [null, 0];

const look = () => {
  timer = 0;
  living.forEach((controller, element) => {
    if (element.isConnected) return;
    living.delete(element);
    controller.abort();
  });
  if (living.size) return;
  watcher.disconnect();
  watcher = null;
};
const watch = () => {
  watcher = new MutationObserver((changes) => {
    if (!timer && changes.some((change) => change.removedNodes.length)) timer = setTimeout(look, GRACE);
  });
  watcher.observe(document.body, { childList: true, subtree: true });
};

/**
 * A signal that aborts when an element has left the page, for `addEventListener(…, { signal })`.
 * @param {Element} element
 * @returns {AbortSignal}
 */
export const lifetime = (element) => {
  if (!living.has(element)) living.set(element, new AbortController());
  if (!watcher) watch();
  return living.get(element).signal;
};

/** Whether a visitor can see an element: it has a place in a page that is not hidden. */
export const isSeen = (element) => !document.hidden && element.isConnected && element.getClientRects().length > 0;

// Observes until the element leaves.
const observe = (element, observer, ...what) => {
  observer.observe(...what);
  lifetime(element).addEventListener("abort", () => observer.disconnect());
};

/** Calls draw now and whenever an element's size changes. */
export const onResize = (element, draw) => observe(element, new ResizeObserver(() => draw()), element);

/** Calls draw whenever the page's theme changes, for what is drawn in its colours. */
export const onTheme = (element, draw) =>
  observe(element, new MutationObserver(() => draw()), document.body, { attributes: true, attributeFilter: ["class"] });
