// A picture to paint on, pixel by pixel; and a model's answers to it, side by side.
(() => {
  const playground = (window.playground = window.playground || {});

  playground.paint = (element, props, trigger, watch) => {
    const { given } = playground;
    const [canvas, colour, size, clear, place] = [".pg-canvas", ".pg-colour", ".pg-brush", ".pg-clear", ".pg-paint-place"].map((name) => element.querySelector(name));
    const state = { width: 16, height: 16, channels: 3, levels: new Uint8ClampedArray(0), x: 0, y: 0, down: false };

    const paint = () => {
      const { width, height, channels, levels } = state;
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      const context = canvas.getContext("2d");
      const image = context.createImageData(width, height);
      for (let at = 0; at < width * height; at += 1) {
        for (let channel = 0; channel < 3; channel += 1) image.data[4 * at + channel] = levels[at * channels + (channels === 1 ? 0 : channel)];
        image.data[4 * at + 3] = 255;
      }
      context.putImageData(image, 0, 0);
    };
    const ink = () => {
      const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.value.slice(at, at + 2), 16));
      return state.channels === 1 ? [Math.round(0.299 * red + 0.587 * green + 0.114 * blue)] : [red, green, blue];
    };
    const dab = (x, y) => {
      const wide = Number(size.value);
      const from = -Math.floor((wide - 1) / 2);
      for (let row = y + from; row < y + from + wide; row += 1) {
        for (let column = x + from; column < x + from + wide; column += 1) {
          if (row < 0 || column < 0 || row >= state.height || column >= state.width) continue;
          ink().forEach((level, channel) => (state.levels[(row * state.width + column) * state.channels + channel] = level));
        }
      }
    };
    const line = (x, y) => {
      const steps = Math.max(Math.abs(x - state.x), Math.abs(y - state.y), 1);
      for (let step = 0; step <= steps; step += 1) dab(Math.round(state.x + ((x - state.x) * step) / steps), Math.round(state.y + ((y - state.y) * step) / steps));
      Object.assign(state, { x, y });
      paint();
    };
    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      return [Math.floor(((event.clientX - box.left) / box.width) * state.width), Math.floor(((event.clientY - box.top) / box.height) * state.height)];
    };
    const tell = () => {
      let text = "";
      state.levels.forEach((level) => (text += String.fromCharCode(level)));
      trigger("drawn", { pixels: btoa(text), width: state.width, height: state.height, channels: state.channels });
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      const [x, y] = at(event);
      Object.assign(state, { x, y, down: true });
      line(x, y);
      event.preventDefault();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (state.down) line(...at(event));
    });
    const lift = () => {
      if (state.down) tell();
      state.down = false;
    };
    canvas.addEventListener("pointerup", lift);
    canvas.addEventListener("pointercancel", lift);
    canvas.addEventListener("keydown", (event) => {
      const [dx, dy] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key] || [];
      if (dx !== undefined) {
        state.x = Math.max(0, Math.min(state.width - 1, state.x + dx));
        state.y = Math.max(0, Math.min(state.height - 1, state.y + dy));
        place.textContent = "Brush at row " + (state.y + 1) + ", column " + (state.x + 1);
        event.preventDefault();
      } else if (event.key === " " || event.key === "Enter") {
        line(state.x, state.y);
        tell();
        event.preventDefault();
      }
    });
    clear.addEventListener("click", () => {
      for (let index = 0; index < state.levels.length; index += state.channels) ink().forEach((level, channel) => (state.levels[index + channel] = level));
      paint();
      tell();
    });
    const draw = () => {
      const value = given(props);
      if (!value) return;
      const text = atob(value.pixels);
      Object.assign(state, { width: value.width, height: value.height, channels: value.channels });
      state.levels = Uint8ClampedArray.from(text, (letter) => letter.charCodeAt(0));
      paint();
    };
    watch("value", draw);
    draw();
  };

  // The Gaussian of every latent dimension: its mean as a dot, two deviations each way as a line, N(0, 1) as a band.
  const gaussian = (mean, deviation) => {
    const space = "http://www.w3.org/2000/svg";
    const node = (name, attributes) => {
      const made = document.createElementNS(space, name);
      Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
      return made;
    };
    const svg = node("svg", { viewBox: "0 0 " + mean.length * 6 + " 96", preserveAspectRatio: "none", class: "pg-gaussian", role: "img" });
    svg.setAttribute("aria-label", "The encoder's Gaussian: mean and two standard deviations of " + mean.length + " latent dimensions");
    const y = (value) => 48 - Math.max(-4, Math.min(4, value)) * 11;
    svg.append(node("rect", { x: 0, y: y(1), width: mean.length * 6, height: y(-1) - y(1), fill: "currentColor", opacity: 0.08 }));
    mean.forEach((value, index) => {
      const x = index * 6 + 3;
      svg.append(node("line", { x1: x, x2: x, y1: y(value - 2 * deviation[index]), y2: y(value + 2 * deviation[index]), stroke: "var(--pg-accent)", "stroke-width": 2 }));
      svg.append(node("rect", { x: x - 1.5, y: y(value) - 1.5, width: 3, height: 3, fill: "var(--pg-warm)" }));
    });
    return svg;
  };

  playground.answers = (element, props, trigger, watch) => {
    const { make, given } = playground;
    const { bitmaps, bitmap, strip, factRows } = playground.pictures;
    const list = element.querySelector(".pg-answers");
    const figure = (packed, words) => {
      const made = make("figure", "");
      made.append(bitmap(bitmaps(packed), 0, words), make("figcaption", "", words));
      return made;
    };
    const answer = (one, target) => {
      const block = make("section", "pg-answer");
      const pair = make("div", "pg-pair");
      pair.append(figure(target, "Your picture"), figure(one.packed, "Its answer"));
      block.append(make("h4", "", one.title), pair, factRows(one.rows));
      if (one.mean) block.append(make("p", "pg-strip-title", "Where the encoder puts it: a dot for each mean, a line of two deviations, N(0, 1) in grey"), gaussian(one.mean, one.deviation));
      if (one.strip) block.append(strip(one.strip));
      return block;
    };
    const draw = () => {
      const value = given(props);
      list.replaceChildren(...((value && value.answers) || []).map((one) => answer(one, value.target)));
      list.setAttribute("aria-busy", String(Boolean(value) && !value.done));
    };
    watch("value", draw);
    draw();
  };
})();
