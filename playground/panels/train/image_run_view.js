// A run of an image model: pictures from fixed noise, thumbnails with scores, reconstructions, copies.
import { unpackArray } from "../../ui/arrays.js";
import { make } from "../../ui/dom.js";
import { percent } from "../../ui/numbers.js";
import { follow } from "../../ui/run.js";
import { runBar } from "../../ui/run_bar.js";
import { say } from "../../ui/say.js";
import { given } from "../../ui/value.js";

const COLUMNS = 8;
const FEW = 300; // so few training pictures can be memorised: their copies are shown
const FEWEST_COPIES_OF = 20; // as in training/copies.py
const ABOUT = {
  gan: ["train.image_run.gan", "train.image_run.gan_about"],
  vae: ["train.image_run.vae", "train.image_run.vae_about"],
  diffusion: ["train.image_run.diffusion", "train.image_run.diffusion_about"],
};

const NO_PICTURES = {
  queued: "shared.run.turn", gone: "train.image_run.gone", failed: "train.image_run.none", stopped: "train.image_run.none",
  done: "train.image_run.none",
};

// Draws one picture of an array (N, H, W, C).
const paint = (canvas, array, index) => {
  const [, height, width, channels] = array.shape;
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const data = new ImageData(width, height);
  const start = index * height * width * channels;
  for (let pixel = 0; pixel < height * width; pixel += 1) {
    for (let channel = 0; channel < 3; channel += 1) data.data[4 * pixel + channel] = array[start + pixel * channels + (channels === 3 ? channel : 0)];
    data.data[4 * pixel + 3] = 255;
  }
  canvas.getContext("2d").putImageData(data, 0, 0);
};

// Draws all pictures of an array, eight in a row, a line between them.
const paintGrid = (canvas, array) => {
  const [count, height, width, channels] = array.shape;
  const rows = Math.ceil(count / COLUMNS);
  [canvas.width, canvas.height] = [COLUMNS * (width + 1) - 1, rows * (height + 1) - 1];
  canvas.style.aspectRatio = `${canvas.width} / ${canvas.height}`;
  const context = canvas.getContext("2d");
  for (let index = 0; index < count; index += 1) {
    const data = new ImageData(width, height);
    for (let pixel = 0; pixel < height * width; pixel += 1) {
      const from = (index * height * width + pixel) * channels;
      for (let channel = 0; channel < 3; channel += 1) data.data[4 * pixel + channel] = array[from + (channels === 3 ? channel : 0)];
      data.data[4 * pixel + 3] = 255;
    }
    context.putImageData(data, (index % COLUMNS) * (width + 1), Math.floor(index / COLUMNS) * (height + 1));
  }
};

// Overlays minus the gradient: orange where the pixel should become lighter, blue where darker, by strength.
const paintGradient = (canvas, picture, gradient, index) => {
  const [, height, width, channels] = picture.shape;
  [canvas.width, canvas.height] = [width, height];
  const data = new ImageData(width, height);
  for (let pixel = 0; pixel < height * width; pixel += 1) {
    const from = (index * height * width + pixel) * channels;
    let [grey, change] = [0, 0];
    for (let channel = 0; channel < channels; channel += 1) {
      grey += picture[from + channel] / channels;
      change += (gradient[from + channel] - 128) / 127 / channels;
    }
    const share = Math.min(1, Math.abs(change) * 1.6);
    const colour = change > 0 ? [245, 140, 30] : [30, 110, 230];
    for (let channel = 0; channel < 3; channel += 1) data.data[4 * pixel + channel] = (1 - share) * (40 + 0.6 * grey) + share * colour[channel];
    data.data[4 * pixel + 3] = 255;
  }
  canvas.getContext("2d").putImageData(data, 0, 0);
};

// A GAN's score: the discriminator's probability of "real", or the bare score.
const asScore = (score, scale) => {
  if (scale !== "probability") return { text: score.toFixed(2), share: 1 / (1 + Math.exp(-score)) };
  const share = 1 / (1 + Math.exp(-score));
  return { text: say("train.image_run.probability", { share: percent(share) }), share };
};

