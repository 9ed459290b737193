// Curves of one run or several: a chart for each number, over steps or seconds, with changes marked, and a table.
import { make } from "./dom.js";
import { short } from "./numbers.js";
import { follow } from "./run.js";
import { say } from "./say.js";
import { given } from "./value.js";

const COLOURS = ["var(--pg-accent)", "var(--pg-warm)", "#009e73", "#aa3377", "#8a8f98", "#b8860b"];
const DASHES = ["", "6 3", "2 3", "9 3 2 3", "1 2", "12 4"];
const [WIDTH, HEIGHT, LEFT, BOTTOM] = [420, 150, 48, 18];
const CUT = { lowest_cut: "shared.curves.lowest_cut", peak_cut: "shared.curves.peak_cut" };
const SVG = "http://www.w3.org/2000/svg";
const node = (tag, values, text) => {
  const element = document.createElementNS(SVG, tag);
  Object.entries(values).forEach(([name, value]) => element.setAttribute(name, value));
  if (text !== undefined) element.textContent = text;
  return element;
};
const valueText = (number) => {
  if (number === null || !Number.isFinite(number)) return say("shared.curves.not_a_number");
  return short(number);
};
// At most 420 points: the mean of those that share a pixel column, so that a noisy line keeps its height.
const thin = (points) => {
  if (points.length <= WIDTH) return points;
  const size = Math.ceil(points.length / WIDTH);
  const kept = [];
  for (let start = 0; start < points.length; start += size) {
    const some = points.slice(start, start + size);
    kept.push([some[some.length - 1][0], some.reduce((sum, point) => sum + point[1], 0) / some.length]);
  }
  return kept;
};

