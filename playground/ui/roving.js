// Many nodes with one place in the tab order, which the arrow keys move.

/**
 * By how many places a key moves, 0 for other keys.
 * @param {string} key
 * @param {number} [row] nodes in a row; 1: up and down move as left and right do
 */
export const arrowStep = (key, row = 1) =>
  ({ ArrowRight: 1, ArrowLeft: -1, ArrowDown: row, ArrowUp: -row, Home: -Infinity, End: Infinity })[key] || 0;

/** How many nodes are in the first row, as the page lays them out. */
export const inFirstRow = (nodes) => Math.max(1, nodes.filter((node) => node.offsetTop === nodes[0].offsetTop).length);

/** Makes one of many nodes their place in the tab order. */
export const setPlace = (nodes, place) => nodes.forEach((node, index) => (node.tabIndex = index === place ? 0 : -1));

/** Makes one node the place in the tab order instead of another, and puts the focus there. */
export const moveFocus = (from, to) => {
  from.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
};

/**
 * Lets the arrow keys, Home and End move the focus among nodes.
 * @param {Element} place that the nodes are in
 * @param {function(): Element[]} nodes
 * @param {{row: (function(Element[]): number)|undefined, moved: (function(Element, number): void)|undefined}} [options]
 *   row: how many are in a row.  moved: called with the node that has the focus now, and its index
 */
export const roving = (place, nodes, { row = () => 1, moved = () => {} } = {}) =>
  place.addEventListener("keydown", (event) => {
    const all = nodes();
    const at = all.indexOf(document.activeElement);
    const step = at < 0 || event.ctrlKey || event.metaKey || event.altKey ? 0 : arrowStep(event.key, row(all));
    if (!step) return;
    event.preventDefault();
    const to = Math.max(0, Math.min(all.length - 1, at + step));
    moveFocus(all[at], all[to]);
    moved(all[to], to);
  });
