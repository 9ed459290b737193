// Stored results: shown while a panel has none of its own.
import { firstResultIsThere } from "./opening.js";

// Gradio hands a view's value on as text, or as the object that it was before.
const parsed = (value) => (typeof value === "string" && value ? JSON.parse(value) : value || null);

// As a panel opens, a view has at most a sentence: a result has rows, tokens, pictures.
const hasParts = (part) => part !== null && typeof part === "object" && Object.keys(part).length > 0;
const isEmpty = (value) => !Object.values(parsed(value) || {}).some(hasParts);

/**
 * Whether a panel is as it opened: its views have no result, and its notice says nothing.
 * @param {number} views how many of the values are views', the first ones
 * @param {Array<string>} values as Python sends them; the last is the notice's
 */
export const isUntouched = (views, values) => values.slice(0, views).every(isEmpty) && !parsed(values.at(-1))?.text;

/**
 * Whether a panel's views still show what was stored for them.
 * @param {string} stored as `fill` takes it
 * @param {number} views how many of the values are views', the first ones
 * @param {Array<string>} values
 */
export const showsStored = (stored, views, values) => {
  const texts = stored ? JSON.parse(stored).slice(0, views) : [];
  const isShown = (text, place) => text === null || JSON.stringify(parsed(text)) === JSON.stringify(parsed(values[place]));
  return texts.some((text) => text !== null) && texts.every(isShown);
};

// Whether the visitor has changed a setting since the panel came to the front: then its settings and its link stay.
let hasChanged = false;
["input", "change"].forEach((name) => document.addEventListener(name, () => (hasChanged = true), { capture: true }));
document.addEventListener("click", (event) => {
  if (event.target.closest && event.target.closest("[role=tab]")) hasChanged = false;
}, { capture: true });

const drawing = new Set(); // panels that have begun to draw, whose results may come while a stored one is on its way

/** A panel begins to draw. Returns the values of its event. */
export const drawingBegins = (panel, values) => {
  drawing.add(panel);
  return values;
};

/**
 * The values of a panel's components: the stored ones, or none if it is no longer untouched; settings that a quick
 * visitor has changed meanwhile stay. Folds with a content note are shut before they are filled.
 * @param {string} panel whose result it is
 * @param {string} stored JSON of a value for each, null to keep its own; "" for no result
 * @param {number} views
 * @param {number} folds how many there are
 * @param {Array<string>} values
 */
export const fill = (panel, stored, views, folds, values) => {
  firstResultIsThere();
  const same = { __type__: "update" };
  if (!stored || drawing.has(panel) || !isUntouched(views, values)) return Array(values.length + folds).fill(same);
  const others = JSON.parse(stored);
  const stays = (place) => hasChanged && place >= views && place < values.length - 1;
  const filled = values.map((_, place) => (stays(place) ? same : others[place] ?? same));
  return [...filled, ...Array(folds).fill({ ...same, open: false })];
};
