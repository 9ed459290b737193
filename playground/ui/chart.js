// Charts: scales, ticks, means of neighbours, and the picture that lines, texts and curves are drawn on.
import { make } from "./dom.js";
import { shape } from "./svg.js";

/** A number kept between two ends. */
export const clamp = (number, low, high) => Math.max(low, Math.min(high, number));

/**
 * A scale: low is drawn at `from`, high at `to`, in pixels.
 * @returns {function(number): number}
 */
export const linear = (low, high, from, to) => (number) => from + ((number - low) / (high - low)) * (to - from);

/**
 * Two to six round numbers between two ends, evenly apart: 1, 2 or 5 of a power of ten.
 * @returns {number[]}
 */
export const ticksBetween = (low, high) => {
  const rough = (high - low) / 2;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [5, 2, 1].find((digit) => digit * power <= rough * (1 + 1e-9));
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
};

/** The same for logarithms. low, high: above 0. */
export const logarithmic = (low, high, from, to) => {
  const scale = linear(Math.log(low), Math.log(high), from, to);
  return (number) => scale(Math.log(number));
};

/**
 * 1, 2 and 5 of every power of ten between two ends.
 * @returns {number[]}
 */
export const decades = (low, high) => {
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    [1, 2, 5].forEach((digit) => {
      const tick = power < 0 ? digit / 10 ** -power : digit * 10 ** power;
      if (tick >= low && tick <= high) ticks.push(tick);
    });
  }
  return ticks;
};

/**
 * The line that each name in a row is written on, 0 for the first: on the next one where it would cover a name before it.
 * @param {{from: number, to: number}[]} names where each begins and ends, in pixels, in the order of their beginnings
 * @returns {number[]}
 */
export const linesOfNames = (names) => {
  const ends = []; // of each line
  return names.map(({ from, to }) => {
    const free = ends.findIndex((end) => end <= from);
    const line = free < 0 ? ends.length : free;
    ends[line] = to;
    return line;
  });
};

/** Round numbers from 0 to `highest`, at most seven of them (for a highest up to 6,000). */
export const roundTicks = (highest) => {
  const step = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500].find((size) => highest / size <= 6) || 1000;
  return Array.from({ length: Math.floor(highest / step) + 1 }, (_, index) => index * step);
};

/**
 * At most `most` points: the means of neighbours, at the last one's place, because single values are noisy.
 * @param {[number, number][]} points
 * @param {number} most
 * @returns {[number, number][]}
 */
export const means = (points, most) => {
  const size = Math.max(1, Math.ceil(points.length / most));
  const kept = [];
  for (let start = 0; start < points.length; start += size) {
    const some = points.slice(start, start + size);
    kept.push([some[some.length - 1][0], some.reduce((sum, point) => sum + point[1], 0) / some.length]);
  }
  return kept;
};

/** The path of a curve through points. x, y: scales. */
export const pathThrough = (points, x, y) =>
  points.map((point, index) => (index ? "L" : "M") + x(point[0]).toFixed(1) + " " + y(point[1]).toFixed(1)).join("");

/**
 * An empty chart.
 * @param {{width: number, height: number, left: number, right: number, top: number, bottom: number}} box its size, and
 *   the margins around the drawn part
 * @param {function(number): number} x
 * @param {function(number): number} y
 * @param {string} label what the chart shows, for those who cannot see it
 * @returns {{picture: SVGElement, across: function, upright: function, write: function, curve: function, grid: function}}
 *   the picture, and functions that add to it
 */
export const chart = (box, x, y, label) => {
  const picture = shape("svg", { viewBox: `0 0 ${box.width} ${box.height}`, role: "img", "aria-label": label });
  const add = (node) => {
    picture.append(node);
    return node;
  };
  const write = (left, top, text, anchor = "start", kind = "") =>
    add(shape("text", { x: left, y: top, "text-anchor": anchor, class: kind }, text));
  const across = (number, kind) =>
    add(shape("line", { x1: box.left, x2: box.width - box.right, y1: y(number), y2: y(number), class: kind }));
  return {
    picture,
    write,
    across,
    upright: (number, kind) =>
      add(shape("line", { x1: x(number), x2: x(number), y1: box.top, y2: box.height - box.bottom, class: kind })),
    curve: (points, attributes) => add(shape("path", { d: pathThrough(points, x, y), ...attributes })),
    // A line of the grid, with its number at the left.
    grid: (number, text) => {
      across(number, "pg-curve-grid");
      write(box.left - 6, y(number) + 4, text, "end");
    },
  };
};

/** A curve's entry in a legend: a piece of the line, and words. attributes: of the line. */
export const legendEntry = (words, attributes) => {
  const entry = make("span", "pg-curve-chip", words);
  const sample = shape("svg", { viewBox: "0 0 28 8", "aria-hidden": "true" });
  sample.append(shape("path", { d: "M0 4L28 4", ...attributes }));
  entry.prepend(sample);
  return entry;
};
