// Points that a visitor looks at: those whose labels hold searched words, or those that a line was drawn around.
import { say } from "../../../ui/say.js";

const MOST_LABELS = 3;
const NONE = "none";

/** A point's labels as text to search: a label that is "none" is not there. */
export const searchable = (attributes, point, count, table) => attributes
  .map((one, a) => [one.name, one.words[table[a * count + point]]])
  .filter(([, word]) => word !== NONE).map((pair) => pair.join(" ")).join(" ").toLowerCase();

/** Whether each searched word begins a word of a text. */
export const holds = (text, search) => search.toLowerCase().split(/[\s,]+/).filter(Boolean).every((word) => (" " + text).includes(" " + word));

/** Whether a closed line runs around a place. line: [[x, y]]. */
export const isAround = (line, x, y) => line.reduce((inside, [x1, y1], place) => {
  const [x2, y2] = line.at(place - 1);
  return y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1 ? !inside : inside;
}, false);

/**
 * The labels that are more frequent among some points than among all, the largest difference first: [{label, here, all}] with shares.
 * @param {Uint8Array} chosen 1 for each of these points
 */
export const standsOut = ({ attributes, table, count }, chosen) => {
  const size = chosen.reduce((sum, one) => sum + one, 0);
  return attributes.flatMap((one, a) => {
    const [here, all] = [one.words.map(() => 0), one.words.map(() => 0)];
    for (let point = 0; point < count; point += 1) {
      all[table[a * count + point]] += 1;
      here[table[a * count + point]] += chosen[point];
    }
    return one.words.map((word, w) => ({ label: `${one.name}: ${word}`, here: here[w] / (size || 1), all: all[w] / count }));
  }).filter(({ here, all }) => here - all > 0.005).sort((one, other) => other.here - other.all - (one.here - one.all)).slice(0, MOST_LABELS);
};

const percent = (share) => Math.round(100 * share);
const describe = (data, chosen) => {
  const count = chosen.reduce((sum, one) => sum + one, 0);
  if (!count) return say("latent.map.found_none");
  const labels = standsOut(data, chosen).map(({ label, here, all }) => say("latent.map.label_share", { label, here: percent(here), all: percent(all) }));
  const found = say("latent.map.found", { count, all: data.count });
  return labels.length ? found + " " + say("latent.map.stands_out", { labels: labels.join("; ") }) : found;
};

/**
 * The search box and the line around points. points: of points.js.
 * @returns {{draw: function, close: function, paint: function, reset: function, isOn: function}} draw: one more place of the line
 */
export const selecting = (element, canvas, points) => {
  const [box, found] = [".pg-map-search", ".pg-map-found"].map((name) => element.querySelector(name));
  let [line, isOn] = [[], false];
  const show = (isIn) => {
    const data = points.data();
    isOn = Boolean(data && isIn);
    const chosen = isOn ? Uint8Array.from({ length: data.count }, (_, point) => Number(isIn(point))) : null;
    points.showOnly(chosen);
    found.textContent = isOn ? describe(data, chosen) : "";
  };
  const search = () => {
    line = [];
    const { attributes, count, table } = points.data() || {};
    show(box.value.trim() ? (point) => holds(searchable(attributes, point, count, table), box.value) : null);
  };
  box.addEventListener("input", search);
  return {
    isOn: () => isOn,
    draw: (place) => line.push(place),
    close: () => {
      box.value = "";
      show(line.length > 2 ? (point) => isAround(line, ...points.place(point)) : null);
    },
    begin: () => (line = []),
    reset: () => {
      [line, isOn, box.value, found.textContent] = [[], false, "", ""];
      points.showOnly(null, false);
    },
    paint: () => {
      if (line.length < 2) return;
      const context = canvas.getContext("2d");
      const dense = Math.min(2, window.devicePixelRatio || 1);
      context.setTransform(dense, 0, 0, dense, 0, 0);
      Object.assign(context, { lineWidth: 2, strokeStyle: getComputedStyle(canvas).color });
      context.beginPath();
      line.forEach((place) => context.lineTo(...points.toScreen(...place)));
      context.closePath();
      context.stroke();
      context.setTransform(1, 0, 0, 1, 0, 0);
    },
  };
};
