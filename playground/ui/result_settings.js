// Results of other settings than the page's: dimmed, with a sign. See result_settings.py.
import { make } from "./dom.js";
import { say } from "./say.js";

// The results of each group that is dimmed. A style sheet and no class: Gradio mounts a panel's nodes when it is opened,
// and writes their classes itself.
const earlier = new Map();
const CONTENT = '> :not([data-testid="status-tracker"])'; // Gradio hides its own layer by opacity
let sheet = null;
let line = null;
const drawSheet = () => {
  sheet ??= document.head.appendChild(make("style"));
  const sign = JSON.stringify(say("shared.outcome.earlier"));
  sheet.textContent = [...earlier.values()].map((ids) =>
    ids.map((id) => `#${CSS.escape(id)} ${CONTENT}`).join(", ") + " { opacity: 0.5; filter: grayscale(0.7); }\n" +
    `#${CSS.escape(ids[0])} { position: relative; }\n` +
    `#${CSS.escape(ids[0])}::before { content: ${sign}; position: absolute; z-index: 5; inset-block-start: 0; ` +
    "inset-inline-end: 0; padding: 1px 10px; border-radius: 0 0 0 8px; font-size: 0.86em; color: var(--body-text-color); " +
    "background: var(--background-fill-primary); border: 1px solid var(--pg-warm); }").join("\n");
};
const announce = () => {
  if (!line) {
    line = document.body.appendChild(make("p", "pg-visually-hidden pg-earlier-line"));
    line.setAttribute("role", "status");
  }
  const seen = [...earlier.keys()].some((id) => document.getElementById(id)?.checkVisibility()); // not in another panel
  line.textContent = seen ? say("shared.outcome.earlier") : "";
};

const waiting = new Map(); // timers of results that are on their way
const asText = (value) => {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
};
// ids: of the results' elements.  names: of the settings.  carried: JSON of the settings that the results came from,
// "" if there are no results.  now: the settings' present values.  patience: milliseconds within which a result that
// follows its settings may arrive; 0 for one that is asked for.
export const compareSettings = (ids, names, carried, now, patience = 0) => {
  const from = carried ? JSON.parse(carried) : {};
  const differ = names.some((name, index) => name in from && asText(from[name]) !== asText(now[index]));
  clearTimeout(waiting.get(ids[0]));
  if (differ === earlier.has(ids[0])) return;
  const show = () => {
    if (differ) earlier.set(ids[0], ids);
    else earlier.delete(ids[0]);
    drawSheet();
    announce();
  };
  if (differ && patience) waiting.set(ids[0], setTimeout(show, patience));
  else show();
};
