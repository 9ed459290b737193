// Settings as a link's query, as playground/core/recipe.py reads it.

/**
 * The query of one panel's link.
 * @param {Object<string, string>} fixed parameters that are always there, such as {tab: "text"}
 * @param {string[]} names of the settings
 * @param {Object<string, *>} defaults a setting that equals its default is left out, as an empty one is
 * @param {Array} values of the settings
 * @returns {string}
 */
export const settingsQuery = (fixed, names, defaults, values) => {
  const query = new URLSearchParams(fixed);
  names.forEach((name, index) => {
    const value = values[index];
    if (name in defaults && String(value) === String(defaults[name])) return;
    if (value !== null && value !== undefined && value !== "") query.set(name, String(value));
  });
  return query.toString();
};

/**
 * The queries of several panels' links, for a Gradio event: one query alone if there is one panel.
 * @param {Object<string, string>[]} panels the fixed parameters of each
 * @returns {string[]|string}
 */
export const settingsQueries = (panels, names, defaults, values) => {
  const queries = panels.map((fixed) => settingsQuery(fixed, names, defaults, values));
  return queries.length === 1 ? queries[0] : queries;
};

// Whether the visitor is in a text box, or in a part that fills one, so that a change to it is theirs.
const isWriting = () => Boolean(document.activeElement && document.activeElement.matches("textarea, .pg-writes-text *"));

/**
 * The same for an event that also fires when a link sets a text box: the inputs begin with the present queries, which
 * stay as they are unless the visitor is writing.
 */
export const typedQueries = (panels, names, defaults, inputs) => {
  if (isWriting()) return settingsQueries(panels, names, defaults, inputs.slice(panels.length));
  return panels.length === 1 ? inputs[0] : inputs.slice(0, panels.length);
};
