// A map of latent space: a cross whose picture follows, pictures of the data on hover, panning and zooming.
import { histogram } from "../histogram.js";
import { latest } from "../../../ui/latest.js";
import { onResize, onTheme } from "../../../ui/lifetime.js";
import * as pictures from "../../../ui/picture_card.js";
import { fixed } from "../../../ui/numbers.js";
import { say } from "../../../ui/say.js";
import { given } from "../../../ui/value.js";
import { speedMeter } from "../speed.js";
import { cut, pressable } from "./faces.js";
import { mapPoints } from "./points.js";
import { selecting } from "./selection.js";

const [CLOSEST, FARTHEST_ZOOM, FARTHEST, REACH, MOST_THUMBS, STEP, MOST_FACES] = [200, 0.25, 9999, 9, 4000, 8, 400];
const MODES = ["cross", "hand", "lasso"];

export const map = ({ element, props, trigger, watch, server }) => {
  const part = (name) => element.querySelector(name);
  const [canvas, picture, tip, chosenBox, menu] = [".pg-map-canvas", ".pg-map-picture", ".pg-map-tip", ".pg-map-chosen", ".pg-map-colour"].map(part);
  const [place, status, empty] = [".pg-map-place", ".pg-visually-hidden[role=status]", ".pg-empty"].map(part);
  const at = { x: 0, y: 0, zoom: 1, left: 0, top: 0, colour: "" };
  const [thumbs, missingThumbs] = [new Map(), new Set()];
  const delays = speedMeter(element, part(".pg-map-speed"));
  let [value, hovered, chosen, mode, drag, frame, resting] = [null, -1, -1, "cross", null, 0, 0];
  let [announced, preparing] = [false, false];

  const paint = () => {
    frame = 0;
    const missing = points.paint([[hovered, 6], [chosen, 8]], showsFaces() ? thumbs : null);
    // The whole map comes with its faces; those between are fetched as a visitor zooms in.
    selected.paint();
    if ((at.zoom <= 1.2 && !selected.isOn()) || !missing.length) return;
    missing.slice(0, MOST_FACES).forEach((row) => missingThumbs.add(row));
    fetchThumbs();
  };
  // What follows the pointer is not computed yet: the panel computes it, and sends a new value.
  const prepare = () => {
    if (!preparing) trigger("prepare", { ...at, run: value.run });
    preparing = true;
  };
  const redraw = () => {
    if (!frame) frame = requestAnimationFrame(paint);
  };
  const showsFaces = pressable(part(".pg-map-faces"), redraw);
  const points = mapPoints(canvas, part(".pg-map-legend"), at, redraw);
  const { scale, toScreen, toMap } = points;
  const selected = selecting(element, canvas, points);

  const query = (more) => ({ model: value.model, condition: value.condition, projection: value.projection, ...more });
  const failed = () => (empty.textContent = say("shared.no_answer"));
  const probe = latest(async (now) => {
    const then = value;
    if (!then || !server) return;
    const answer = await server.probe(query({ x: now.x, y: now.y }));
    if (then !== value) return;
    empty.textContent = answer.error || "";
    if (answer.prepare) prepare();
    if (answer.error || answer.prepare) return;
    pictures.bitmaps(answer).draw(0, picture);
    part(".pg-map-near").textContent = answer.words;
    element.classList.toggle("pg-smooth", answer.width > 40);
    if (now.since !== null) delays.add(now.since);
  }, failed);
  // Pictures of points, 64 at a time.
  const fetchThumbs = latest(async () => {
    while (missingThumbs.size && value && server) {
      const [rows, then] = [[...missingThumbs].slice(0, 64), value];
      rows.forEach((row) => missingThumbs.delete(row));
      const answer = await server.thumbs(query({ rows }));
      if (then.model !== value.model) continue;
      empty.textContent = answer.error || "";
      if (answer.prepare) prepare();
      if (answer.error || answer.prepare) return;
      const bitmaps = pictures.bitmaps(answer);
      if (thumbs.size > MOST_THUMBS) thumbs.clear();
      rows.forEach((row, number) => thumbs.set(row, bitmaps.draw(number, document.createElement("canvas"))));
      showTip();
      showChosen();
      if (showsFaces()) redraw();
    }
  }, failed);
  // Draws a point's picture, or fetches it first.
  const thumb = (point, target) => {
    const there = thumbs.get(point);
    target.style.visibility = there ? "visible" : "hidden";
    if (there) {
      Object.assign(target, { width: there.width, height: there.height });
      target.getContext("2d").drawImage(there, 0, 0);
      return;
    }
    missingThumbs.add(point);
    fetchThumbs();
  };
  const showTip = () => {
    tip.hidden = hovered < 0;
    if (hovered < 0) return;
    thumb(hovered, tip.firstElementChild);
    tip.lastElementChild.textContent = points.word(hovered);
    const [left, top] = toScreen(...points.place(hovered));
    tip.style.insetInlineStart = Math.max(0, Math.min(left + 14, canvas.clientWidth - tip.offsetWidth)) + "px";
    tip.style.insetBlockStart = (top > canvas.clientHeight - 100 ? top - tip.offsetHeight - 14 : top + 14) + "px";
  };
  const showChosen = () => {
    part(".pg-map-end-chosen").disabled = chosen < 0;
    const target = chosenBox.querySelector("canvas");
    target.hidden = chosen < 0;
    if (chosen < 0) {
      chosenBox.querySelector("p").textContent = say("latent.map.choose_hint");
      return;
    }
    thumb(chosen, target);
    chosenBox.querySelector("p").textContent = points.words(chosen) + ".";
    target.setAttribute("aria-label", say("latent.map.chosen_picture_of", { picture: points.words(chosen) }));
  };
  const choose = (point) => {
    if (point < 0) return;
    chosen = point;
    showChosen();
    redraw();
    status.textContent = say("latent.points.chosen", { picture: points.words(point) });
  };
  const hover = (point) => {
    if (point === hovered) return;
    hovered = point;
    showTip();
    redraw();
  };

  const rest = () => {
    clearTimeout(resting);
    resting = setTimeout(() => {
      if (announced) status.textContent = place.textContent;
      announced = false;
      trigger("moved", { ...at, run: value ? value.run : "" });
    }, 350);
  };
  const near = (reach) => points.nearest(at.x, at.y, reach);
  const nearestToCross = () => {
    for (let reach = value.size / 200; reach < 8 * value.size; reach *= 2) {
      const point = near(reach);
      if (point >= 0) return point;
    }
    return -1;
  };
  // Moves the cross. since: when the pointer or key asked for it, to measure the delay.
  const go = (x, y, since = null) => {
    at.x = Math.max(-FARTHEST, Math.min(FARTHEST, x));
    at.y = Math.max(-FARTHEST, Math.min(FARTHEST, y));
    const point = near(value.size / 60);
    const [here, far] = [{ x: fixed(at.x, 2), y: fixed(at.y, 2) }, point < 0];
    place.textContent = far ? say("latent.map.place_far", here) : say("latent.map.place", { ...here, picture: points.words(point) });
    redraw();
    if (since === null && value.picture) pictures.bitmaps(value.picture).draw(0, picture);
    else probe({ x: at.x, y: at.y, since });
    if (since !== null) {
      announced = true;
      rest();
    }
  };
  const zoomTo = (zoom, x, y) => {
    const [left, top] = toMap(x, y);
    at.zoom = Math.max(FARTHEST_ZOOM, Math.min(CLOSEST, zoom));
    at.left = left - (x - canvas.clientWidth / 2) / scale();
    at.top = top + (y - canvas.clientHeight / 2) / scale();
    moved();
  };
  const moved = () => {
    hover(-1);
    redraw();
    rest();
  };
  const whole = () => {
    Object.assign(at, { zoom: 1, left: value.low[0] + value.size / 2, top: value.low[1] + value.size / 2 });
    moved();
  };
  // The map follows a cross that leaves the visible part.
  const keepInSight = () => {
    const [left, top] = toScreen(at.x, at.y);
    const margin = 24;
    if (left < margin || left > canvas.clientWidth - margin) at.left = at.x;
    if (top < margin || top > canvas.clientHeight - margin) at.top = at.y;
  };

  const spot = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left - 1, event.clientY - box.top - 1];
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (!value || event.button > 0) return;
    canvas.setPointerCapture(event.pointerId);
    const [x, y] = spot(event);
    drag = { x, y, left: at.left, top: at.top, far: false };
    if (mode === "lasso") selected.begin();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!value) return;
    const [x, y] = spot(event);
    if (!drag) {
      const [mapX, mapY] = toMap(x, y);
      hover(points.nearest(mapX, mapY, REACH / scale()));
      return;
    }
    if (!drag.far && Math.hypot(x - drag.x, y - drag.y) < 4) return;
    drag.far = true;
    if (mode === "lasso") {
      selected.draw(toMap(x, y));
      redraw();
    } else if (mode === "cross") {
      hover(-1);
      go(...toMap(x, y), performance.now());
    } else {
      at.left = drag.left - (x - drag.x) / scale();
      at.top = drag.top + (y - drag.y) / scale();
      moved();
    }
  });
  canvas.addEventListener("pointerup", () => {
    if (mode === "lasso") selected.close();
    if (drag && !drag.far) {
      const [x, y] = toMap(drag.x, drag.y);
      const point = points.nearest(x, y, REACH / scale());
      choose(point);
      // On a point, the cross is put exactly there: the picture decoded there is its reconstruction.
      if (mode === "cross") go(...(point < 0 ? [x, y] : points.place(point)), performance.now());
    }
    drag = null;
  });
  canvas.addEventListener("pointercancel", () => (drag = null));
  canvas.addEventListener("pointerleave", () => hover(-1));
  canvas.addEventListener("wheel", (event) => {
    if (!value) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 33 : 1;
    zoomTo(at.zoom * Math.exp(-Math.max(-300, Math.min(300, event.deltaY * lines)) * 0.002), ...spot(event));
  }, { passive: false });
  const middle = () => toScreen(at.x, at.y);
  canvas.addEventListener("keydown", (event) => {
    if (!value || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = (event.shiftKey ? 5 * STEP : STEP) / scale();
    const [dx, dy] = { ArrowRight: [step, 0], ArrowLeft: [-step, 0], ArrowDown: [0, -step], ArrowUp: [0, step] }[event.key] || [0, 0];
    if (dx || dy) {
      go(at.x + dx, at.y + dy, performance.now());
      keepInSight();
    } else if (event.key === "+" || event.key === "=") zoomTo(at.zoom * 1.5, ...middle());
    else if (event.key === "-" || event.key === "_") zoomTo(at.zoom / 1.5, ...middle());
    else if (event.key === "0") whole();
    else if (event.key === "n" || event.key === "N") choose(nearestToCross());
    else if (event.key === "Enter" && event.shiftKey) trigger("end", { row: nearestToCross() });
    else if (event.key === "Enter") trigger("end", { x: at.x, y: at.y });
    else return;
    event.preventDefault();
  });

  const setMode = (name) => {
    mode = name;
    MODES.forEach((one) => part(`.pg-mode-${one}`).setAttribute("aria-pressed", String(name === one)));
    canvas.classList.toggle("pg-hand", name === "hand");
  };
  MODES.forEach((one) => part(`.pg-mode-${one}`).addEventListener("click", () => setMode(one)));
  const zoomBy = (factor) => zoomTo(at.zoom * factor, canvas.clientWidth / 2, canvas.clientHeight / 2);
  part(".pg-zoom-in").addEventListener("click", () => zoomBy(1.5));
  part(".pg-zoom-out").addEventListener("click", () => zoomBy(1 / 1.5));
  part(".pg-zoom-all").addEventListener("click", whole);
  part(".pg-map-end").addEventListener("click", () => trigger("end", { x: at.x, y: at.y }));
  part(".pg-map-end-chosen").addEventListener("click", () => trigger("end", { row: chosen }));
  menu.addEventListener("change", () => {
    at.colour = menu.value;
    points.clearFilter();
    points.recolour();
    showTip();
    rest();
  });
  onResize(canvas, redraw);
  onTheme(canvas, () => value && points.recolour());

  const startAt = (next) => {
    Object.assign(at, next.at);
    points.clearFilter();
    selected.reset();
    delays.reset();
    [hovered, chosen] = [-1, -1];
    if (!next.attributes.some((one) => one.name === at.colour)) at.colour = next.attributes[0].name;
    menu.replaceChildren(...next.attributes.map((one) => new Option(one.name, one.name)));
    menu.value = at.colour;
  };
  const draw = () => {
    const [next, before] = [given(props), value];
    part(".pg-map-body").hidden = !next;
    empty.textContent = "";
    value = next;
    points.load(next);
    if (!next) return;
    preparing = false;
    if (!before || before.model !== next.model) thumbs.clear();
    if (next.faces && !thumbs.has(next.faces.rows[0])) cut(next.faces, thumbs).then(redraw, redraw);
    if (!before || before.run !== next.run) startAt(next);
    points.recolour();
    showTip();
    showChosen();
    [["axes", next.axes], ["marks", next.marks], ["near", next.words || ""]].forEach(([name, text]) => (part(".pg-map-" + name).textContent = text));
    if (next.distances || !before || before.model !== next.model) part(".pg-map-distances").replaceChildren(...(next.distances ? [histogram(next.distances)] : []));
    const hasMoved = at.x !== next.at.x || at.y !== next.at.y; // while the value was on its way
    if (hasMoved) next.picture = null;
    go(at.x, at.y);
    if (hasMoved) rest();
  };
  watch("value", draw);
  draw();
};
