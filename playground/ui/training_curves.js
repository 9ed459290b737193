// Curves of one run or several: a chart for each number, over steps or seconds, with changes marked, and a table.
import { chart, clamp, legendEntry, linear, means, ticksBetween } from "./chart.js";
import { make } from "./dom.js";
import { lifetime } from "./lifetime.js";
import { short } from "./numbers.js";
import { follow } from "./run.js";
import { say } from "./say.js";
import { shape } from "./svg.js";
import { given } from "./value.js";

// The first two as elsewhere: a run, and its parent.
const COLOURS = ["var(--pg-accent)", "#009e73", "var(--pg-warm)", "#aa3377", "#8a8f98", "#b8860b"];
const DASHES = ["", "2 3", "6 3", "9 3 2 3", "1 2", "12 4"];
// About as wide as a chart is drawn on a phone: its numbers keep their size.
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [330, 130, 48, 6, 4, 18];
// Of a single run, what it learns from: what is held out has the colour of a run.
const TRAINING = { class: "pg-curve-line", stroke: "var(--pg-warm)", "stroke-dasharray": "3 4" };
const lineOf = (index) => ({ class: "pg-curve-line", stroke: COLOURS[index % 6], "stroke-dasharray": DASHES[index % 6] });
const valueText = (number) => {
  if (number === null || !Number.isFinite(number)) return say("shared.curves.not_a_number");
  return short(number);
};

/**
 * One line on the extremes that charts leave out, "" if none does.
 * @param {{title: string, lowest: string, peak: string}[]} cuts of each chart, "" for what is drawn
 */
export const cutWords = (cuts) => {
  const words = cuts.filter(({ lowest, peak }) => lowest || peak).map(({ title, lowest, peak }) => {
    if (lowest && peak) return say("shared.curves.both_cut", { title, lowest, peak });
    return say(lowest ? "shared.curves.lowest_cut" : "shared.curves.peak_cut", { title, number: lowest || peak });
  });
  return words.length ? say("shared.curves.cut", { charts: words.join("; ") }) : "";
};

export const curves = ({ element, props, watch, server }) => {
  const part = (name) => element.querySelector(name);
  const [list, table, empty, axisButton] = [".pg-curves-list", "tbody", ".pg-empty", ".pg-curves-axis"].map(part);
  let [value, followed, axis, wanted, pin] = [null, [], "step", 0, null];
  const states = new Map();
  let cuts = [];

  const figureOf = (title, lines, marks, baselines, isTraining) => {
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
    const x = linear(0, right, LEFT, WIDTH - RIGHT);
    const height = linear(low, high, HEIGHT - BOTTOM - 2, TOP + 2);
    const y = (number) => clamp(height(number), TOP, HEIGHT - BOTTOM);
    const last = lines.map((line) => (line.title ? line.title + ": " : "") + valueText(line.points.length ? line.points[line.points.length - 1][1] : null)).join("; ");
    const box = { width: WIDTH, height: HEIGHT, left: LEFT, right: RIGHT, top: TOP, bottom: BOTTOM };
    const { picture, grid, across, upright, write, curve } = chart(box, x, y, say("shared.curves.picture", { title, values: last }));
    const isCount = heights.every(Number.isInteger); // modes are whole: a line at 11.5 would be none
    ticksBetween(low, high).filter((number) => !isCount || Number.isInteger(number)).forEach((number) => grid(number, valueText(number)));
    write(WIDTH - RIGHT, HEIGHT - 4, axis === "step" ? say("shared.curves.steps", { steps: valueText(right) }) : say("shared.run.seconds", { seconds: valueText(right) }), "end");
    baselines.forEach((one) => {
      across(one.value, "pg-curve-base");
      write(WIDTH - RIGHT - 2, y(one.value) - 3, one.name, "end", "pg-curve-base-name");
    });
    marks.forEach((mark) => {
      upright(mark.at, "pg-curve-mark").append(shape("title", {}, mark.text));
      write(x(mark.at) + 2, 12, mark.number, "start", "pg-curve-mark-name");
    });
    lines.forEach((line, index) => {
      curve(means(line.points, WIDTH), isTraining && lines.length === 1 ? TRAINING : lineOf(index)); // one point a pixel: a noisy line keeps its height
    });
    if (pin !== null && axis === "step") upright(pin, "pg-curve-pin");
    figure.append(picture);
    const [bottom, top] = [heights[0], heights[heights.length - 1]];
    cuts.push({ title, lowest: bottom < low ? valueText(bottom) : "", peak: top > high ? valueText(top) : "" });
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
      const text = say("shared.curves.change", { step: event.step, settings: event.words });
      if (!marks.some((mark) => mark.text === text)) marks.push({ at: where, number: String(marks.length + 1), text }); // a fork repeats its parent's
    }));
    const scaleOf = (name) => (value.scales || {})[name] || 1;
    cuts = [];
    list.replaceChildren(...chosen.map((name) => {
      const lines = shown.filter((state) => state.names.includes(name)).map((state) => {
        const place = 3 + state.names.indexOf(name);
        const points = state.rows.filter((row) => row[place] !== null).map((row) => [row[column], row[place] * scaleOf(name)]);
        return { title: shown.length > 1 ? state.title : "", points };
      });
      const baselines = ((value.lines || {})[name] || []);
      return figureOf(((value.titles || {})[name]) || name.replaceAll("_", " "), lines, marks, baselines, name === "train");
    }));
    part(".pg-curves-cut").textContent = cutWords(cuts);
    table.replaceChildren(...chosen.flatMap((name) => shown.filter((state) => state.names.includes(name) && state.rows.length).map((state) => {
      const row = make("tr");
      const place = 3 + state.names.indexOf(name);
      const [first, last] = [state.rows[0], state.rows[state.rows.length - 1]];
      row.append(make("th", "", ((value.titles || {})[name] || name.replaceAll("_", " ")) + (shown.length > 1 ? ", " + state.title : "")));
      row.append(...[first, last].map((one) => make("td", "pg-number", valueText(one[place] === null ? null : one[place] * scaleOf(name)))));
      return row;
    })));
    part(".pg-curves-marks").replaceChildren(...marks.map((mark) => make("li", "", mark.text)));
    const legend = part(".pg-curves-legend");
    legend.replaceChildren(...(shown.length > 1 ? shown : []).map((state, index) => legendEntry(state.title, lineOf(index))));
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
  const moved = (event) => {
    if (!value || !value.runs.some((one) => one.run === event.detail.run)) return;
    pin = event.detail.step;
    later();
  };
  document.addEventListener("pg-at", moved, { signal: lifetime(element) });
  watch("value", open);
  open();
};
