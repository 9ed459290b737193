// A walk through latent space: a player, filmstrips, and the lengths of its points.
import { make } from "../../../ui/dom.js";
import { histogram } from "../histogram.js";
import * as pictures from "../../../ui/picture_card.js";
import { isStill, player } from "../../../ui/player.js";
import { say } from "../../../ui/say.js";
import { shape } from "../../../ui/svg.js";
import { given } from "../../../ui/value.js";

const COLOURS = { slerp: "var(--pg-accent)", lerp: "var(--pg-warm)" };
const [WIDTH, HEIGHT] = [400, 120];

const plot = (words) => {
  const svg = shape("svg", { viewBox: "0 0 " + WIDTH + " " + HEIGHT, preserveAspectRatio: "none", role: "img" });
  svg.setAttribute("aria-label", words);
  const marker = shape("line", { y1: 0, y2: HEIGHT, stroke: "currentColor", "stroke-width": 1, "vector-effect": "non-scaling-stroke" });
  return { svg, marker };
};
const across = (index, count) => (count < 2 ? WIDTH / 2 : (index / (count - 1)) * WIDTH);

// The lengths of both paths, the walked one thick; the band holds nearly all random points.
const norms = (value) => {
  const { svg, marker } = plot(say("latent.walk.norms_label", { explanation: value.why }));
  const all = [...value.norms.slerp, ...value.norms.lerp, ...value.norm_range];
  const [low, high] = [Math.min(...all) * 0.95, Math.max(...all) * 1.03];
  const up = (length) => HEIGHT - ((length - low) / (high - low)) * HEIGHT;
  svg.append(shape("rect", { x: 0, width: WIDTH, y: up(value.norm_range[1]), height: up(value.norm_range[0]) - up(value.norm_range[1]), fill: "currentColor", opacity: 0.09 }));
  value.keyframes.forEach((stop) => svg.append(shape("line", { x1: across(stop.frame, value.frames), x2: across(stop.frame, value.frames), y1: HEIGHT - 8, y2: HEIGHT, stroke: "currentColor", "vector-effect": "non-scaling-stroke" })));
  ["slerp", "lerp"].forEach((method) => {
    const points = value.norms[method].map((length, index) => across(index, value.frames) + "," + up(length)).join(" ");
    const walked = value.ways[0].method === method;
    const line = shape("polyline", { points, fill: "none", stroke: COLOURS[method], "stroke-width": walked ? 3 : 1.5, "vector-effect": "non-scaling-stroke" });
    if (method === "lerp") line.setAttribute("stroke-dasharray", "7 4");
    svg.append(line);
  });
  svg.append(marker);
  return { svg, marker };
};

const changes = (value) => {
  const { svg, marker } = plot(value.smoothness);
  const most = Math.max(...value.steps, 1e-9);
  const wide = WIDTH / value.steps.length;
  value.steps.forEach((step, index) => {
    const tall = (step / most) * (HEIGHT - 4);
    svg.append(shape("rect", { x: index * wide + wide * 0.1, width: wide * 0.8, y: HEIGHT - tall, height: tall, fill: "var(--pg-accent)", opacity: 0.75 }));
  });
  return { svg, marker };
};

// Frames of a strip, one below the other in one picture; drawn once it is decoded.
const stripFrames = ({ strip, count, width, height }) => {
  const picture = new Image();
  picture.src = strip;
  const ready = picture.decode();
  const draw = (index, canvas) => {
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    canvas.dataset.frame = index;
    const copy = () => {
      if (canvas.dataset.frame === String(index)) canvas.getContext("2d").drawImage(picture, 0, index * height, width, height, 0, 0, width, height);
    };
    if (picture.complete && picture.naturalWidth) copy();
    else ready.then(copy, () => {});
    return canvas;
  };
  return { width, height, count, draw };
};