export const curves = ({ element, props, watch, server }) => {
  const part = (name) => element.querySelector(name);
  const [list, table, empty, axisButton] = [".pg-curves-list", "tbody", ".pg-empty", ".pg-curves-axis"].map(part);
  let [value, followed, axis, wanted, pin] = [null, [], "step", 0, null];
  const states = new Map();

  const chart = (title, lines, marks, baselines) => {
    const all = lines.flatMap((line) => line.points);
    const figure = make("figure", "pg-curve");
    figure.append(make("figcaption", "", title));
    if (!all.length) return figure;
    const heights = [...all.map((point) => point[1]), ...baselines.map((one) => one.value)].sort((a, b) => a - b);
    // Keeps an outlying first step from flattening the rest: half a percent below and one above may leave the chart.
    const at = (share) => heights[Math.round(share * (heights.length - 1))];
    let [low, high] = heights.length > 60 ? [at(0.005), at(0.99)] : [heights[0], heights[heights.length - 1]];
    const least = Math.max(1e-9, Math.abs(high) * 1e-12); // at 1e30 a margin of a half would vanish in rounding
    if (high - low < least) [low, high] = [low - Math.max(0.5, Math.abs(low) / 2), high + Math.max(0.5, Math.abs(high) / 2)];
    const right = Math.max(...all.map((point) => point[0]), 1e-9);
    const x = (number) => LEFT + (number / right) * (WIDTH - LEFT - 6);
    const y = (number) => Math.max(4, Math.min(HEIGHT - BOTTOM, 6 + (1 - (number - low) / (high - low)) * (HEIGHT - BOTTOM - 8)));
    const last = lines.map((line) => (line.title ? line.title + ": " : "") + valueText(line.points.length ? line.points[line.points.length - 1][1] : null)).join("; ");
    const picture = node("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": say("shared.curves.picture", { title, values: last }) });
    const isCount = heights.every(Number.isInteger); // modes are whole: a line at 11.5 would be none
    [low, isCount ? Math.round((low + high) / 2) : (low + high) / 2, high].forEach((number) => {
      picture.append(node("line", { x1: LEFT, x2: WIDTH - 6, y1: y(number), y2: y(number), class: "pg-curve-grid" }));
      picture.append(node("text", { x: LEFT - 5, y: y(number) + 4, "text-anchor": "end" }, valueText(number)));
    });
    picture.append(node("text", { x: WIDTH - 6, y: HEIGHT - 4, "text-anchor": "end" }, axis === "step" ? say("shared.curves.steps", { steps: valueText(right) }) : say("shared.run.seconds", { seconds: valueText(right) })));
    baselines.forEach((one) => {
      picture.append(node("line", { x1: LEFT, x2: WIDTH - 6, y1: y(one.value), y2: y(one.value), class: "pg-curve-base" }));
      picture.append(node("text", { x: WIDTH - 8, y: y(one.value) - 3, "text-anchor": "end", class: "pg-curve-base-name" }, one.name));
    });
    marks.forEach((mark) => {
      const line = node("line", { x1: x(mark.at), x2: x(mark.at), y1: 4, y2: HEIGHT - BOTTOM, class: "pg-curve-mark" });
      line.append(node("title", {}, mark.text));
      picture.append(line, node("text", { x: x(mark.at) + 2, y: 12, class: "pg-curve-mark-name" }, mark.number));
    });
    lines.forEach((line, index) => {
      const path = thin(line.points).map((point, place) => (place ? "L" : "M") + x(point[0]).toFixed(1) + " " + y(point[1]).toFixed(1)).join("");
      picture.append(node("path", { d: path, class: "pg-curve-line", stroke: COLOURS[index % 6], "stroke-dasharray": DASHES[index % 6] }));
    });
    if (pin !== null && axis === "step") picture.append(node("line", { x1: x(pin), x2: x(pin), y1: 4, y2: HEIGHT - BOTTOM, class: "pg-curve-pin" }));
    figure.append(picture);
    const [bottom, top] = [heights[0], heights[heights.length - 1]];
    const cut = [[bottom < low, "lowest_cut", bottom], [top > high, "peak_cut", top]].filter(([is]) => is);
    if (cut.length) figure.append(make("p", "pg-hint", cut.map(([, key, number]) => say(CUT[key], { number: valueText(number) })).join(" ")));
    return figure;
  };

  const draw = () => {
    wanted = 0;
    const shown = value ? value.runs.map((run) => states.get(run.run)).filter(Boolean) : [];
    const names = [];
    shown.forEach((state) => state.names.forEach((name) => names.includes(name) || names.push(name)));
    const chosen = value && value.show && value.show.length ? value.show.filter((name) => names.includes(name)) : names;
    empty.textContent = value && value.runs.length ? (chosen.length ? "" : say("shared.curves.waiting")) : (value && value.empty) || say("shared.curves.empty");
    axisButton.hidden = !chosen.length;
    part("details").hidden = !chosen.length;
    const column = axis === "step" ? 0 : 1;
    const marks = [];
    shown.forEach((state) => state.events.forEach((event) => {
      const row = state.rows.find((one) => one[0] >= event.step);
      const where = axis === "step" ? event.step : row ? row[1] : 0;
      const words = Object.entries(event.settings).map(([name, what]) => name.replaceAll("_", " ") + " " + (typeof what === "string" ? what : JSON.stringify(what))).join(", ");
      const text = say("shared.curves.change", { step: event.step, settings: words });
      if (!marks.some((mark) => mark.text === text)) marks.push({ at: where, number: String(marks.length + 1), text }); // a fork repeats its parent's
    }));
    list.replaceChildren(...chosen.map((name) => {
      const lines = shown.filter((state) => state.names.includes(name)).map((state) => {
        const place = 3 + state.names.indexOf(name);
        const points = state.rows.filter((row) => row[place] !== null).map((row) => [row[column], row[place]]);
        return { title: shown.length > 1 ? state.title : "", points };
      });
      const baselines = ((value.lines || {})[name] || []);
      return chart(((value.titles || {})[name]) || name.replaceAll("_", " "), lines, marks, baselines);
    }));
    table.replaceChildren(...chosen.flatMap((name) => shown.filter((state) => state.names.includes(name) && state.rows.length).map((state) => {
      const row = make("tr");
      const place = 3 + state.names.indexOf(name);
      const [first, last] = [state.rows[0], state.rows[state.rows.length - 1]];
      row.append(make("th", "", ((value.titles || {})[name] || name.replaceAll("_", " ")) + (shown.length > 1 ? ", " + state.title : "")));
      row.append(make("td", "pg-number", valueText(first[place])), make("td", "pg-number", valueText(last[place])));
      return row;
    })));
    part(".pg-curves-marks").replaceChildren(...marks.map((mark) => make("li", "", mark.text)));
    const legend = part(".pg-curves-legend");
    legend.replaceChildren(...(shown.length > 1 ? shown : []).map((state, index) => {
      const chip = make("span", "pg-curve-chip", state.title);
      const sample = node("svg", { viewBox: "0 0 28 8", "aria-hidden": "true" });
      sample.append(node("path", { d: "M0 4L28 4", class: "pg-curve-line", stroke: COLOURS[index % 6], "stroke-dasharray": DASHES[index % 6] }));
      chip.prepend(sample);
      return chip;
    }));
  };
  const labelAxisButton = () => {
    axisButton.textContent = axis === "step" ? say("shared.curves.over_seconds") : say("shared.curves.over_steps");
  };
  const later = () => {
    if (!wanted) wanted = setTimeout(() => requestAnimationFrame(draw), 120); // eight times a second is enough for curves
  };
  const open = () => {
    value = given(props);
    const runs = value ? value.runs : [];
    if (followed.map((one) => one.run).join() !== runs.map((one) => one.run).join()) {
      followed.forEach((one) => one.following.close());
      pin = null;
      if (value && value.axis) axis = value.axis;
      labelAxisButton();
      states.clear();
      followed = runs.map((run) => {
        const following = follow(element, server, (state) => {
          states.set(run.run, { ...state, title: run.title || state.name });
          later();
        });
        following.open(run.run);
        return { run: run.run, following };
      });
    }
    later();
  };
  axisButton.addEventListener("click", () => {
    axis = axis === "step" ? "seconds" : "step";
    labelAxisButton();
    draw();
  });
  document.addEventListener("pg-at", (event) => {
    if (!value || !value.runs.some((one) => one.run === event.detail.run)) return;
    pin = event.detail.step;
    later();
  });
  watch("value", open);
  open();
};
