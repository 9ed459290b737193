// Models side by side: samples, a table of metrics, and a plot of quality against time.
import { make } from "../../../ui/dom.js";
import * as pictures from "../../../ui/picture_card.js";
import { say } from "../../../ui/say.js";
import { given } from "../../../ui/value.js";

const SPACE = "http://www.w3.org/2000/svg";
const WIDTH = 640;
const HEIGHT = 330;
const EDGE = { left: 64, right: 20, top: 16, bottom: 52 };
// No point is marked by colour alone: each has a shape and a name.
const SHAPES = ["circle", "square", "diamond", "triangle", "cross"];

const node = (name, attributes, text) => {
  const element = document.createElementNS(SPACE, name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  if (text !== undefined) element.textContent = text;
  return element;
};
const outline = (shape, x, y, r) => {
  if (shape === "circle") return node("circle", { cx: x, cy: y, r });
  const paths = {
    square: [[-r, -r], [r, -r], [r, r], [-r, r]],
    diamond: [[0, -1.4 * r], [1.4 * r, 0], [0, 1.4 * r], [-1.4 * r, 0]],
    triangle: [[0, -1.3 * r], [1.2 * r, r], [-1.2 * r, r]],
    cross: [[-r, -0.3 * r], [-0.3 * r, -0.3 * r], [-0.3 * r, -r], [0.3 * r, -r], [0.3 * r, -0.3 * r], [r, -0.3 * r], [r, 0.3 * r], [0.3 * r, 0.3 * r], [0.3 * r, r], [-0.3 * r, r], [-0.3 * r, 0.3 * r], [-r, 0.3 * r]],
  };
  return node("polygon", { points: paths[shape].map(([dx, dy]) => x + dx + "," + (y + dy)).join(" ") });
};
// 1, 2 and 5 of every power of ten between the ends.
const decades = (low, high) => {
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    [1, 2, 5].forEach((digit) => {
      const value = digit * 10 ** power;
      if (value >= low && value <= high) ticks.push(value);
    });
  }
  return ticks;
};

const plot = (data) => {
  const xs = data.points.map((point) => point.x);
  const [least, most] = [Math.min(...xs) / 1.8, Math.max(...xs) * 3.2];
  const highest = 1.12 * Math.max(...data.points.map((point) => point.high ?? point.y), data.floor || 0);
  const x = (value) => EDGE.left + ((Math.log(value) - Math.log(least)) / (Math.log(most) - Math.log(least))) * (WIDTH - EDGE.left - EDGE.right);
  const y = (value) => HEIGHT - EDGE.bottom - (Math.max(0, value) / highest) * (HEIGHT - EDGE.top - EDGE.bottom);
  const points = data.points.map((point) => say("images.comparison.plot_point", {
    title: point.title, y: data.y, value: point.y.toFixed(1), milliseconds: point.x.toFixed(1),
  }));
  const label = say("images.comparison.plot", { x: data.x, y: data.y, points: points.join("; ") });
  const svg = node("svg", { viewBox: "0 0 " + WIDTH + " " + HEIGHT, role: "img", "aria-label": label });
  const line = (x1, y1, x2, y2, style) => node("line", { x1, y1, x2, y2, class: style });
  svg.append(line(EDGE.left, y(0), WIDTH - EDGE.right, y(0), "pg-axis"), line(EDGE.left, EDGE.top, EDGE.left, y(0), "pg-axis"));
  decades(least, most).forEach((value) => {
    svg.append(line(x(value), y(0), x(value), y(0) + 5, "pg-axis"), node("text", { x: x(value), y: y(0) + 19, "text-anchor": "middle" }, String(Number(value.toPrecision(1)))));
  });
  const step = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500].find((size) => highest / size <= 6) || 1000;
  for (let value = 0; value <= highest; value += step) {
    svg.append(line(EDGE.left - 5, y(value), EDGE.left, y(value), "pg-axis"), node("text", { x: EDGE.left - 9, y: y(value) + 4, "text-anchor": "end" }, String(value)));
  }
  svg.append(node("text", { x: (EDGE.left + WIDTH) / 2, y: HEIGHT - 12, "text-anchor": "middle" }, data.x));
  svg.append(node("text", { x: -(HEIGHT - EDGE.bottom + EDGE.top) / 2, y: 16, transform: "rotate(-90)", "text-anchor": "middle" }, data.y));
  if (data.floor !== null) {
    svg.append(line(EDGE.left, y(data.floor), WIDTH - EDGE.right, y(data.floor), "pg-comparison-floor"), node("text", { x: WIDTH - EDGE.right, y: y(data.floor) - 5, "text-anchor": "end" }, say("images.comparison.plot_floor")));
  }
  data.points.forEach((point, index) => {
    const group = node("g", { class: "pg-comparison-point pg-comparison-point-" + (index % SHAPES.length) });
    if (point.low !== null) group.append(line(x(point.x), y(point.low), x(point.x), y(point.high), "pg-comparison-whisker"));
    group.append(outline(SHAPES[index % SHAPES.length], x(point.x), y(point.y), 7));
    group.append(node("text", { x: x(point.x) + 13, y: y(point.y) + 4 }, point.title));
    svg.append(group);
  });
  return [svg, make("figcaption", "pg-hint", say("images.comparison.plot_hint"))];
};

const meaning = (row) => {
  if (row.better === "lower") return say("images.comparison.lower", { meaning: row.meaning });
  return row.better ? say("images.comparison.higher", { meaning: row.meaning }) : row.meaning;
};
const table = (value) => {
  const element = make("table", "pg-comparison-table");
  const head = make("tr", "");
  [say("images.comparison.metric"), ...value.columns].forEach((title) => {
    const cell = make("th", "", title);
    cell.scope = "col";
    head.append(cell);
  });
  const top = make("thead", "");
  top.append(head);
  const body = make("tbody", "");
  value.rows.forEach((row) => {
    const line = make("tr", "");
    const title = make("th", "");
    title.scope = "row";
    title.append(make("span", "pg-comparison-title", row.title), make("span", "pg-comparison-meaning", meaning(row)));
    line.append(title);
    row.cells.forEach((cell) => {
      const place = make("td", cell.best ? "pg-comparison-best" : "");
      place.append(make("span", "pg-comparison-value", (cell.best ? "★ " : "") + cell.text), make("span", "pg-comparison-range", cell.range));
      if (cell.best) place.setAttribute("aria-label", say("images.comparison.best", { value: cell.text, range: cell.range }));
      line.append(place);
    });
    body.append(line);
  });
  element.append(top, body);
  return element;
};

export const comparison = ({ element, props, watch }) => {
  const [root, samples, box, figure, lesson, protocol] = [".pg-comparison", ".pg-comparison-samples", ".pg-table-box", ".pg-comparison-plot", ".pg-comparison-lesson", ".pg-comparison-protocol"].map((name) => element.querySelector(name));
  const draw = () => {
    const value = given(props);
    root.hidden = !value;
    if (!value) return;
    root.setAttribute("aria-busy", String(!value.done));
    if (value.samples) {
      const smooth = value.samples.length && value.samples[0].packed.width > 40;
      samples.classList.toggle("pg-smooth", Boolean(smooth));
      samples.replaceChildren(...value.samples.map((strip) => pictures.strip(strip)));
    }
    box.replaceChildren(table(value));
    figure.hidden = !value.plot || value.plot.points.length < 2;
    figure.replaceChildren(...(figure.hidden ? [] : plot(value.plot)));
    lesson.textContent = value.lesson || "";
    lesson.hidden = !value.lesson;
    protocol.textContent = value.protocol;
  };
  watch("value", draw);
  draw();
};
