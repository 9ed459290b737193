// The layers of a frame of points in the plane, one function each, on a canvas centred on the origin.
import { short } from "../../ui/numbers.js";
import { say } from "../../ui/say.js";

const REACH = 1.3;
const CODES = 3; // the inset of codes spans -3 to 3

// [name, key of the title, families, visible at first]
const LAYERS = [
  ["real", "train.toy_2d.layers.real", ["gan", "vae", "diffusion"], true],
  ["fake", "train.toy_2d.layers.fake", ["gan", "vae", "diffusion"], true],
  ["heat", "train.toy_2d.layers.heat", ["gan"], true],
  ["grid", "train.toy_2d.layers.grid", ["gan", "vae"], false],
  ["arrows", "train.toy_2d.layers.arrows", ["gan"], false],
  ["rebuilt", "train.toy_2d.layers.rebuilt", ["vae"], false],
  ["codes", "train.toy_2d.layers.codes", ["vae"], true],
  ["field", "train.toy_2d.layers.field", ["diffusion"], false],
  ["paths", "train.toy_2d.layers.paths", ["diffusion"], true],
];

const colours = (element) => {
  const style = getComputedStyle(element);
  const dark = Boolean(element.closest(".dark"));
  const of = (name) => style.getPropertyValue(name).trim();
  return { real: of("--pg-accent"), fake: of("--pg-warm"), faint: of("--pg-faint"), ink: dark ? "#e8ecf1" : "#14171c", ground: dark ? "#10151d" : "#ffffff", dark };
};
const scales = (size) => [(x) => ((x + REACH) / (2 * REACH)) * size, (y) => ((REACH - y) / (2 * REACH)) * size];

const ring = (pen, x, y, radius) => {
  pen.moveTo(x + radius, y);
  pen.arc(x, y, radius, 0, 7);
};
const cross = (pen, x, y, radius) => {
  pen.moveTo(x - radius, y - radius);
  pen.lineTo(x + radius, y + radius);
  pen.moveTo(x - radius, y + radius);
  pen.lineTo(x + radius, y - radius);
};
const dots = (pen, points, size, sign, colour, radius, width) => {
  const [px, py] = scales(size);
  Object.assign(pen, { strokeStyle: colour, lineWidth: width });
  pen.beginPath();
  for (let at = 0; at + 1 < points.length; at += 2) sign(pen, px(points[at]), py(points[at + 1]), radius);
  pen.stroke();
};
const arrow = (pen, x, y, dx, dy) => {
  const length = Math.hypot(dx, dy);
  if (!(length > 0.5)) return;
  const [ux, uy, head] = [dx / length, dy / length, Math.min(5, length / 2)];
  pen.moveTo(x, y);
  pen.lineTo(x + dx, y + dy);
  pen.moveTo(x + dx - head * (ux + uy * 0.6), y + dy - head * (uy - ux * 0.6));
  pen.lineTo(x + dx, y + dy);
  pen.lineTo(x + dx - head * (ux - uy * 0.6), y + dy - head * (uy + ux * 0.6));
};

