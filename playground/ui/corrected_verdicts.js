// The verdicts of the measurements of a visit, corrected for all its tests so far: a result that is still shown follows them.
import { lifetime } from "./lifetime.js";

let known = { session: "", results: {} };
const views = new EventTarget();

/**
 * A fine print or a chart as the tests so far leave it.
 * @param {{id?: string}} value of a view; without an id of the visit it is returned as it is
 */
export const corrected = (value) => {
  const now = value && value.id && known.results[value.id];
  if (!now) return value;
  const { verdict, adjusted_p, chance } = now;
  const changed = { ...value, verdict };
  if (value.titles) changed.title = value.titles[verdict];
  if (value.rows) changed.rows = value.rows.map((row) => (row.kind === "chance" ? { ...row, text: chance } : row));
  if ("session" in value) changed.session = known.session;
  if (value.file) changed.file = { ...value.file, verdict, adjusted_p };
  return changed;
};

/** Takes the corrections of the session log: JSON of `corrections` in panels/bias/shared.py. */
export const correct = (text) => {
  known = JSON.parse(text);
  views.dispatchEvent(new Event("corrected"));
};

/** Calls draw at each correction, as long as the element is in the page. */
export const onCorrection = (element, draw) => views.addEventListener("corrected", draw, { signal: lifetime(element) });