export const walk = ({ element, props, watch }) => {
  const part = (name) => element.querySelector(name);
  const [slider, play, place] = [".pg-scrub", ".pg-play", ".pg-frame-place"].map(part);
  const still = isStill();
  let [value, run, ways, marker, stayPaused] = [null, null, [], null, false];

  const paint = () => {
    const frame = Number(slider.value);
    ways.forEach((way) => {
      const there = Math.min(frame, way.bitmaps.count - 1);
      if (there < 0) return;
      way.bitmaps.draw(there, way.screen);
      way.thumbs.forEach((thumb, index) => thumb.classList.toggle("pg-now", index === there));
      // The filmstrip scrolls to the frame; the page does not.
      const [row, thumb] = [way.row, way.thumbs[there]];
      const left = thumb.offsetLeft - row.offsetLeft;
      if (left < row.scrollLeft || left + thumb.offsetWidth > row.scrollLeft + row.clientWidth) row.scrollLeft = left - row.clientWidth / 3;
    });
    marker.setAttribute("x1", across(frame, value.frames));
    marker.setAttribute("x2", across(frame, value.frames));
    const stop = value.keyframes.find((one) => one.frame === frame);
    const length = value.norms[value.ways[0].method][frame];
    const values = { frame: frame + 1, frames: value.frames, length: length.toFixed(2) };
    place.textContent = stop ? say("latent.walk.place_endpoint", { ...values, endpoint: stop.label }) : say("latent.walk.place", values);
    slider.setAttribute("aria-valuetext", place.textContent);
  };
  const film = player({
    element, slider, button: play, paint, wait: () => (still ? 600 : 1000 / value.rate), loops: () => value.loop,
  });

  // A path's large picture, and its filmstrip with end points marked.
  const way = (data) => {
    const bitmaps = data.strip ? stripFrames(data) : pictures.bitmaps(data);
    const block = make("section", "pg-walk-strip" + (data.width > 40 ? " pg-smooth" : ""));
    const row = make("div", "pg-walk-row");
    const thumbs = [...Array(bitmaps.count)].map((_, index) => {
      const known = value.keyframes.find((one) => one.frame === index);
      const figure = make("figure", "pg-walk-frame" + (known ? " pg-stop" : ""));
      const values = { path: data.title, frame: index + 1 };
      const words = known ? say("latent.walk.strip_endpoint", { ...values, endpoint: known.label }) : say("latent.walk.strip_frame", values);
      figure.append(pictures.bitmap(bitmaps, index, words));
      if (known) figure.append(make("figcaption", "", known.label));
      figure.addEventListener("click", () => {
        film.stop();
        slider.value = index;
        paint();
      });
      return figure;
    });
    row.append(...thumbs);
    block.append(make("p", "pg-strip-title", data.title), row);
    const screen = pictures.bitmap(bitmaps, 0, say("latent.walk.screen", { path: data.title }));
    const figure = make("figure", "pg-screen" + (data.width > 40 ? " pg-smooth" : ""));
    figure.append(screen, make("figcaption", "pg-hint", data.title));
    return { bitmaps, block, row, thumbs, screen, figure };
  };

  const curves = () => {
    const chart = norms(value);
    marker = chart.marker;
    part(".pg-norms").replaceChildren(chart.svg);
    const key = (method, words) => {
      const item = make("span", "pg-key pg-key-" + method);
      item.append(make("span", "pg-key-line"), make("span", "", words));
      return item;
    };
    const [low, high] = value.norm_range.map((length) => length.toFixed(1));
    const band = say("latent.walk.norm_range", { low, high });
    part(".pg-curve-key").replaceChildren(key("slerp", say("latent.walk.slerp")), key("lerp", say("latent.walk.lerp")), key("band", band));
    part(".pg-why").textContent = value.why;
    part(".pg-lengths").replaceChildren(...(value.lengths ? [histogram(value.lengths)] : []));
    part(".pg-steps").hidden = !value.steps;
    part(".pg-smooth-words").textContent = value.smoothness || "";
    if (value.steps) part(".pg-changes").replaceChildren(changes(value).svg);
  };
  const draw = () => {
    value = given(props);
    part(".pg-empty").textContent = value ? "" : say("latent.walk.empty");
    part(".pg-walk-body").hidden = !value;
    if (!value) return film.stop();
    const fresh = value.run !== run;
    run = value.run;
    if (fresh) stayPaused = false;
    const before = Number(slider.value);
    part(".pg-walk-of").textContent = value.of;
    ways = value.ways.map(way);
    part(".pg-walk-screens").replaceChildren(...ways.map((one) => one.figure));
    part(".pg-walk-strips").replaceChildren(...ways.map((one) => one.block));
    slider.max = value.frames - 1;
    slider.value = fresh && !value.steps ? 0 : Math.min(before, value.frames - 1);
    part(".pg-walk").setAttribute("aria-busy", String(!value.done));
    curves();
    paint();
    if (value.done && !value.steps && !still && !film.isPlaying() && !stayPaused) film.start();
    return undefined;
  };
  // Taking the slider pauses the film, and later frames of this walk do not start it again.
  const hold = () => {
    stayPaused = true;
    film.stop();
  };
  slider.addEventListener("pointerdown", hold);
  slider.addEventListener("keydown", (event) => event.key === "Tab" || hold()); // Home at the first frame is no input
  slider.addEventListener("input", () => {
    hold();
    paint();
  });
  play.addEventListener("click", () => {
    stayPaused = true;
    film.toggle();
  });
  watch("value", draw);
  draw();
};
