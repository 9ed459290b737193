// Shapes of SVG pictures.

/**
 * A shape with its attributes and a text.
 * @param {string} name such as "line"
 * @param {Object<string, string|number>} attributes
 * @param {string|number} [text]
 * @returns {SVGElement}
 */
export const shape = (name, attributes, text) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
  if (text !== undefined) node.textContent = text;
  return node;
};