const heat = (pen, size, levels, tone) => {
  const side = levels.shape[0];
  const small = document.createElement("canvas");
  Object.assign(small, { width: side, height: side });
  const image = small.getContext("2d").createImageData(side, side);
  const [real, fake] = tone.dark ? [[88, 166, 230], [226, 140, 60]] : [[31, 111, 178], [216, 110, 20]];
  for (let at = 0; at < levels.length; at += 1) {
    const sure = levels[at] / 127.5 - 1;
    const colour = sure >= 0 ? real : fake;
    image.data.set([...colour, Math.round(Math.abs(sure) * (tone.dark ? 130 : 110))], 4 * at);
  }
  small.getContext("2d").putImageData(image, 0, 0);
  pen.imageSmoothingEnabled = true;
  pen.drawImage(small, 0, 0, size, size);
};
const mesh = (pen, size, grid, colour) => {
  const [px, py] = scales(size);
  const side = grid.shape[0];
  Object.assign(pen, { strokeStyle: colour, lineWidth: 0.9 });
  pen.globalAlpha = 0.75;
  pen.beginPath();
  const point = (row, column) => [px(grid[2 * (row * side + column)]), py(grid[2 * (row * side + column) + 1])];
  for (let one = 0; one < side; one += 1) {
    for (let other = 0; other < side; other += 1) pen[other ? "lineTo" : "moveTo"](...point(one, other));
    for (let other = 0; other < side; other += 1) pen[other ? "lineTo" : "moveTo"](...point(other, one));
  }
  pen.stroke();
  pen.globalAlpha = 1;
};
// Arrows, the longest of them `most` pixels long. Returns its length in units of the plane.
const arrows = (pen, size, starts, moves, count, colour, most) => {
  const [px, py] = scales(size);
  let longest = 0;
  for (let at = 0; at < count; at += 1) longest = Math.max(longest, Math.hypot(moves[2 * at], moves[2 * at + 1]));
  if (!(longest > 0) || !Number.isFinite(longest)) return longest;
  const scale = most / longest;
  Object.assign(pen, { strokeStyle: colour, lineWidth: 1.3 });
  pen.beginPath();
  for (let at = 0; at < count; at += 1) arrow(pen, px(starts[2 * at]), py(starts[2 * at + 1]), moves[2 * at] * scale, -moves[2 * at + 1] * scale);
  pen.stroke();
  return longest;
};
const pairs = (pen, size, from, to, colour) => {
  const [px, py] = scales(size);
  Object.assign(pen, { strokeStyle: colour, lineWidth: 1 });
  pen.beginPath();
  for (let at = 0; at + 1 < from.length; at += 2) {
    pen.moveTo(px(from[at]), py(from[at + 1]));
    pen.lineTo(px(to[at]), py(to[at + 1]));
  }
  pen.stroke();
};
// A canvas in the screen's own pixels -> its pen, scaled to the page's, or null while it is hidden.
const penOf = (canvas) => {
  const size = canvas.clientWidth;
  if (!size) return null;
  const dense = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(size * dense)) Object.assign(canvas, { width: Math.round(size * dense), height: Math.round(size * dense) });
  const pen = canvas.getContext("2d");
  pen.setTransform(dense, 0, 0, dense, 0, 0);
  return pen;
};
// The codes beside the plane, with circles at one and two standard deviations of the prior.
const drawCodes = (canvas, points) => {
  const [pen, side] = [penOf(canvas), canvas.clientWidth];
  if (!pen) return;
  const [tone, middle] = [colours(canvas), side / 2];
  pen.fillStyle = tone.ground;
  pen.fillRect(0, 0, side, side);
  Object.assign(pen, { strokeStyle: tone.faint, lineWidth: 1 });
  pen.strokeRect(0.5, 0.5, side - 1, side - 1);
  pen.beginPath();
  [1, 2].forEach((radius) => ring(pen, middle, middle, (radius / CODES) * middle));
  pen.stroke();
  pen.fillStyle = tone.real;
  for (let at = 0; at + 1 < points.length; at += 2) pen.fillRect(middle + (points[at] / CODES) * middle - 1, middle - (points[at + 1] / CODES) * middle - 1, 2, 2);
};
const paths = (pen, size, points, colour) => {
  const [px, py] = scales(size);
  const [count, steps] = points.shape;
  Object.assign(pen, { strokeStyle: colour, fillStyle: colour, lineWidth: 1 });
  pen.globalAlpha = 0.6;
  pen.beginPath();
  for (let path = 0; path < count; path += 1) {
    for (let step = 0; step < steps; step += 1) {
      const at = 2 * (path * steps + step);
      pen[step ? "lineTo" : "moveTo"](px(points[at]), py(points[at + 1]));
    }
  }
  pen.stroke();
  pen.beginPath();
  for (let path = 0; path < count; path += 1) ring(pen, px(points[2 * path * steps]), py(points[2 * path * steps + 1]), 1.6);
  pen.fill();
  pen.globalAlpha = 1;
};
const square = (side, reach) => {
  const points = new Float32Array(2 * side * side);
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) points.set([(column / (side - 1) * 2 - 1) * reach, (1 - (row / (side - 1)) * 2) * reach], 2 * (row * side + column));
  }
  return points;
};

// Draws a frame of typed arrays. visible: names of layers; time: index of the field's time. Returns sentences with the
// scales of the layers.
const draw = (canvas, frame, family, visible, time) => {
  const size = canvas.clientWidth;
  const pen = frame ? penOf(canvas) : null;
  if (!pen) return [];
  const [tone, notes] = [colours(canvas), []];
  pen.fillStyle = tone.ground;
  pen.fillRect(0, 0, size, size);
  const is = (name) => visible.has(name) && LAYERS.some((layer) => layer[0] === name && layer[2].includes(family));
  const busy = frame.batch_fake ? 0.35 : 1; // in slow motion the part's own points are emphasised
  if (is("heat") && frame.heat) {
    heat(pen, size, frame.heat, tone);
    notes.push(say("train.toy_2d.layers.heat_note", { scale: frame.heat_words }));
  }
  if (is("field") && frame.field) {
    const side = frame.field.shape[1];
    const now = frame.field.subarray(2 * side * side * time, 2 * side * side * (time + 1));
    const longest = arrows(pen, size, square(side, (REACH * 12) / 13), now, side * side, tone.faint, size / 14);
    notes.push(say("train.toy_2d.layers.field_note", { time: frame.times[time].toFixed(2), length: short(longest) }));
  }
  if (is("grid") && frame.grid) mesh(pen, size, frame.grid, tone.ink);
  if (is("paths") && frame.paths) paths(pen, size, frame.paths, tone.faint);
  if (is("rebuilt") && frame.rebuilt) pairs(pen, size, frame.real, frame.rebuilt, tone.faint);
  pen.globalAlpha = busy;
  if (is("real")) dots(pen, frame.real, size, ring, tone.real, 2.3, 1.2);
  if (is("fake")) dots(pen, frame.fake, size, cross, tone.fake, 2.4, 1.4);
  pen.globalAlpha = 1;
  if (is("arrows") && frame.arrows) {
    const longest = arrows(pen, size, frame.fake, frame.arrows, frame.arrows.shape[0], tone.ink, size / 12);
    notes.push(say("train.toy_2d.layers.arrows_note", { length: short(longest) }));
  }
  if (frame.batch_real) dots(pen, frame.batch_real, size, ring, tone.real, 3.6, 2);
  if (frame.batch_fake) dots(pen, frame.batch_fake, size, cross, tone.fake, 3.6, 2.2);
  if (frame.sigma !== undefined) notes.push(say("train.toy_2d.layers.sigma_note", { sigma: short(frame.sigma) }));
  return notes;
};
export { LAYERS, draw, drawCodes };
