// Models side by side: samples, a table of metrics, and a plot of quality against time.
import { chart, decades, linear, logarithmic, roundTicks } from "../../../ui/chart.js";
import { make } from "../../../ui/dom.js";
import { onResize } from "../../../ui/lifetime.js";
import * as pictures from "../../../ui/picture_card.js";
import { say } from "../../../ui/say.js";
import { sayThatItScrolls } from "../../../ui/scroll_hint.js";
import { shape } from "../../../ui/svg.js";
import { given } from "../../../ui/value.js";

const HEIGHT = 330;
const EDGE = { left: 64, right: 20, top: 16, bottom: 52 };
// No point is marked by colour alone: each has a shape and a name.
const SHAPES = ["circle", "square", "diamond", "triangle", "cross"];

const outline = (kind, x, y, r) => {
  if (kind === "circle") return shape("circle", { cx: x, cy: y, r });
  const paths = {
    square: [[-r, -r], [r, -r], [r, r], [-r, r]],
    diamond: [[0, -1.4 * r], [1.4 * r, 0], [0, 1.4 * r], [-1.4 * r, 0]],
    triangle: [[0, -1.3 * r], [1.2 * r, r], [-1.2 * r, r]],
    cross: [[-r, -0.3 * r], [-0.3 * r, -0.3 * r], [-0.3 * r, -r], [0.3 * r, -r], [0.3 * r, -0.3 * r], [r, -0.3 * r], [r, 0.3 * r], [0.3 * r, 0.3 * r], [0.3 * r, r], [-0.3 * r, r], [-0.3 * r, 0.3 * r], [-r, 0.3 * r]],
  };
  return shape("polygon", { points: paths[kind].map(([dx, dy]) => x + dx + "," + (y + dy)).join(" ") });
};
const plot = (data, width) => {
  const WIDTH = Math.max(300, Math.min(720, width || 640)); // its texts keep their size
  const xs = data.points.map((point) => point.x);
  const [least, most] = [Math.min(...xs) / 1.8, Math.max(...xs) * 3.2];
  const highest = 1.12 * Math.max(...data.points.map((point) => point.high ?? point.y), data.floor || 0);
  const x = logarithmic(least, most, EDGE.left, WIDTH - EDGE.right);
  const height = linear(0, highest, HEIGHT - EDGE.bottom, EDGE.top);
  const y = (value) => height(Math.max(0, value));
  const points = data.points.map((point) => say("images.comparison.plot_point", {
    title: point.title, y: data.y, value: point.y.toFixed(1), milliseconds: point.x.toFixed(1),
  }));
  const label = say("images.comparison.plot", { x: data.x, y: data.y, points: points.join("; ") });
  const { picture: svg, write } = chart({ width: WIDTH, height: HEIGHT, ...EDGE }, x, y, label);
  const line = (x1, y1, x2, y2, style) => shape("line", { x1, y1, x2, y2, class: style });
  svg.append(line(EDGE.left, y(0), WIDTH - EDGE.right, y(0), "pg-axis"), line(EDGE.left, EDGE.top, EDGE.left, y(0), "pg-axis"));
  decades(least, most).forEach((value) => {
    svg.append(line(x(value), y(0), x(value), y(0) + 5, "pg-axis"));
    write(x(value), y(0) + 19, value, "middle");
  });
  roundTicks(highest).forEach((value) => {
    svg.append(line(EDGE.left - 5, y(value), EDGE.left, y(value), "pg-axis"));
    write(EDGE.left - 9, y(value) + 4, value, "end");
  });
  write((EDGE.left + WIDTH) / 2, HEIGHT - 12, data.x, "middle");
  write(-(HEIGHT - EDGE.bottom + EDGE.top) / 2, 16, data.y, "middle").setAttribute("transform", "rotate(-90)");
  if (data.floor !== null) {
    svg.append(line(EDGE.left, y(data.floor), WIDTH - EDGE.right, y(data.floor), "pg-comparison-floor"));
    write(WIDTH - EDGE.right, y(data.floor) - 5, say("images.comparison.plot_floor"), "end");
  }
  data.points.forEach((point, index) => {
    const group = shape("g", { class: "pg-comparison-point pg-comparison-point-" + (index % SHAPES.length) });
    if (point.low !== null) group.append(line(x(point.x), y(point.low), x(point.x), y(point.high), "pg-comparison-whisker"));
    group.append(outline(SHAPES[index % SHAPES.length], x(point.x), y(point.y), 7));
    group.append(shape("text", { x: x(point.x) + 13, y: y(point.y) + 4 }, point.title));
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
  const drawPlot = () => {
    const value = given(props);
    if (value && !figure.hidden) figure.replaceChildren(...plot(value.plot, figure.clientWidth));
  };
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
    drawPlot();
    lesson.textContent = value.lesson || "";
    lesson.hidden = !value.lesson;
    protocol.textContent = value.protocol;
  };
  watch("value", draw);
  draw();
  onResize(figure, drawPlot);
  sayThatItScrolls(box);
};