export const image_run = ({ element, props, trigger, watch, server }) => {
  const part = (name) => element.querySelector(name);
  const [body, empty, grid, rows, code, copies] = [".pg-image_run-body", ".pg-empty", ".pg-image_run-grid", ".pg-image_run-rows", ".pg-image_run-code", ".pg-image_run-copies"].map(part);
  let overlay = false;
  let pairs = [];
  let wantsCopies = false;
  let lastFrame = null;

  // A row of thumbnails, built once and drawn again.
  const rowsByName = new Map();
  const row = (name, title, hint, count) => {
    let known = rowsByName.get(name);
    if (!known || known.canvases.length !== count) {
      const box = make("div", "pg-image_run-row");
      const heading = make("div", "pg-image_run-head");
      const words = make("h4", "", title);
      const about = make("p", "pg-hint", hint);
      heading.append(words);
      const strip = make("div", "pg-image_run-strip");
      const figures = [...Array(count)].map(() => {
        const figure = make("figure", "pg-figure");
        const canvas = make("canvas", "pg-bitmap");
        canvas.setAttribute("role", "img");
        const caption = make("figcaption");
        figure.append(canvas, caption);
        strip.append(figure);
        return { figure, canvas, caption };
      });
      box.append(heading, about, strip);
      known = { box, heading, about, canvases: figures };
      const before = rowsByName.get(name);
      if (before) before.box.replaceWith(box);
      else rows.append(box);
      rowsByName.set(name, known);
    }
    known.about.textContent = hint;
    return known;
  };
  const draw = (known, pictures, captions, alternative) => known.canvases.forEach((one, index) => {
    paint(one.canvas, pictures, index);
    const score = captions[index] ? captions[index].text : "";
    const words = { name: alternative, number: index + 1, score };
    one.canvas.setAttribute("aria-label", say(score ? "train.image_run.numbered_score" : "train.image_run.numbered", words));
    one.caption.textContent = score;
    if (captions[index] && captions[index].share !== undefined) one.figure.style.setProperty("--share", captions[index].share.toFixed(3));
    one.figure.classList.toggle("pg-scored", Boolean(captions[index] && captions[index].share !== undefined));
  });

  const toggle = make("button", "pg-button", say("train.image_run.gradient"));
  toggle.type = "button";
  toggle.setAttribute("aria-pressed", "false");
  toggle.addEventListener("click", () => {
    overlay = !overlay;
    toggle.setAttribute("aria-pressed", String(overlay));
    toggle.textContent = say(overlay ? "train.image_run.no_gradient" : "train.image_run.gradient");
    if (lastFrame) drawGan(lastFrame);
  });

  const drawGan = (frame) => {
    const has = Boolean(frame.wish); // a recorded run has no gradients
    const [real, fake, gradient, changed] = ["real", "fake", "wish", "asked"].map((name) => (frame[name] ? unpackArray(frame[name]) : null));
    const scores = (name) => [...unpackArray(frame[name])].map((score) => asScore(score, frame.scale));
    const count = real.shape[0];
    const scale = say(frame.scale === "probability" ? "train.image_run.as_probability" : "train.image_run.as_score");
    draw(row("real", say("train.image_run.real"), scale, count), real, scores("real_scores"), say("train.image_run.real_one"));
    const hint = say(overlay && has ? "train.image_run.gradient_hint" : "train.image_run.fakes_hint");
    const fakes = row("fake", say("train.image_run.fakes"), hint, count);
    if (has && !fakes.heading.contains(toggle)) fakes.heading.append(toggle);
    draw(fakes, fake, scores("fake_scores"), say("train.image_run.fake_one"));
    if (!has) return;
    if (overlay) fakes.canvases.forEach((one, index) => paintGradient(one.canvas, fake, gradient, index));
    draw(row("asked", say("train.image_run.changed"), say("train.image_run.changed_hint"), count), changed, scores("asked_scores"), say("train.image_run.changed_one"));
  };
  const drawVae = (frame) => {
    const [real, rebuilt, each] = ["real", "rebuilt", "kl_each"].map((name) => unpackArray(frame[name]));
    const count = real.shape[0];
    draw(row("real", say("train.image_run.held_out"), say("train.image_run.held_out_hint"), count), real, [], say("train.image_run.original"));
    draw(row("rebuilt", say("train.image_run.rebuilt"), say("train.image_run.rebuilt_hint"), count), rebuilt, [], say("train.image_run.rebuilt_one"));
    const information = [...each].map((nats) => nats / Math.LN2);
    const most = Math.max(0.5, ...information);
    const bars = make("div", "pg-image_run-bars");
    bars.setAttribute("role", "img");
    bars.setAttribute("aria-label", say("train.image_run.code_label", { bits: information.map((bits) => bits.toFixed(2)).join(", ") }));
    information.forEach((bits, index) => {
      const bar = make("div", "pg-image_run-bar");
      bar.append(make("span", "pg-number", bits.toFixed(bits < 1 ? 2 : 1)));
      const fill = make("i");
      fill.style.blockSize = Math.max(1, (bits / most) * 56) + "px";
      bar.append(fill, make("span", "", String(index + 1)));
      bars.append(bar);
    });
    code.replaceChildren(make("h4", "", say("train.image_run.code")), make("p", "pg-hint", say("train.image_run.code_hint")), bars);
  };
  const drawDiffusion = (frame) => {
    const [real, noisy, guessed, noise] = ["real", "noisy", "guessed", "noise"].map((name) => unpackArray(frame[name]));
    const count = real.shape[0];
    const shares = [...noise].map((share) => ({ text: say("train.image_run.noise", { share: percent(share) }) }));
    draw(row("noisy", say("train.image_run.noisy"), say("train.image_run.noisy_hint"), count), noisy, shares, say("train.image_run.noisy_one"));
    draw(row("guessed", say("train.image_run.guess"), say("train.image_run.guess_hint"), count), guessed, [], say("train.image_run.guess_one"));
    draw(row("real", say("train.image_run.originals"), say("train.image_run.held_out_hint"), count), real, [], say("train.image_run.original"));
  };

  // The first generated pictures, each above the most similar training picture.
  const makePairs = (count) => {
    const strip = make("div", "pg-image_run-strip");
    pairs = [...Array(count)].map(() => {
      const figure = make("figure", "pg-figure");
      const [generated, nearest, caption] = [make("canvas", "pg-bitmap"), make("canvas", "pg-bitmap"), make("figcaption")];
      [generated, nearest].forEach((canvas) => canvas.setAttribute("role", "img"));
      figure.append(generated, nearest, caption);
      strip.append(figure);
      return { figure, generated, nearest, caption };
    });
    copies.replaceChildren(make("h4", "", say("shared.picture.copied")), make("p", "pg-copied-verdict"), make("p", "pg-hint"), strip);
  };
  const drawCopies = (frame) => {
    copies.hidden = !frame.nearest || !(wantsCopies || frame.training_pictures <= FEW);
    if (copies.hidden) return;
    const [generated, nearest, near, far, copied] = ["pictures", "nearest", "near", "far", "copied"].map((name) => unpackArray(frame[name]));
    if (pairs.length !== near.length) makePairs(near.length);
    const count = [...copied].filter(Boolean).length;
    const [verdict, hint] = copies.querySelectorAll("p");
    const words = { count, total: near.length };
    const isTooFew = frame.copies_of < FEWEST_COPIES_OF;
    verdict.textContent = isTooFew ? say("train.image_run.copies_too_few", { count: frame.copies_of, fewest: FEWEST_COPIES_OF })
      : count === 0 ? say("train.image_run.no_copies", words)
      : say(count < near.length / 2 ? "train.image_run.some_copies" : "train.image_run.all_copies", words);
    hint.textContent = say("train.image_run.copies_hint", { count: frame.training_pictures, held_out: frame.copies_of, limit: (frame.copy_limit ?? 0.75).toFixed(2) });
    pairs.forEach((pair, index) => {
      paint(pair.generated, generated, index);
      paint(pair.nearest, nearest, index);
      const distances = `${near[index].toFixed(2)} (${far[index].toFixed(2)})`;
      const isCopy = !isTooFew && Boolean(copied[index]);
      pair.caption.textContent = isCopy ? say("train.image_run.copy", { distances }) : distances;
      pair.figure.classList.toggle("pg-copied", isCopy);
      pair.generated.setAttribute("aria-label", say("train.image_run.generated_one", { number: index + 1 }));
      pair.nearest.setAttribute("aria-label", say(isCopy ? "train.image_run.nearest_copy" : "train.image_run.nearest", { distances }));
    });
  };

  const drawFrame = (frame) => {
    lastFrame = frame;
    if (element.dataset.family !== frame.family) {
      element.dataset.family = frame.family;
      rows.replaceChildren();
      rowsByName.clear();
      code.replaceChildren();
    }
    const [title, about] = ABOUT[frame.family] || ["train.image_run.pictures", ""];
    part(".pg-image_run-title").textContent = say(title);
    const conditions = frame.words ? say("train.image_run.conditions", { words: frame.words.split("\n").join(", ") }) : "";
    part(".pg-image_run-about").textContent = [about && say(about), conditions].filter(Boolean).join(" ");
    const pictures = unpackArray(frame.pictures);
    paintGrid(grid, pictures);
    grid.setAttribute("aria-label", say("train.image_run.grid", { count: pictures.shape[0] }));
    part(".pg-image_run-facts").textContent = say("train.image_run.distances", {
      generated: frame.diversity.toFixed(3), real: frame.diversity_data.toFixed(3), count: frame.training_pictures,
      held_out_count: frame.copies_of, train: frame.copy_train.toFixed(3), held_out: frame.copy_held_out.toFixed(3),
    });
    if (frame.family === "gan") drawGan(frame);
    if (frame.family === "vae") drawVae(frame);
    if (frame.family === "diffusion") drawDiffusion(frame);
    drawCopies(frame);
  };

  const state = { bar: null };
  const run = follow(element, server, (now) => {
    state.bar(now);
    const has = Boolean(now.frame && now.frame.pictures && now.frame.family);
    body.hidden = !has;
    empty.hidden = has;
    if (!has) empty.textContent = say(NO_PICTURES[now.status] || "train.image_run.soon");
    if (has && (now.fresh || !lastFrame)) drawFrame(now.frame);
  });
  state.bar = runBar(part(".pg-run-bar"), run, {
    fork: (request) => {
      if ((given(props) || {}).controls) trigger("fork", request); // the page adds its settings
      return Boolean((given(props) || {}).controls);
    },
    opened: (id, parent) => trigger("opened", { run: id, parent }),
  });
  const open = () => {
    const value = given(props);
    wantsCopies = Boolean(value && value.copies);
    if (!value || !value.run || value.run === run.run()) return;
    lastFrame = null;
    body.hidden = true;
    empty.hidden = false;
    empty.textContent = say("train.image_run.soon");
    run.open(value.run);
  };
  watch("value", open);
  open();
};
