// A training on pictures: what it makes of fixed noise, thumbnails with scores, reconstructions, copies.
(() => {
  const playground = (window.playground = window.playground || {});
  const COLUMNS = 8;
  const FEW = 300; // so few training pictures can be learnt by heart: then copies are looked for
  const ABOUT = {
    gan: ["Pictures from fixed noise", "Always the same 24 draws of noise, through the generator's running average."],
    vae: ["Pictures from fixed codes", "Always the same 24 codes, drawn from the prior, through the decoder."],
    diffusion: ["Pictures from fixed noise, in 8 steps", "Always the same 24 sheets of noise, cleaned in 8 coarse steps."],
  };

  // One picture of an array (N, H, W, C) into a canvas.
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

  // All pictures of an array side by side, eight in a row, a line between them.
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

  // The change that is asked for, laid over the picture: blue for darker, orange for lighter, the stronger the more.
  const paintWish = (canvas, picture, wish, index) => {
    const [, height, width, channels] = picture.shape;
    [canvas.width, canvas.height] = [width, height];
    const data = new ImageData(width, height);
    for (let pixel = 0; pixel < height * width; pixel += 1) {
      const from = (index * height * width + pixel) * channels;
      let [grey, asked] = [0, 0];
      for (let channel = 0; channel < channels; channel += 1) {
        grey += picture[from + channel] / channels;
        asked += (wish[from + channel] - 128) / 127 / channels;
      }
      const share = Math.min(1, Math.abs(asked) * 1.6);
      const colour = asked > 0 ? [245, 140, 30] : [30, 110, 230];
      for (let channel = 0; channel < 3; channel += 1) data.data[4 * pixel + channel] = (1 - share) * (40 + 0.6 * grey) + share * colour[channel];
      data.data[4 * pixel + 3] = 255;
    }
    canvas.getContext("2d").putImageData(data, 0, 0);
  };

  // A GAN's score as people read it: the chance that the discriminator gives "real", or the bare score.
  const asScore = (score, scale) => {
    if (scale !== "probability") return { text: score.toFixed(2), share: 1 / (1 + Math.exp(-score)) };
    const share = 1 / (1 + Math.exp(-score));
    return { text: playground.percent(share) + " real", share };
  };

  playground.image_run = (element, props, trigger, watch, server) => {
    const { make, given, follow, runBar, array } = playground;
    const part = (name) => element.querySelector(name);
    const [body, empty, grid, rows, code, copies] = [".pg-image_run-body", ".pg-empty", ".pg-image_run-grid", ".pg-image_run-rows", ".pg-image_run-code", ".pg-image_run-copies"].map(part);
    let overlay = false;
    let pairs = [];
    let wantsCopies = false;
    let shown = null;

    // A row of eight thumbnails, made once and drawn again: {"title", "hint"}.
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
      one.canvas.setAttribute("aria-label", `${alternative} ${index + 1}${captions[index] ? ": " + captions[index].text : ""}`);
      one.caption.textContent = captions[index] ? captions[index].text : "";
      if (captions[index] && captions[index].share !== undefined) one.figure.style.setProperty("--share", captions[index].share.toFixed(3));
      one.figure.classList.toggle("pg-scored", Boolean(captions[index] && captions[index].share !== undefined));
    });

    const toggle = make("button", "pg-button", "Show what the gradient asks");
    toggle.type = "button";
    toggle.setAttribute("aria-pressed", "false");
    toggle.addEventListener("click", () => {
      overlay = !overlay;
      toggle.setAttribute("aria-pressed", String(overlay));
      toggle.textContent = overlay ? "Show the fakes themselves" : "Show what the gradient asks";
      if (shown) drawGan(shown);
    });

    const drawGan = (frame) => {
      const [real, fake, wish, asked] = ["real", "fake", "wish", "asked"].map((name) => array(frame[name]));
      const scores = (name) => [...array(frame[name])].map((score) => asScore(score, frame.scale));
      const count = real.shape[0];
      const said = frame.scale === "probability" ? "the chance that the discriminator gives it of being real" : "the discriminator's score, higher for more real";
      draw(row("real", "Real pictures", `Under each: ${said}.`, count), real, scores("real_scores"), "Real picture");
      const hint = overlay
        ? "Grey: the fake. Orange: this pixel is to become lighter. Blue: darker. The stronger, the more the generator's loss would fall."
        : "What the generator makes now, under the discriminator's eyes.";
      const fakes = row("fake", "Fakes", hint, count);
      if (!fakes.heading.contains(toggle)) fakes.heading.append(toggle);
      draw(fakes, fake, scores("fake_scores"), "Fake");
      if (overlay) fakes.canvases.forEach((one, index) => paintWish(one.canvas, fake, wish, index));
      draw(row("asked", "The fakes after one such step", "Each pixel moved as the gradient asks, a quarter of the way from black to white at most, and what the discriminator then says.", count), asked, scores("asked_scores"), "Changed fake");
    };
    const drawVae = (frame) => {
      const [real, rebuilt, each] = ["real", "rebuilt", "kl_each"].map((name) => array(frame[name]));
      const count = real.shape[0];
      draw(row("real", "Held-out pictures", "It never trains on these.", count), real, [], "Original");
      draw(row("rebuilt", "The same, through the code", "Squeezed into 16 numbers and rebuilt from them.", count), rebuilt, [], "Reconstruction");
      const most = Math.max(0.5, ...each);
      const bars = make("div", "pg-image_run-bars");
      bars.setAttribute("role", "img");
      bars.setAttribute("aria-label", "Nats that each number of the code tells: " + [...each].map((nats) => nats.toFixed(2)).join(", "));
      [...each].forEach((nats, index) => {
        const bar = make("div", "pg-image_run-bar");
        bar.append(make("span", "pg-number", nats.toFixed(nats < 1 ? 2 : 1)));
        const fill = make("i");
        fill.style.blockSize = Math.max(1, (nats / most) * 56) + "px";
        bar.append(fill, make("span", "", String(index + 1)));
        bars.append(bar);
      });
      code.replaceChildren(make("h4", "", "What each of the 16 numbers tells of a picture, in nats"), make("p", "pg-hint", "Near 0: the decoder does without this number. All near 0: posterior collapse."), bars);
    };
    const drawDiffusion = (frame) => {
      const [real, noisy, guessed, noise] = ["real", "noisy", "guessed", "noise"].map((name) => array(frame[name]));
      const count = real.shape[0];
      const shares = [...noise].map((share) => ({ text: playground.percent(share) + " noise" }));
      draw(row("noisy", "Held-out pictures under more and more noise", "The share of each picture's variance that is noise.", count), noisy, shares, "Noisy picture");
      draw(row("guessed", "What the net takes them for", "Its guess of the clean picture, in one look.", count), guessed, [], "Guess");
      draw(row("real", "What they are", "It never trains on these.", count), real, [], "Original");
    };

    // Each of the first generated pictures above the training picture that is most like it.
    const makePairs = (count) => {
      const strip = make("div", "pg-image_run-strip");
      pairs = [...Array(count)].map(() => {
        const figure = make("figure", "pg-figure");
        const [made, nearest, caption] = [make("canvas", "pg-bitmap"), make("canvas", "pg-bitmap"), make("figcaption")];
        [made, nearest].forEach((canvas) => canvas.setAttribute("role", "img"));
        figure.append(made, nearest, caption);
        strip.append(figure);
        return { figure, made, nearest, caption };
      });
      copies.replaceChildren(make("h4", "", "Did it copy?"), make("p", "pg-copied-verdict"), make("p", "pg-hint"), strip);
    };
    const drawCopies = (frame) => {
      copies.hidden = !frame.nearest || !(wantsCopies || frame.training_pictures <= FEW);
      if (copies.hidden) return;
      const [made, nearest, near, far, copied] = ["pictures", "nearest", "near", "far", "copied"].map((name) => array(frame[name]));
      if (pairs.length !== near.length) makePairs(near.length);
      const count = [...copied].filter(Boolean).length;
      const [verdict, hint] = copies.querySelectorAll("p");
      verdict.textContent = count === 0 ? `No: none of these ${near.length} is a copy.`
        : count < near.length / 2 ? `Partly: ${count} of these ${near.length} ${count === 1 ? "is" : "are"} nearly a training picture.`
        : `Yes: ${count} of these ${near.length} are nearly a training picture.`;
      hint.textContent = `Above what it made, below the most similar of ${frame.copies_of.toLocaleString("en")} training pictures, with their distance (0: the same; 1: black against white). ` +
        `In brackets the distance to the most similar of ${frame.copies_of.toLocaleString("en")} pictures that it never saw. A copy is where the first is under three quarters of the second.`;
      pairs.forEach((pair, index) => {
        paint(pair.made, made, index);
        paint(pair.nearest, nearest, index);
        const words = `${near[index].toFixed(2)} (${far[index].toFixed(2)})`;
        pair.caption.textContent = words + (copied[index] ? " copy" : "");
        pair.figure.classList.toggle("pg-copied", Boolean(copied[index]));
        pair.made.setAttribute("aria-label", `Generated picture ${index + 1}`);
        pair.nearest.setAttribute("aria-label", `The training picture most like it, ${words}${copied[index] ? ": a copy" : ""}`);
      });
    };

    const drawFrame = (frame) => {
      shown = frame;
      if (element.dataset.family !== frame.family) {
        element.dataset.family = frame.family;
        rows.replaceChildren();
        rowsByName.clear();
        code.replaceChildren();
      }
      const [title, about] = ABOUT[frame.family] || ["Pictures", ""];
      part(".pg-image_run-title").textContent = title;
      const words = frame.words ? frame.words.split("\n") : [];
      part(".pg-image_run-about").textContent = about + (words.length ? " Asked for in turn: " + words.join(", ") + "." : "");
      const pictures = array(frame.pictures);
      paintGrid(grid, pictures);
      grid.setAttribute("aria-label", `${pictures.shape[0]} generated pictures`);
      part(".pg-image_run-facts").textContent =
        `Two of them differ by ${frame.diversity.toFixed(3)} on average, two real ones by ${frame.diversity_data.toFixed(3)}. ` +
        `Nearest of ${frame.copies_of} training pictures: ${frame.copy_train.toFixed(3)}; nearest of as many held-out ones: ${frame.copy_held_out.toFixed(3)} (root mean square, 0 to 1).`;
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
      if (!has) empty.textContent = now.status === "queued" ? "It waits for its turn." : now.status === "gone" ? "This run is not here any more." : "The first pictures come in a moment.";
      if (has && (now.fresh || !shown)) drawFrame(now.frame);
    });
    state.bar = runBar(part(".pg-run-bar"), run, {
      fork: (asked) => {
        if ((given(props) || {}).controls) trigger("fork", asked); // the page adds its settings
        return Boolean((given(props) || {}).controls);
      },
      opened: (id, parent) => trigger("opened", { run: id, parent }),
    });
    const open = () => {
      const value = given(props);
      wantsCopies = Boolean(value && value.copies);
      if (!value || !value.run || value.run === run.run()) return;
      shown = null;
      body.hidden = true;
      empty.hidden = false;
      empty.textContent = "The first pictures come in a moment.";
      run.open(value.run);
    };
    watch("value", open);
    open();
  };
})();
