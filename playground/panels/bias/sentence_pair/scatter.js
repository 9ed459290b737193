// The scatter plot of a sentence pair: a dot for each word, its log-probability in A across, in B upwards. Turned by 45
// degrees, it shows the difference across and the mean upwards.
import { onResize, onTheme } from "../../../ui/lifetime.js";
import { say } from "../../../ui/say.js";

const TENS = Math.LN10;
const REACH = 22; // pixels within which a dot can be pointed at
const [LEFT, RIGHT, TOP, FOOT] = [82, 14, 12, 40];
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

const tick = (power) => {
  if (power >= -4) return Number((100 * 10 ** power).toPrecision(1)) + " %";
  return say("bias.sentence_pair.chart.one_in", { power: [...String(-power)].map((digit) => RAISED[digit]).join("") });
};

// plot: what the view and the chart share: {value, a, b, at, all, followed, label(index)}. The value is that of the
// view; a, b: natural log-probabilities; at: the chosen word's index or null; all: whether all words are in view;
// followed: word -> its former place [a, b] or null. Returns {redraw, rotate, nearest, neighbour}.
export const sentencePairScatter = (canvas, plot) => {
  const ground = document.createElement("canvas");
  let [stale, turn, frame, spots] = [true, 0, 0, []];
  const change = (index) => plot.a[index] - plot.b[index];

  // The window in view: [lowest, highest] logarithm on both axes, and the largest difference.
  const range = () => {
    const count = plot.all ? plot.value.words.length : plot.value.likely;
    let [low, high, wide] = [0, -Infinity, 0.35];
    for (let index = 0; index < count; index++) {
      low = Math.min(low, plot.a[index], plot.b[index]);
      high = Math.max(high, plot.a[index], plot.b[index]);
      wide = Math.max(wide, Math.abs(change(index)));
    }
    const margin = (high - low) * 0.05 + 0.1;
    return { low: low - margin, high: Math.min(high + margin, 0.2), wide: wide * 1.15 };
  };
  // Maps two logarithms to a point of the canvas, at the present turn between 0 and 1.
  const projection = () => {
    const { low, high, wide } = range();
    const [across, up] = [canvas.clientWidth - LEFT - RIGHT, canvas.clientHeight - TOP - FOOT];
    const middle = (low + high) / 2;
    const mix = (plain, turned) => plain + (turned - plain) * turn;
    const [cos, sin] = [Math.cos((turn * Math.PI) / 4), Math.sin((turn * Math.PI) / 4)];
    const sizeX = mix(across / (high - low), across / (Math.SQRT2 * wide));
    const sizeY = mix(up / (high - low), up / (Math.SQRT2 * (high - low)));
    const [centreX, centreY] = [LEFT + across / 2, TOP + up / 2];
    const place = (x, y) => [
      centreX + sizeX * (cos * (x - middle) - sin * (y - middle)),
      centreY - sizeY * (sin * (x - middle) + cos * (y - middle)),
    ];
    return { place, low, high, wide, box: [LEFT, TOP, across, up] };
  };

  const line = (context, x1, y1, x2, y2) => {
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.stroke();
  };
  const write = (context, text, x, y, align, baseline) => {
    context.textAlign = align;
    context.textBaseline = baseline;
    context.fillText(text, x, y);
  };
  const probabilityLines = (context, view) => {
    const [left, top, across, up] = view.box;
    const powers = [];
    for (let power = Math.ceil(view.low / TENS); power <= Math.floor(view.high / TENS + 1e-6); power++) powers.push(power);
    const thin = Math.ceil(powers.length / 7);
    powers.filter((power) => power % thin === 0).forEach((power) => {
      const [x, y] = view.place(power * TENS, power * TENS);
      line(context, left, y, left + across, y);
      write(context, tick(power), left - 5, y, "right", "middle");
      if (turn) return;
      line(context, x, top, x, top + up);
      write(context, tick(power), x, top + up + 5, "center", "top");
    });
  };
  const factorLines = (context, view) => {
    const [, top, , up] = view.box;
    const step = [2, 3, 10, 100, 1000, 1e4, 1e6].find((factor) => view.wide / Math.log(factor) <= 4) || 1e8;
    for (let count = -4; count <= 4; count++) {
      const apart = count * Math.log(step);
      if (Math.abs(apart) > view.wide) continue;
      const [x] = view.place(apart / 2, -apart / 2);
      line(context, x, top, x, top + up);
      const factor = Math.abs(Math.round(step ** Math.abs(count))).toLocaleString("en");
      const text = count ? say("bias.sentence_pair.chart.factor", { factor }) : say("bias.sentence_pair.chart.equal");
      write(context, text, x, top + up + 5, "center", "top");
    }
  };
  const axisNames = (context, colour, view) => {
    const [left, top, across, up] = view.box;
    const foot = top + up + FOOT - 2;
    const [one, other] = plot.value.names;
    context.font = "600 12.5px system-ui, sans-serif";
    if (turn < 0.5) {
      context.fillStyle = colour("--pg-accent");
      write(context, say("bias.sentence_pair.chart.axis_a", { name: one }), left + across / 2, foot, "center", "bottom");
      context.save();
      context.translate(12, top + up / 2);
      context.rotate(-Math.PI / 2);
      context.fillStyle = colour("--pg-warm");
      write(context, say("bias.sentence_pair.chart.axis_b", { name: other }), 0, 0, "center", "middle");
      context.restore();
      return;
    }
    // A name too long for its half of the axis is cut.
    const fit = (key, name) => {
      const whole = say(key, { name });
      return context.measureText(whole).width > across / 2 - 8 ? say(key, { name: name.slice(0, 15) + "…" }) : whole;
    };
    context.fillStyle = colour("--pg-accent");
    write(context, fit("bias.sentence_pair.chart.turned_a", one), left + across, foot, "right", "bottom");
    context.fillStyle = colour("--pg-warm");
    write(context, fit("bias.sentence_pair.chart.turned_b", other), left, foot, "left", "bottom");
  };
  const grid = (context, colour, view) => {
    context.strokeStyle = colour("--border-color-primary");
    context.fillStyle = colour("--pg-faint");
    context.lineWidth = 1;
    context.font = "11px system-ui, sans-serif";
    if (turn === 0 || turn === 1) probabilityLines(context, view);
    if (turn === 1) factorLines(context, view);
    context.strokeStyle = colour("--pg-faint");
    context.setLineDash([5, 4]);
    line(context, ...view.place(view.low, view.low), ...view.place(view.high, view.high));
    context.setLineDash([]);
    axisNames(context, colour, view);
  };
  const clip = (context, view) => {
    const [left, top, across, up] = view.box;
    context.beginPath();
    context.rect(left - 6, top - 6, across + 12, up + 12);
    context.clip();
  };
  // A is round and B is square: colour is not the only sign.
  const dot = (context, colours, index, x, y, size) => {
    context.fillStyle = colours[change(index) >= 0 ? 0 : 1];
    context.beginPath();
    if (change(index) >= 0) context.arc(x, y, size, 0, 7);
    else context.rect(x - size * 0.9, y - size * 0.9, size * 1.8, size * 1.8);
    context.fill();
  };
  const dots = (context, colours, view) => {
    const { a, b, value } = plot;
    const [left, top, , up] = view.box;
    context.save();
    clip(context, view);
    context.globalAlpha = 0.45;
    const every = turn > 0 && turn < 1 ? 5 : 1; // fewer while they turn
    [0, 1].forEach((side) => {
      context.fillStyle = colours[side];
      for (let index = value.words.length - 1; index >= value.likely; index -= every) {
        if ((a[index] >= b[index] ? 0 : 1) !== side) continue;
        const [x, y] = view.place(a[index], b[index]);
        if (x > left - 6 && y < top + up + 6) context.fillRect(x - 1, y - 1, 2, 2);
      }
    });
    context.globalAlpha = 0.75;
    spots = new Array(value.likely);
    for (let index = value.likely - 1; index >= 0; index--) {
      spots[index] = view.place(a[index], b[index]);
      dot(context, colours, index, ...spots[index], 3.5);
    }
    context.restore();
  };
  // Rings around the chosen word and the followed ones, with a line from where each was before.
  const rings = (context, colour, view) => {
    const { a, b, at } = plot;
    const ring = (x, y, size) => {
      context.beginPath();
      context.arc(x, y, size, 0, 7);
      context.stroke();
    };
    context.strokeStyle = colour("--body-text-color");
    context.lineWidth = 2;
    plot.followed.forEach((before, word) => {
      const index = plot.value.words.indexOf(word);
      if (index < 0) return;
      const here = view.place(a[index], b[index]);
      if (before) {
        const there = view.place(...before);
        line(context, ...there, ...here);
        ring(...there, 3);
      }
      ring(...here, 7);
    });
    if (at === null) return;
    context.lineWidth = 3;
    ring(...view.place(a[at], b[at]), 10);
  };
  // As many words as fit: the chosen one, the followed ones, those that move most, the most probable ones.
  const labels = (context, colour, view) => {
    const [left, top, across, up] = view.box;
    const { a, b, at, value } = plot;
    const [taken, written] = [[], new Set()];
    const free = ([x, y, w, h]) =>
      x >= left && y >= top - 8 && x + w <= left + across + RIGHT && y + h <= top + up && taken.every((one) => x >= one[0] + one[2] || one[0] >= x + w || y >= one[1] + one[3] || one[1] >= y + h);
    const label = (index, strong) => {
      if (written.has(index)) return;
      written.add(index);
      const [x, y] = view.place(a[index], b[index]);
      if (x < left - 2 || x > left + across + 2 || y < top - 2 || y > top + up + 2) return;
      const text = plot.label(index);
      context.font = (strong ? "700 14px" : "12.5px") + " system-ui, sans-serif";
      const [wide, high] = [context.measureText(text).width, 15];
      const corners = [[x + 8, y - 8], [x - wide - 8, y - 8], [x - wide / 2, y - 22], [x - wide / 2, y + 7]];
      if (change(index) < 0) corners.reverse();
      const room = corners.map(([l, t]) => [l, t, wide, high]).find(free) || (strong && [Math.max(left, Math.min(left + across - wide, x + 12)), y - 8, wide, high]);
      if (!room) return;
      taken.push(room);
      context.textAlign = "left";
      context.textBaseline = "middle";
      context.lineWidth = 4;
      context.lineJoin = "round";
      context.strokeStyle = colour("--background-fill-primary");
      context.strokeText(text, room[0], room[1] + high / 2);
      context.fillStyle = colour("--body-text-color");
      context.fillText(text, room[0], room[1] + high / 2);
    };
    if (at !== null) label(at, true);
    plot.followed.forEach((_, word) => value.words.includes(word) && label(value.words.indexOf(word), true));
    const [one, other] = value.edges;
    for (let rank = 0; rank < Math.max(one.length, other.length); rank++) [one, other].forEach((side) => rank < side.length && label(side[rank], false));
    for (let index = 0; index < Math.min(12, value.likely); index++) label(index, false);
  };
  // The dots are on a canvas of their own: pointing at one redraws only the rings and the words.
  const paint = () => {
    frame = 0;
    const [width, height, dense] = [canvas.clientWidth, canvas.clientHeight, window.devicePixelRatio || 1];
    if (!width || !plot.value) return;
    Object.assign(canvas, { width: Math.round(width * dense), height: Math.round(height * dense) });
    const context = canvas.getContext("2d");
    const styles = getComputedStyle(canvas);
    const colour = (name) => styles.getPropertyValue(name).trim();
    const view = projection();
    if (stale || ground.width !== canvas.width || ground.height !== canvas.height) {
      Object.assign(ground, { width: canvas.width, height: canvas.height });
      const under = ground.getContext("2d");
      under.setTransform(dense, 0, 0, dense, 0, 0);
      grid(under, colour, view);
      dots(under, [colour("--pg-accent"), colour("--pg-warm")], view);
      stale = false;
    }
    context.drawImage(ground, 0, 0);
    context.setTransform(dense, 0, 0, dense, 0, 0);
    context.save();
    clip(context, view);
    rings(context, colour, view);
    context.restore();
    labels(context, colour, view);
  };
  // dotsToo: false if only the chosen or the followed words have changed.
  const redraw = (dotsToo = true) => {
    stale = stale || dotsToo;
    if (!frame) frame = requestAnimationFrame(paint);
  };
  // end: 0 for A against B, 1 for the differences.
  const rotate = (end) => {
    const [start, began] = [turn, performance.now()];
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const step = (now) => {
      const share = still ? 1 : Math.min(1, Math.max(0, (now - began) / 500));
      stale = true;
      turn = share === 1 ? end : start + (end - start) * share * share * (3 - 2 * share);
      paint();
      if (share < 1) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  };

  // The index of the word nearest to the pointer, within reach, or null.
  const nearest = (event) => {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const view = projection();
    let [best, index] = [REACH * REACH, null];
    for (let each = 0; each < plot.value.words.length; each++) {
      const [px, py] = view.place(plot.a[each], plot.b[each]);
      const far = (px - x) ** 2 + (py - y) ** 2;
      if (far < best) [best, index] = [far, each];
    }
    return index;
  };
  // The index of the likely word next to the chosen one in a direction [1, 0], [-1, 0], [0, 1] or [0, -1], or null.
  const neighbour = ([right, down]) => {
    const { a, b, at } = plot;
    const view = projection();
    const [x, y] = at === null ? view.place(0, 0) : view.place(a[at], b[at]);
    let [best, index] = [Infinity, at === null ? 0 : null];
    spots.forEach((spot, each) => {
      const [along, aside] = [(spot[0] - x) * right + (spot[1] - y) * down, (spot[0] - x) * down + (spot[1] - y) * right];
      const far = along + 2 * Math.abs(aside);
      if (along > 0.5 && Math.abs(aside) <= along * 1.5 && far < best) [best, index] = [far, each];
    });
    return index;
  };

  onResize(canvas, redraw);
  // Another theme has other colours.
  onTheme(canvas, redraw);
  return { redraw, rotate, nearest, neighbour };
};
