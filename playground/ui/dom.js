// Nodes of a page: made with text, never with HTML, and put in place.

/**
 * An element with a class and a text.
 * @param {string} tag
 * @param {string} [className]
 * @param {string|number} [text]
 * @returns {HTMLElement}
 */
export const make = (tag, className, text) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
};

/**
 * Makes nodes the children of a place, in this order. One that is in place is not touched: a node that is inserted again
 * between press and release gets no click, and loses the keyboard's focus.
 * @param {Element} place
 * @param {Element[]} nodes
 */
export const settle = (place, nodes) => {
  [...place.children].forEach((child) => nodes.includes(child) || child.remove());
  nodes.forEach((node, index) => place.children[index] === node || place.insertBefore(node, place.children[index] || null));
};
