// Distributions over the same bins, with a band behind them and marks below. See histogram.py.
import { make } from "../../ui/dom.js";
import { short } from "../../ui/numbers.js";

const SVG = "http://www.w3.org/2000/svg";
const COLOURS = ["var(--pg-accent)", "var(--pg-warm)", "currentColor"];
const DASHES = ["", "7 4", "2 3"];
const [WIDTH, HEIGHT, MARK] = [400, 110, 9];

const shape = (name, attributes) => {
  const made = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  return made;
};

const key = (kind, index, words) => {
  const item = make("span", "pg-histogram-key pg-histogram-" + kind);
  const sign = make("span", "pg-histogram-sign");
  if (kind !== "band") {
    sign.style.borderBlockStart = "3px " + (DASHES[index] ? "dashed" : "solid") + " " + COLOURS[index];
    sign.style.marginBlockStart = kind === "mark" ? "8px" : "0";
  }
  item.append(sign, make("span", "", words));
  return item;
};

/**
 * The figure of a histogram.
 * @param {{title: string, edges: number[], groups: {label: string, shares: number[]}[], words: string,
 *   band: {label: string, low: number, high: number}|null, marks: {label: string, low: number, high: number}[]}} value
 * @returns {HTMLElement}
 */
export const histogram = (value) => {
  const { edges, groups, band, marks } = value;
  const ends = [...edges, ...[band, ...marks].filter(Boolean).flatMap((one) => [one.low, one.high])];
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const most = Math.max(...groups.flatMap((group) => group.shares), 1e-9);
  const tall = HEIGHT + MARK * marks.length;
  const along = (number) => ((number - low) / (high - low || 1)) * WIDTH;
  const up = (share) => HEIGHT - (share / most) * (HEIGHT - 4);
  const svg = shape("svg", { viewBox: "0 0 " + WIDTH + " " + tall, preserveAspectRatio: "none", role: "img" });
  svg.setAttribute("aria-label", value.title + ". " + value.words);
  if (band) svg.append(shape("rect", { x: along(band.low), width: along(band.high) - along(band.low), y: 0, height: HEIGHT, fill: "currentColor", opacity: 0.12 }));
  groups.forEach((group, index) => {
    const steps = group.shares.flatMap((share, bin) => [along(edges[bin]) + "," + up(share), along(edges[bin + 1]) + "," + up(share)]);
    const points = [along(edges[0]) + "," + HEIGHT, ...steps, along(edges.at(-1)) + "," + HEIGHT].join(" ");
    svg.append(shape("polyline", { points, fill: COLOURS[index], "fill-opacity": 0.12, stroke: COLOURS[index], "stroke-width": 2, "stroke-dasharray": DASHES[index], "vector-effect": "non-scaling-stroke" }));
  });
  marks.forEach((mark, index) => {
    const y = HEIGHT + MARK * (index + 0.6);
    const wide = mark.low === mark.high ? 0.75 : 0; // a single value is a short line
    svg.append(shape("line", { x1: along(mark.low) - wide, x2: along(mark.high) + wide, y1: y, y2: y, stroke: COLOURS[index], "stroke-width": 5, "stroke-dasharray": "", "vector-effect": "non-scaling-stroke" }));
  });
  const figure = make("figure", "pg-histogram");
  const axis = make("p", "pg-histogram-axis");
  axis.setAttribute("aria-hidden", "true");
  axis.append(...[low, (low + high) / 2, high].map((number) => make("span", "", short(number))));
  const keys = make("p", "pg-hint pg-histogram-keys");
  keys.append(...groups.map((group, index) => key("group", index, group.label)));
  if (band) keys.append(key("band", 0, band.label));
  keys.append(...marks.map((mark, index) => key("mark", index, mark.label)));
  figure.append(make("figcaption", "pg-strip-title", value.title), svg, axis, keys);
  return figure;
};
