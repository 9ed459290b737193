// Runs on points of the plane, side by side: their layers, the ten parts of a GAN's step, and a race over equal seconds.
import { unpackArray } from "../../ui/arrays.js";
import { make } from "../../ui/dom.js";
import { lifetime, onResize, onTheme } from "../../ui/lifetime.js";
import { follow } from "../../ui/run.js";
import { runBar } from "../../ui/run_bar.js";
import { say } from "../../ui/say.js";
import { given } from "../../ui/value.js";
import { MEASURES, about, drawNumbers, drawRace, measure, nameOf } from "./toy_2d_tables.js";
import * as toy_2d_layers from "./toy_2d_layers.js";

const PARTS = {
  generate: "train.toy_2d.parts.generate", classify: "train.toy_2d.parts.classify", loss: "train.toy_2d.parts.loss",
  gradients: "train.toy_2d.parts.gradients", update: "train.toy_2d.parts.update",
};
const PAUSE = 1600; // between two parts in slow motion, in milliseconds
export const toy_2d_run = ({ element, props, trigger, watch, server }) => {
  const part = (name) => element.querySelector(name);
  const [layers, stages, parts, race, numbers] = [".pg-toy_2d_run-layers", ".pg-toy_2d_run-stages", ".pg-toy_2d_run-parts", ".pg-toy_2d_run-race", ".pg-toy_2d_run-numbers"].map(part);
  const [slow, next, message] = [".pg-toy_2d_run-slow", ".pg-toy_2d_run-next", ".pg-toy_2d_run-message"].map(part);
  const visible = new Set(toy_2d_layers.LAYERS.filter((layer) => layer[3]).map((layer) => layer[0]));
  let [value, tracks, time, wanted, timer, fault] = [null, [], 2, 0, 0, ""];

  const unpack = (frame) => Object.fromEntries(Object.entries(frame).map(([name, what]) => [name, what && what.data ? unpackArray(what) : what]));
  const later = () => {
    if (!wanted) wanted = requestAnimationFrame(drawAll);
  };
  const drawAll = () => {
    wanted = 0;
    tracks.forEach((track) => {
      const notes = toy_2d_layers.draw(track.canvas, track.frame, track.family, visible, time);
      track.notes.textContent = notes.join(" ");
      track.codes.hidden = !(track.frame && track.frame.codes && visible.has("codes"));
      if (!track.codes.hidden) toy_2d_layers.drawCodes(track.codes.firstChild, track.frame.codes);
      if (track.state && track.frame) {
        const now = MEASURES.map((name) => nameOf(name) + " " + measure(track.frame[name])).join(", ");
        drawNow(track);
        track.canvas.setAttribute("aria-label", say("train.toy_2d.run.canvas", { title: track.title, step: track.state.frame_step, numbers: now }));
      }
    });
    drawParts();
    drawTogether();
    drawRace(race, tracks);
    drawNumbers(numbers, tracks);
  };

  // Its distances from held-out points now, beside those of a second real draw of as many points.
  const drawNow = (track) => {
    const rows = MEASURES.map((name) => [nameOf(name), measure(track.frame[name]), about(track.frame["floor_" + name])]);
    track.now.replaceChildren(...rows.flatMap(([name, number, floor]) => {
      const cell = make("dd", "");
      cell.append(make("b", "pg-number", number), " ", make("span", "pg-hint", say("train.toy_2d.run.luck", { floor })));
      return [make("dt", "", name), cell];
    }));
  };

  // The ten parts.
  const boxes = [...element.querySelectorAll(".pg-toy_2d_run-loop")].flatMap((loop, side) => Object.keys(PARTS).map((name) => {
    const box = make("li", "pg-toy_2d_run-part" + (name === "update" ? " pg-toy_2d_run-moves" : ""));
    box.append(say(side === 0 && name === "classify" ? "train.toy_2d.parts.classify_both" : PARTS[name]));
    loop.append(box);
    return box;
  }));
  const drawParts = () => {
    const track = tracks.length === 1 && tracks[0].family === "gan" && tracks[0].state && !tracks[0].state.recorded ? tracks[0] : null;
    parts.hidden = !track;
    if (!track) return;
    const over = !track.state || ["done", "stopped", "failed", "gone", "queued"].includes(track.state.status);
    const alien = Boolean(track.state && track.state.mine === false);
    next.disabled = slow.disabled = over || alien;
    if (over || track.state.status === "running" && timer && track.partsDone) halt();
    const live = track.state && track.state.at === null && track.frame;
    const lit = live ? track.frame.lit : -1;
    boxes.forEach((box, number) => {
      box.classList.toggle("pg-lit", number === lit);
      if (number === lit) box.setAttribute("aria-current", "step");
      else box.removeAttribute("aria-current");
    });
    const words = fault || (live && track.frame.told) || say(alien ? "train.toy_2d.parts.not_yours" : "train.toy_2d.parts.press_slow");
    if (message.textContent !== words) message.textContent = words;
  };
  const halt = () => {
    clearInterval(timer);
    timer = 0;
    slow.setAttribute("aria-pressed", "false");
    slow.textContent = say("train.toy_2d.parts.slow");
  };
  lifetime(element).addEventListener("abort", () => clearInterval(timer));
  const doPart = async () => {
    const track = tracks[0];
    if (!track) return;
    fault = "";
    const answer = await track.following.command("part").catch(() => ({ error: say("shared.no_answer") }));
    if (answer && answer.error) {
      halt();
      fault = answer.error;
      later();
      return;
    }
    track.partsDone = Boolean(track.state && track.state.status === "paused");
    [120, 250, 450].forEach((wait) => setTimeout(() => track.following.open(track.run), wait)); // the worker polls for commands
  };
  next.addEventListener("click", () => {
    halt();
    doPart();
  });
  slow.addEventListener("click", () => {
    if (timer) {
      halt();
      return;
    }
    tracks[0].partsDone = false;
    timer = setInterval(doPart, PAUSE);
    slow.setAttribute("aria-pressed", "true");
    slow.textContent = say("train.toy_2d.parts.stop_slow");
    doPart();
  });

  numbers.addEventListener("toggle", later);

  // The layers to choose from.
  const buildLayers = () => {
    const families = tracks.map((track) => track.family);
    const available = toy_2d_layers.LAYERS.filter((layer) => layer[2].some((family) => families.includes(family)));
    layers.hidden = !tracks.length;
    const labels = available.map(([name, key]) => {
      const [label, box] = [make("label", "pg-toy_2d_run-layer"), make("input")];
      Object.assign(box, { type: "checkbox", checked: visible.has(name), name });
      box.addEventListener("change", () => {
        visible[box.checked ? "add" : "delete"](name);
        later();
      });
      label.dataset.layer = name;
      label.append(box, say(key));
      return label;
    });
    const when = make("label", "pg-toy_2d_run-layer", say("train.toy_2d.layers.time") + " ");
    const choice = make("select");
    ["0", "0.25", "0.5", "0.75", "0.95"].forEach((words, index) => choice.append(new Option(words, index, false, index === time)));
    choice.addEventListener("change", () => {
      time = Number(choice.value);
      visible.add("field");
      buildLayers();
      later();
    });
    when.append(choice);
    layers.replaceChildren(make("legend", "", say("train.toy_2d.layers.title")), ...labels, ...(families.includes("diffusion") ? [when] : []));
  };

  // A race is paused and ended as one.
  const all = part(".pg-toy_2d_run-all");
  const commands = [["pause", say("train.toy_2d.run.pause_all")], ["play", say("train.toy_2d.run.play_all")], ["stop", say("train.toy_2d.run.end_all")]].map(([what, title]) => {
    const button = make("button", "pg-button", title);
    button.type = "button";
    button.addEventListener("click", () => tracks.forEach((track) => isOver(track) || track.following.command(what).catch(() => {})));
    all.append(button);
    return [what, button];
  });
  const isOver = (track) => !track.state || ["done", "stopped", "failed", "gone"].includes(track.state.status);
  const drawTogether = () => {
    const live = tracks.filter((track) => !isOver(track) && track.state.mine);
    all.hidden = tracks.length < 2 || !tracks.some((track) => track.state);
    commands.forEach(([what, button]) => {
      const fits = { pause: ["running", "queued"], play: ["paused"], stop: ["running", "queued", "paused"] }[what];
      button.disabled = !live.some((track) => fits.includes(track.state.status));
    });
  };

  // Scroll the whole plane into view when its first points appear.
  const show = (canvas) => {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    canvas.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
  };
  const begin = (one) => {
    const figure = make("figure", "pg-toy_2d_run-stage");
    const [canvas, bar, notes, now] = [["canvas", "pg-toy_2d_run-canvas"], ["div", "pg-run-bar"], ["p", "pg-hint pg-toy_2d_run-notes"], ["dl", "pg-facts pg-toy_2d_run-now"]].map((kind) => make(...kind));
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", one.title);
    const square = make("div", "pg-toy_2d_run-square");
    square.append(canvas);
    const codes = make("div", "pg-toy_2d_run-codes");
    const inset = make("canvas");
    inset.setAttribute("role", "img");
    inset.setAttribute("aria-label", say("train.toy_2d.layers.codes_inset"));
    codes.append(inset, make("p", "pg-hint", say("train.toy_2d.layers.codes_inset")));
    codes.hidden = true;
    figure.append(make("figcaption", "", one.title), square, notes, bar, now, codes);
    stages.append(figure);
    const track = { ...one, canvas, codes, notes, now, state: null, frame: null, partsDone: false };
    if (one.frame) { // it has not started: the untrained model, and a button on the square
      const start = make("button", "pg-button pg-toy_2d_run-start", say("train.toy_2d.run.start"));
      start.type = "button";
      start.addEventListener("click", () => trigger("start", {}));
      square.append(start);
      canvas.setAttribute("aria-label", say("train.toy_2d.run.untrained", { title: one.title }));
      bar.hidden = true;
      return { ...track, frame: unpack(one.frame), following: { close: () => {} }, bar: () => {} };
    }
    track.following = follow(canvas, server, (state) => {
      if (!element.isConnected) return;
      track.state = state;
      if (state.fresh && state.frame) {
        if (!track.frame && tracks[0] === track && !state.recorded) show(canvas);
        track.frame = unpack(state.frame);
      }
      track.bar(state);
      later();
    });
    track.bar = runBar(bar, track.following, {
      fork: (request) => {
        trigger("fork", request); // the page adds its settings
        return true;
      },
    });
    track.following.open(one.run);
    return track;
  };
  const open = () => {
    value = given(props) || { runs: [] };
    part(".pg-empty").textContent = value.runs.length ? "" : value.empty || "";
    const isSame = tracks.map((track) => track.run).join() === value.runs.map((one) => one.run).join();
    if (isSame && !value.runs.some((one) => one.frame)) return;
    halt();
    fault = "";
    tracks.forEach((track) => track.following.close());
    stages.replaceChildren();
    stages.dataset.count = value.runs.length;
    tracks = value.runs.map(begin);
    stages.dataset.started = String(!value.runs.some((one) => one.frame));
    buildLayers();
    later();
  };
  onResize(stages, later);
  onTheme(stages, later);
  watch("value", open);
  open();
};
