// An endless plane of seeds: drag it, and the picture of the place at its cross follows.
import { latest } from "../../../ui/latest.js";
import { onResize } from "../../../ui/lifetime.js";
import * as pictures from "../../../ui/picture_card.js";
import { fixed } from "../../../ui/numbers.js";
import { say } from "../../../ui/say.js";
import { given } from "../../../ui/value.js";
import { speedMeter } from "../speed.js";

const [CELL, THUMB, ROW] = [104, 64, 1000];
const MOST_KEPT = 600;
const FARTHEST = 1000000;

export const seedPlane = ({ element, props, trigger, watch, server }) => {
  const part = (name) => element.querySelector(name);
  const [lattice, picture, place, speed] = [".pg-seed-plane-lattice", ".pg-seed-plane-picture", ".pg-seed-plane-place", ".pg-seed-plane-speed"].map(part);
  const status = part("[role=status]");
  const at = { x: 0, y: 0 };
  const kept = new Map();
  const delays = speedMeter(element, speed);
  let [value, pending, drag, resting, frame, failed] = [null, null, null, null, 0, false];

  const seed = (x, y) => {
    const number = BigInt(x) + BigInt(ROW) * BigInt(y);
    return (number < 0n ? number + (1n << 63n) : number).toString();
  };
  // A crossing's label. Seeds are never negative: left of 0 they count down from the largest.
  const label = (x, y) => String(x + ROW * y).replace("-", "−");
  const named = (x, y) => (x + ROW * y < 0 ? label(x, y) + " (" + seed(x, y) + ")" : seed(x, y));
  // The crossings around the place and their shares, in words.
  const words = () => {
    const [left, top] = [Math.floor(at.x), Math.floor(at.y)];
    const [right, down] = [at.x - left, at.y - top];
    const corners = [[0, 0, (1 - right) * (1 - down)], [1, 0, right * (1 - down)], [0, 1, (1 - right) * down], [1, 1, right * down]];
    const there = corners.filter((corner) => corner[2] > 0.0005).sort((one, other) => other[2] - one[2]);
    if (there.length === 1) return say("latent.seed_plane.one_seed", { seed: named(left + there[0][0], top + there[0][1]) });
    const shares = there.map(([dx, dy, share]) => say("latent.seed_plane.share", { percent: Math.round(100 * share), seed: named(left + dx, top + dy) }));
    return say("latent.seed_plane.blend", { shares: shares.join(", ") });
  };

  const ask = async (places) => {
    const before = value;
    const answer = await server.decode({ model: before.model, condition: before.condition, places });
    if (before !== value) return null;
    failed = Boolean(answer.error);
    part(".pg-empty").textContent = answer.error || "";
    return failed ? null : pictures.bitmaps(answer);
  };
  // How far the visible part of the plane reaches from its middle, in cells.
  const reach = () => [lattice.clientWidth / CELL / 2 + 0.4, lattice.clientHeight / CELL / 2 + 0.4];
  const missingCrossings = () => {
    const [wide, high] = reach();
    const there = [];
    for (let y = Math.ceil(at.y - high); y <= at.y + high; y += 1) {
      for (let x = Math.ceil(at.x - wide); x <= at.x + wide; x += 1) if (!kept.has(x + "," + y)) there.push([x, y]);
    }
    const far = ([x, y]) => Math.hypot(x - at.x, y - at.y);
    return there.sort((one, other) => far(one) - far(other));
  };
  // First the place, then, while the pointer rests, the crossings in sight.
  const work = latest(async () => {
    if (!value || !server) return;
    failed = false;
    while (!failed) {
      if (pending) {
        const now = pending;
        pending = null;
        const bitmaps = await ask([[now.x, now.y]]);
        if (bitmaps) show(bitmaps, now.since);
        continue;
      }
      const missing = missingCrossings().slice(0, 6);
      if (!missing.length) return;
      const bitmaps = await ask(missing);
      if (bitmaps) missing.forEach(([x, y], index) => keep(x + "," + y, bitmaps.draw(index, document.createElement("canvas"))));
      redraw();
    }
  }, () => (part(".pg-empty").textContent = say("shared.no_answer")));
  const keep = (name, canvas) => {
    if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value);
    kept.set(name, canvas);
  };
  const show = (bitmaps, since) => {
    bitmaps.draw(0, picture);
    element.classList.toggle("pg-smooth", bitmaps.width > 40);
    if (since !== null) delays.add(since);
  };

  const paint = () => {
    frame = 0;
    const [width, height, dense] = [lattice.clientWidth, lattice.clientHeight, window.devicePixelRatio || 1];
    if (!width) return;
    if (lattice.width !== Math.round(width * dense)) Object.assign(lattice, { width: Math.round(width * dense), height: Math.round(height * dense) });
    const context = lattice.getContext("2d");
    const styles = getComputedStyle(element);
    context.setTransform(dense, 0, 0, dense, 0, 0);
    context.clearRect(0, 0, width, height);
    context.imageSmoothingEnabled = false;
    Object.assign(context, { font: "13px system-ui, sans-serif", textAlign: "center", lineWidth: 1 });
    const [wide, high] = reach();
    for (let y = Math.ceil(at.y - high); y <= at.y + high; y += 1) {
      for (let x = Math.ceil(at.x - wide); x <= at.x + wide; x += 1) {
        const [left, top] = [width / 2 + (x - at.x) * CELL, height / 2 + (y - at.y) * CELL];
        const thumb = kept.get(x + "," + y);
        context.strokeStyle = styles.getPropertyValue("--border-color-primary");
        if (thumb) context.drawImage(thumb, left - THUMB / 2, top - THUMB / 2, THUMB, THUMB);
        context.strokeRect(left - THUMB / 2 - 0.5, top - THUMB / 2 - 0.5, THUMB + 1, THUMB + 1);
        context.fillStyle = styles.getPropertyValue("--body-text-color");
        context.fillText(label(x, y), left, top + THUMB / 2 + 16);
      }
    }
    // The cross, dark on light and light on dark, whatever is under it.
    [["#ffffff", 5], ["#14171c", 2]].forEach(([colour, size]) => {
      context.strokeStyle = colour;
      context.lineWidth = size;
      context.beginPath();
      context.arc(width / 2, height / 2, 9, 0, 7);
      context.moveTo(width / 2 - 15, height / 2);
      context.lineTo(width / 2 + 15, height / 2);
      context.moveTo(width / 2, height / 2 - 15);
      context.lineTo(width / 2, height / 2 + 15);
      context.stroke();
    });
  };
  const redraw = () => {
    if (!frame) frame = requestAnimationFrame(paint);
  };

  // Moves to a place. since: when the pointer or key asked for it, to measure the delay.
  const go = (x, y, since = null) => {
    at.x = Math.max(-FARTHEST, Math.min(FARTHEST, Math.round(x * 1000) / 1000));
    at.y = Math.max(-FARTHEST, Math.min(FARTHEST, Math.round(y * 1000) / 1000));
    const isThere = since === null && value.first; // it came with the value
    pending = isThere ? null : { ...at, since };
    place.textContent = say("latent.seed_plane.place", { x: fixed(at.x, 2), y: fixed(at.y, 2), seeds: words() });
    redraw();
    work();
    clearTimeout(resting);
    resting = setTimeout(() => {
      status.textContent = place.textContent;
      if (since !== null) trigger("moved", { x: at.x, y: at.y });
    }, 350);
  };

  lattice.addEventListener("pointerdown", (event) => {
    lattice.setPointerCapture(event.pointerId);
    drag = { x: event.clientX, y: event.clientY, from: { ...at } };
  });
  lattice.addEventListener("pointermove", (event) => {
    if (drag) go(drag.from.x - (event.clientX - drag.x) / CELL, drag.from.y - (event.clientY - drag.y) / CELL, performance.now());
  });
  ["pointerup", "pointercancel"].forEach((name) => lattice.addEventListener(name, () => (drag = null)));
  const snap = () => go(Math.round(at.x), Math.round(at.y), performance.now());
  lattice.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 1 : 0.1;
    const [dx, dy] = { ArrowRight: [step, 0], ArrowLeft: [-step, 0], ArrowDown: [0, step], ArrowUp: [0, -step] }[event.key] || [0, 0];
    if (event.key === "Enter") snap();
    else if (dx || dy) go(at.x + dx, at.y + dy, performance.now());
    else return;
    event.preventDefault();
  });
  part(".pg-snap").addEventListener("click", snap);
  part(".pg-home").addEventListener("click", () => go(0, 0, performance.now()));
  part(".pg-add-end").addEventListener("click", () => trigger("end", { x: at.x, y: at.y }));
  onResize(lattice, () => {
    redraw();
    work();
  });

  const draw = () => {
    value = given(props);
    part(".pg-seed-plane-body").hidden = !value;
    part(".pg-empty").textContent = "";
    if (!value) return;
    kept.clear();
    delays.reset();
    if (value.first) {
      const bitmaps = pictures.bitmaps(value.first.crossings);
      value.first.places.forEach(([x, y], index) => keep(x + "," + y, bitmaps.draw(index, document.createElement("canvas"))));
      show(pictures.bitmaps(value.first.here), null);
    }
    go(value.x, value.y);
  };
  watch("value", draw);
  draw();
};
