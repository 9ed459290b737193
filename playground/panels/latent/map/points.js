// The points of the map: coloured by a label, painted pixel by pixel, and filtered by a legend.
import { bytesOf } from "../../../ui/arrays.js";
import { make } from "../../../ui/dom.js";
import { drawMarks } from "../../../ui/marks.js";
import { nearestIn } from "../../../ui/nearest.js";
import { say } from "../../../ui/say.js";

// Nine colours that colour-blind people can distinguish (after Okabe and Ito, and Tol), for light and for dark.
const LIGHT = ["#0072b2", "#d55e00", "#009e73", "#aa3377", "#b8860b", "#332288", "#56b4e9", "#882255", "#6b6b00"];
const DARK = ["#56b4e9", "#ee8a3c", "#00c08b", "#ee88bb", "#f0e442", "#9f8fff", "#c9e6ff", "#e0607e", "#a5b545"];
const FACE = 26; // pixels of the page between little pictures
const [DIM_LIGHT, DIM_DARK, OTHER_LIGHT, OTHER_DARK] = ["#d5dae1", "#323c4c", "#8b94a1", "#8d98a8"];

const packedColour = (name) => {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(name.slice(at, at + 2), 16));
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
};

// canvas, legend: elements of the view.  at: {zoom, left, top, colour}, which the view changes: left and top are the
// middle of the visible part, colour is the label that the points are coloured by.  redraw: paints soon.
export const mapPoints = (canvas, legend, at, redraw) => {
  const pressed = new Set();
  let [value, points, ranks, colours, order, image, surface, nearest, only] = [null, null, [], null, null, null, null, null, null];

  const isDark = () => Boolean(canvas.closest(".dark") || document.body.classList.contains("dark"));
  // Pixels of the page per unit of the map.
  const scale = () => (Math.min(canvas.clientWidth, canvas.clientHeight) / value.size) * at.zoom;
  const toScreen = (x, y) => [canvas.clientWidth / 2 + (x - at.left) * scale(), canvas.clientHeight / 2 - (y - at.top) * scale()];
  const toMap = (x, y) => [at.left + (x - canvas.clientWidth / 2) / scale(), at.top - (y - canvas.clientHeight / 2) / scale()];
  const place = (point) => [points[2 * point], points[2 * point + 1]];
  const attribute = () => Math.max(0, value.attributes.findIndex((one) => one.name === at.colour));
  const label = (a, point) => value.table[a * value.count + point];
  const isLit = (point) => (!only || only[point]) && (!pressed.size || pressed.has(label(attribute(), point)));
  const words = (point) => value.attributes.map((one, a) => one.name + ": " + one.words[label(a, point)]).join(", ");
  // The word of the label that the points are coloured by.
  const word = (point) => {
    const one = value.attributes[attribute()];
    return one.name + ": " + one.words[label(attribute(), point)];
  };

  // The nine most frequent words have their own colours. Points that the filter hides are painted first.
  const recolour = () => {
    const a = attribute();
    const [dark, counts] = [isDark(), value.attributes[a].words.map(() => 0)];
    for (let point = 0; point < value.count; point += 1) counts[label(a, point)] += 1;
    ranks = counts.map((count, index) => ({ count, index })).filter((one) => one.count).sort((one, other) => other.count - one.count);
    const palette = dark ? DARK : LIGHT;
    const own = value.attributes[a].words.map(() => (dark ? OTHER_DARK : OTHER_LIGHT));
    ranks.forEach((one, rank) => {
      const real = value.attributes[a].colours?.[one.index]; // a colour is drawn as itself
      if (real) own[one.index] = real;
      else if (rank < palette.length) own[one.index] = palette[rank];
      else if (pressed.has(one.index)) own[one.index] = dark ? "#ffffff" : "#000000";
    });
    ranks.forEach((one) => (one.colour = own[one.index]));
    const ink = own.map(packedColour);
    const dim = packedColour(dark ? DIM_DARK : DIM_LIGHT);
    colours = new Uint32Array(value.count);
    const [below, above] = [[], []];
    for (let point = 0; point < value.count; point += 1) {
      const lit = isLit(point);
      colours[point] = lit ? ink[label(a, point)] : dim;
      (lit ? above : below).push(point);
    }
    order = Int32Array.from([...below, ...above]);
    showLegend();
    redraw();
  };
  const showLegend = () => {
    const { words: names } = value.attributes[attribute()];
    const isReal = value.attributes[attribute()].colours?.some(Boolean);
    const hint = ranks.length > LIGHT.length && !isReal ? say("latent.map.legend_many") : say("latent.map.legend_hint");
    const chips = ranks.map((one, position) => {
      const chip = make("button", "pg-map-chip");
      chip.type = "button";
      const swatch = make("span", "pg-map-swatch");
      swatch.style.background = one.colour;
      chip.append(swatch, make("span", "", names[one.index] + " "), make("span", "pg-hint", one.count.toLocaleString("en")));
      chip.setAttribute("aria-pressed", String(pressed.has(one.index)));
      chip.addEventListener("click", () => {
        if (pressed.has(one.index)) pressed.delete(one.index);
        else pressed.add(one.index);
        recolour();
        legend.children[position + 1].focus();
      });
      return chip;
    });
    legend.replaceChildren(make("span", "pg-legend-title", hint), ...chips);
  };

  // Little pictures in place of dots, no two in one place. Returns points that have a place but no picture yet.
  const paintFaces = (context, thumbs, width, height) => {
    const [taken, missing] = [new Set(), []];
    const side = at.zoom > 4 ? FACE * 1.5 : FACE;
    const known = new Map();
    const cell = (point) => {
      const [left, top] = toScreen(...place(point));
      if (left < side || top < side || left > width - side || top > height - side || !isLit(point)) return null;
      return [Math.floor(left / side) + ":" + Math.floor(top / side), left, top];
    };
    thumbs.forEach((thumb, point) => {
      if (point >= value.count) return;
      const where = cell(point);
      if (!where || taken.has(where[0])) return;
      taken.add(where[0]);
      known.set(point, [thumb, where[1], where[2]]);
    });
    context.imageSmoothingEnabled = false;
    known.forEach(([thumb, left, top], point) => {
      const size = side - 4;
      context.fillStyle = "#" + (colours[point] & 0xffffff).toString(16).padStart(6, "0").replace(/(..)(..)(..)/, "$3$2$1");
      context.fillRect(left - size / 2 - 1.5, top - size / 2 - 1.5, size + 3, size + 3);
      context.drawImage(thumb, left - size / 2, top - size / 2, size, size);
    });
    for (let point = 0; point < value.count && missing.length < 400; point += 1) {
      const where = thumbs.has(point) ? null : cell(point);
      if (!where || taken.has(where[0])) continue;
      taken.add(where[0]);
      missing.push(point);
    }
    return missing;
  };
  // marks: [point, size] of points to frame, or point -1 for none.  thumbs: point -> picture to draw in place of its
  // dot, or null for dots alone. Returns points that could have a picture and have none yet.
  const paint = (marks, thumbs = null) => {
    const [width, height, dense] = [canvas.clientWidth, canvas.clientHeight, Math.min(2, window.devicePixelRatio || 1)];
    if (!width || !value) return [];
    const [wide, high] = [Math.round(width * dense), Math.round(height * dense)];
    const context = canvas.getContext("2d", { alpha: false });
    const dark = isDark();
    if (!image || canvas.width !== wide || canvas.height !== high) {
      Object.assign(canvas, { width: wide, height: high });
      image = context.createImageData(wide, high);
      surface = new Uint32Array(image.data.buffer);
    }
    surface.fill(packedColour(dark ? "#0f172a" : "#ffffff"));
    const unit = scale() * dense;
    const [middleX, middleY] = [wide / 2 - at.left * unit, high / 2 + at.top * unit];
    const dot = Math.round((at.zoom > 12 ? 7 : at.zoom > 4 ? 5 : 3) * dense);
    const half = dot >> 1;
    for (let turn = 0; turn < order.length; turn += 1) {
      const point = order[turn];
      const [x, y] = [Math.round(middleX + points[2 * point] * unit) - half, Math.round(middleY - points[2 * point + 1] * unit) - half];
      if (x < 0 || y < 0 || x + dot > wide || y + dot > high) continue;
      for (let row = y; row < y + dot; row += 1) surface.fill(colours[point], row * wide + x, row * wide + x + dot);
    }
    context.putImageData(image, 0, 0);
    context.setTransform(dense, 0, 0, dense, 0, 0);
    const missing = thumbs ? paintFaces(context, thumbs, width, height) : [];
    const squares = marks.filter(([point]) => point >= 0).map(([point, size]) => [...place(point), size]);
    const seen = { value, at, squares, toScreen, scale: scale(), width, height };
    drawMarks(context, dark ? "#f1f5f9" : "#14171c", dark ? "#14171c" : "#ffffff", seen);
    context.setTransform(1, 0, 0, 1, 0, 0);
    return missing;
  };

  const unpack = (next) => {
    const raw = new Uint16Array(bytesOf(next.points).buffer);
    next.count = raw.length / 2;
    next.table = bytesOf(next.labels);
    points = new Float32Array(raw.length);
    for (let index = 0; index < raw.length; index += 1) points[index] = next.low[index % 2] + (raw[index] / 65535) * next.size;
    nearest = nearestIn(points, next.low, next.size);
  };
  return {
    // Takes a value of the view; null hides the points.
    load: (next) => {
      value = next;
      if (next && !next.table) unpack(next);
    },
    clearFilter: () => pressed.clear(),
    data: () => value,
    // Dims all points but the chosen ones; null for none. chosen: 1 for each of them.
    showOnly: (chosen, isSeen = true) => {
      only = chosen;
      if (isSeen && value) recolour();
    },
    // The nearest visible point within reach, or -1.
    nearest: (x, y, reach) => nearest(x, y, reach, isLit),
    recolour, paint, place, word, words, scale, toScreen, toMap,
  };
};
