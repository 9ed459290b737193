// A map of words: their places on two directions, the sum as a parallelogram, and each word's neighbours.
import { latest } from "../../../ui/latest.js";
import { onResize, onTheme } from "../../../ui/lifetime.js";
import { fixed } from "../../../ui/numbers.js";
import { say } from "../../../ui/say.js";
import { given } from "../../../ui/value.js";
import { nearList } from "./view.js";

// The name of each role, as a key of the catalogue.
const ROLES = { plus: "latent.words.role_plus", minus: "latent.words.role_minus", answer: "latent.words.role_answer", added: "latent.words.role_extra", "": "latent.words.role_neighbour" };
const [MARGIN, REACH, LONGEST] = [30, 18, 26];

export const wordMap = ({ element, props, trigger, watch, server }) => {
  const part = (name) => element.querySelector(name);
  const canvas = part(".pg-words-map-canvas");
  const status = part("[role=status]");
  const known = new Map();
  let [value, at, spots, frame] = [null, null, [], 0];

  // From places on the map to the canvas, at one scale for both directions: a parallelogram stays one.
  const scale = () => {
    const all = [...value.points.map((point) => point.place), value.target, ...value.arrows.flatMap((arrow) => [arrow.start, arrow.end])];
    const [wide, high] = [canvas.clientWidth - 2 * MARGIN, canvas.clientHeight - 2 * MARGIN];
    const [left, right] = [Math.min(...all.map((one) => one[0])), Math.max(...all.map((one) => one[0]))];
    const [low, top] = [Math.min(...all.map((one) => one[1])), Math.max(...all.map((one) => one[1]))];
    const size = Math.min(wide / Math.max(right - left, 1e-9), high / Math.max(top - low, 1e-9));
    const [aside, above] = [MARGIN + (wide - size * (right - left)) / 2, MARGIN + (high - size * (top - low)) / 2];
    return ([x, y]) => [aside + (x - left) * size, above + (top - y) * size];
  };
  const short = (label) => (label.length > LONGEST ? label.slice(0, LONGEST - 1) + "…" : label);

  const sign = (context, role, x, y, size) => {
    context.beginPath();
    if (role === "minus") context.rect(x - size, y - size, 2 * size, 2 * size);
    else if (role === "answer") [[0, -1.5], [1.5, 0], [0, 1.5], [-1.5, 0]].forEach(([dx, dy]) => context.lineTo(x + dx * size, y + dy * size));
    else if (role === "added") [[0, -1.4], [1.3, 1], [-1.3, 1]].forEach(([dx, dy]) => context.lineTo(x + dx * size, y + dy * size));
    else context.arc(x, y, size, 0, 7);
    context.closePath();
    context.fill();
  };
  const arrow = (context, [x1, y1], [x2, y2], dashed) => {
    const turn = Math.atan2(y2 - y1, x2 - x1);
    context.setLineDash(dashed ? [7, 4] : []);
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    [-0.4, 0.4].forEach((bend) => {
      context.moveTo(x2, y2);
      context.lineTo(x2 - 11 * Math.cos(turn + bend), y2 - 11 * Math.sin(turn + bend));
    });
    context.stroke();
  };

  const paint = () => {
    frame = 0;
    const [width, height, dense] = [canvas.clientWidth, canvas.clientHeight, window.devicePixelRatio || 1];
    if (!width || !value) return;
    Object.assign(canvas, { width: Math.round(width * dense), height: Math.round(height * dense) });
    const context = canvas.getContext("2d");
    const styles = getComputedStyle(element);
    const colour = (name) => styles.getPropertyValue(name).trim();
    const colours = { plus: colour("--pg-accent"), minus: colour("--pg-warm"), answer: colour("--body-text-color"), added: colour("--body-text-color") };
    const to = scale();
    spots = value.points.map((point) => to(point.place));
    context.setTransform(dense, 0, 0, dense, 0, 0);
    context.clearRect(0, 0, width, height);
    context.lineWidth = 2;
    value.arrows.forEach((one) => {
      context.strokeStyle = colour(one.kind === "same" ? "--pg-accent" : "--pg-warm");
      arrow(context, to(one.start), to(one.end), one.kind === "same");
    });
    // Neighbours first: the words of the sum are drawn over them.
    [...value.points.keys()].reverse().forEach((index) => {
      const point = value.points[index];
      context.globalAlpha = point.role ? 1 : 0.55;
      context.fillStyle = colours[point.role] || colour("--pg-faint");
      sign(context, point.role, ...spots[index], point.role ? 5 : 2.5);
    });
    context.globalAlpha = 1;
    const [x, y] = to(value.target);
    context.strokeStyle = colour("--body-text-color");
    context.beginPath();
    [[-6, -6, 6, 6], [-6, 6, 6, -6]].forEach(([x1, y1, x2, y2]) => {
      context.moveTo(x + x1, y + y1);
      context.lineTo(x + x2, y + y2);
    });
    context.stroke();
    names(context, colour, [x, y], width, height);
  };
  // As many names as there is room for, the chosen point's and those of the sum first.
  const names = (context, colour, target, width, height) => {
    const taken = [[target[0] - 8, target[1] - 8, 16, 16], ...spots.flatMap(([x, y], index) => (value.points[index].role ? [[x - 7, y - 7, 14, 14]] : []))];
    const free = ([x, y, w, h]) =>
      x >= 2 && y >= 2 && x + w <= width - 2 && y + h <= height - 2 && taken.every((one) => x >= one[0] + one[2] || one[0] >= x + w || y >= one[1] + one[3] || one[1] >= y + h);
    const write = (text, [x, y], strong, always) => {
      context.font = (strong ? "600 14px" : "11.5px") + " system-ui, sans-serif";
      const [wide, high] = [context.measureText(text).width, strong ? 17 : 13];
      const tries = [[x + 9, y - high / 2], [x - wide - 9, y - high / 2], [x - wide / 2, y - high - 7], [x - wide / 2, y + 8]];
      const place = tries.map(([left, top]) => [left, top, wide, high]).find(free) || (always && [Math.max(2, Math.min(width - wide - 2, x + 9)), Math.max(2, y - high / 2), wide, high]);
      if (!place) return;
      taken.push(place);
      context.textBaseline = "middle";
      context.lineWidth = 4;
      context.lineJoin = "round";
      context.strokeStyle = colour("--background-fill-primary");
      context.strokeText(text, place[0], place[1] + high / 2);
      context.fillStyle = colour(strong ? "--body-text-color" : "--pg-faint");
      context.fillText(text, place[0], place[1] + high / 2);
    };
    if (at !== null) {
      const [x, y] = spots[at];
      context.strokeStyle = colour("--pg-accent");
      context.lineWidth = 3;
      context.beginPath();
      context.arc(x, y, 10, 0, 7);
      context.stroke();
      write(short(value.points[at].label), spots[at], true, true);
    }
    value.points.forEach((point, index) => index !== at && point.role && write(short(point.label), spots[index], true, true));
    write(say("latent.words.sum_mark"), target, false, false);
    value.points.forEach((point, index) => index !== at && !point.role && write(short(point.label), spots[index], false, false));
  };
  const redraw = () => {
    if (!frame) frame = requestAnimationFrame(paint);
  };

  const describe = (point) => {
    const list = point.near || known.get(point.label);
    part(".pg-point-name").textContent = point.label;
    const values = { label: point.label, role: say(ROLES[point.role]), cosine: fixed(point.cosine, 3) };
    part(".pg-point-role").textContent = list ? say("latent.words.point_nearest", values) : say("latent.words.point_searching", values);
    const failed = typeof list === "string";
    nearList(part("ol"), list && !failed ? list.map(([label, cosine]) => ({ label, cosine })) : []);
    if (failed) part(".pg-point-role").textContent = list;
    if (list && !failed) status.textContent = say("latent.words.point_status", { ...values, nearest: list.slice(0, 3).map((one) => one[0]).join(", ") });
    return Boolean(list);
  };
  // A point that the pointer has left is skipped.
  const ask = latest(async () => {
    while (at !== null && !describe(value.points[at])) {
      const { label } = value.points[at];
      const answer = server ? await server.near({ label }) : null;
      known.set(label, (answer && (answer.near || answer.error)) || say("shared.no_answer"));
    }
  }, () => (part(".pg-point-role").textContent = say("shared.no_answer")));
  const choose = (index) => {
    if (index === null || index === at) return;
    at = index;
    describe(value.points[at]);
    ask();
    redraw();
  };
  const add = () => at !== null && trigger("pick", { label: value.points[at].label });

  const nearestTo = (event) => {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const far = spots.map((spot) => Math.hypot(spot[0] - x, spot[1] - y));
    const nearest = far.indexOf(Math.min(...far));
    return nearest >= 0 && far[nearest] <= REACH ? nearest : null;
  };
  canvas.addEventListener("pointermove", (event) => choose(nearestTo(event)));
  canvas.addEventListener("click", (event) => {
    const point = nearestTo(event);
    choose(point);
    // A finger cannot hover: a tap only shows the point, and the button adds it.
    if (point !== null && event.pointerType !== "touch") add();
  });
  canvas.addEventListener("keydown", (event) => {
    const side = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
    if (event.key === "Enter") add();
    else if (event.key === "Home") choose(0);
    else if (side) {
      const [x, y] = spots[at === null ? 0 : at];
      const ahead = spots.map((spot, index) => {
        const [along, across] = [(spot[0] - x) * side[0] + (spot[1] - y) * side[1], (spot[0] - x) * side[1] + (spot[1] - y) * side[0]];
        return along > 0.5 && Math.abs(across) <= along * 1.2 ? [along + 2 * Math.abs(across), index] : [Infinity, index];
      });
      const [far, index] = ahead.reduce((one, other) => (other[0] < one[0] ? other : one));
      if (far < Infinity) choose(index);
    } else return;
    event.preventDefault();
  });
  part(".pg-point-add").addEventListener("click", add);
  onResize(canvas, redraw);
  onTheme(canvas, redraw);

  const draw = () => {
    const before = value && at !== null ? value.points[at].label : null;
    value = given(props);
    part(".pg-words-map-body").hidden = !value;
    if (!value) return;
    at = null;
    part(".pg-words-sum-title").textContent = value.title;
    part(".pg-why").textContent = value.why;
    part(".pg-as-list p").textContent = value.points.map((point) => point.label + (point.role ? " (" + say(ROLES[point.role]) + ")" : "")).join(value.long ? " · " : ", ");
    const still = value.points.findIndex((point) => point.label === before);
    const answer = value.points.findIndex((point) => point.role === "answer");
    choose(still >= 0 ? still : Math.max(answer, 0));
    redraw();
  };
  watch("value", draw);
  draw();
};
