// Results of other settings than the page's: dimmed, with a sign: one of them is being computed anew, or it is of
// earlier settings. See result_settings.py.
import { make } from "./dom.js";
import { say } from "./say.js";
import { inLine, placeInLine } from "./waiting.js";

const BRIEF = 400; // milliseconds that a new result may take without a sign
const LOOK_AGAIN = 2000; // milliseconds between two looks at the line

// The results of each group that is dimmed, and its sign. A style sheet and no class: Gradio mounts a panel's nodes when it is opened,
// and writes their classes itself.
const earlier = new Map();
const CONTENT = '> :not([data-testid="status-tracker"])'; // Gradio hides its own layer by opacity
let sheet = null;
let line = null;
const drawSheet = () => {
  sheet ??= document.head.appendChild(make("style"));
  sheet.textContent = [...earlier.values()].map(({ ids, sign }) =>
    ids.map((id) => `#${CSS.escape(id)} ${CONTENT}`).join(", ") + " { opacity: 0.5; filter: grayscale(0.7); }\n" +
    `#${CSS.escape(ids[0])} { position: relative; }\n` +
    `#${CSS.escape(ids[0])}::before { content: ${JSON.stringify(sign)}; position: absolute; z-index: 5; inset-block-start: 0; ` +
    "inset-inline-end: 0; padding: 1px 10px; border-radius: 0 0 0 8px; font-size: 0.86em; color: var(--body-text-color); " +
    "background: var(--background-fill-primary); border: 1px solid var(--pg-warm); }").join("\n");
};
const announce = () => {
  if (!line) {
    line = document.body.appendChild(make("p", "pg-visually-hidden pg-earlier-line"));
    line.setAttribute("role", "status");
  }
  const seen = [...earlier].find(([id]) => document.getElementById(id)?.checkVisibility()); // not in another panel
  line.textContent = seen ? seen[1].sign : "";
};

const waiting = new Map(); // of results that are on their way: {timer}, a new one for each change of a setting
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
  const ask = { timer: 0 };
  clearTimeout(waiting.get(ids[0])?.timer);
  waiting.set(ids[0], ask);
  const show = (sign) => {
    if ((earlier.get(ids[0])?.sign ?? "") === sign) return;
    if (sign) earlier.set(ids[0], { ids, sign });
    else earlier.delete(ids[0]);
    drawSheet();
    announce();
  };
  if (!differ) show("");
  else if (!patience) show(say("shared.outcome.earlier"));
  else ask.timer = setTimeout(() => waitInLine(() => waiting.get(ids[0]) === ask, ask, patience - BRIEF, show), BRIEF);
};

// The sign of a result that is on its way: how many runs are before it in the server's line; after the patience, with none in
// line, it is plainly of earlier settings.
const waitInLine = async (isNewest, ask, patience, show) => {
  const place = await placeInLine();
  if (!isNewest()) return;
  if (!place.before && patience <= 0) return show(say("shared.outcome.earlier"));
  show(place.before ? inLine(say("shared.outcome.waiting_in_line", { count: place.before }), place) : say("shared.outcome.waiting"));
  const pause = place.before ? LOOK_AGAIN : Math.max(0, patience);
  ask.timer = setTimeout(() => waitInLine(isNewest, ask, patience - pause, show), pause);
};
