// A map of latent space: points drawn pixel by pixel, a cross whose picture follows, pictures of the data on hover.
(() => {
  const playground = (window.playground = window.playground || {});
  // Nine colours that colour-blind people tell apart (after Okabe and Ito, and Tol), for light and for dark.
  const LIGHT = ["#0072b2", "#d55e00", "#009e73", "#aa3377", "#b8860b", "#332288", "#56b4e9", "#882255", "#6b6b00"];
  const DARK = ["#56b4e9", "#ee8a3c", "#00c08b", "#ee88bb", "#f0e442", "#9f8fff", "#c9e6ff", "#e0607e", "#a5b545"];
  const [DIM_LIGHT, DIM_DARK, OTHER_LIGHT, OTHER_DARK] = ["#d5dae1", "#323c4c", "#8b94a1", "#8d98a8"];
  const [CLOSEST, FARTHEST_ZOOM, REACH, MOST_THUMBS, STEP] = [200, 0.25, 9, 4000, 8];

  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const packedColour = (name) => {
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(name.slice(at, at + 2), 16));
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  };

  playground.map = (element, props, trigger, watch, server) => {
    const { given, make, pictures } = playground;
    const part = (name) => element.querySelector(name);
    const [canvas, picture, tip, chosenBox, menu, legend] = [".pg-map-canvas", ".pg-map-picture", ".pg-map-tip", ".pg-map-chosen", ".pg-map-colour", ".pg-map-legend"].map(part);
    const [place, said, empty] = [".pg-map-place", "[role=status]", ".pg-empty"].map(part);
    const at = { x: 0, y: 0, zoom: 1, left: 0, top: 0, colour: "" };
    const [thumbs, wantedThumbs, pressed, times] = [new Map(), new Set(), new Set(), []];
    let [value, points, nearest, ranks, colours, order, image, surface] = [null, null, null, [], null, null, null, null];
    let [hovered, chosen, mode, grabbed, frame, resting, wanted, probing, fetching, announced] = [-1, -1, "cross", null, 0, 0, null, false, false, false];

    const isDark = () => Boolean(element.closest(".dark") || document.body.classList.contains("dark"));
    // Pixels of the page for one unit of the map.
    const scale = () => (Math.min(canvas.clientWidth, canvas.clientHeight) / value.size) * at.zoom;
    const toScreen = (x, y) => [canvas.clientWidth / 2 + (x - at.left) * scale(), canvas.clientHeight / 2 - (y - at.top) * scale()];
    const toMap = (x, y) => [at.left + (x - canvas.clientWidth / 2) / scale(), at.top - (y - canvas.clientHeight / 2) / scale()];
    const attribute = () => Math.max(0, value.attributes.findIndex((one) => one.name === at.colour));
    const label = (a, point) => value.table[a * value.count + point];
    const isLit = (point) => !pressed.size || pressed.has(label(attribute(), point));
    const words = (point) => value.attributes.map((one, a) => one.name + ": " + one.words[label(a, point)]).join(", ");

    // Colours by how often a word comes: the nine most frequent have their own. Points out of the filter lie below.
    const recolour = () => {
      const a = attribute();
      const [dark, counts] = [isDark(), value.attributes[a].words.map(() => 0)];
      for (let point = 0; point < value.count; point += 1) counts[label(a, point)] += 1;
      ranks = counts.map((count, word) => ({ count, word })).filter((one) => one.count).sort((one, other) => other.count - one.count);
      const palette = dark ? DARK : LIGHT;
      const own = value.attributes[a].words.map(() => (dark ? OTHER_DARK : OTHER_LIGHT));
      ranks.forEach((one, rank) => {
        if (rank < palette.length) own[one.word] = palette[rank];
        else if (pressed.has(one.word)) own[one.word] = dark ? "#ffffff" : "#000000";
      });
      ranks.forEach((one) => (one.colour = own[one.word]));
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
      redraw();
    };
    const showLegend = () => {
      const a = attribute();
      legend.replaceChildren(
        make("span", "pg-legend-title", ranks.length > LIGHT.length ? "The nine most frequent have a colour of their own, the others share grey. Press names to see them alone:" : "Press names to see them alone:"),
        ...ranks.map((one) => {
          const chip = make("button", "pg-map-chip");
          chip.type = "button";
          const swatch = make("span", "pg-map-swatch");
          swatch.style.background = one.colour;
          chip.append(swatch, make("span", "", value.attributes[a].words[one.word] + " "), make("span", "pg-hint", one.count.toLocaleString("en")));
          chip.setAttribute("aria-pressed", String(pressed.has(one.word)));
          chip.addEventListener("click", () => {
            if (pressed.has(one.word)) pressed.delete(one.word);
            else pressed.add(one.word);
            const position = [...legend.children].indexOf(chip);
            recolour();
            showLegend();
            legend.children[position].focus();
          });
          return chip;
        }),
      );
    };

    const paint = () => {
      frame = 0;
      const [width, height, dense] = [canvas.clientWidth, canvas.clientHeight, Math.min(2, window.devicePixelRatio || 1)];
      if (!width || !value) return;
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
      const squares = [[hovered, 6], [chosen, 8]].filter(([point]) => point >= 0).map(([point, size]) => [points[2 * point], points[2 * point + 1], size]);
      const seen = { value, at, squares, toScreen, scale: scale(), width, height };
      playground.marks(context, dark ? "#f1f5f9" : "#14171c", dark ? "#14171c" : "#ffffff", seen);
      context.setTransform(1, 0, 0, 1, 0, 0);
    };
    const redraw = () => {
      if (!frame) frame = requestAnimationFrame(paint);
    };

    const asked = (more) => ({ model: value.model, condition: value.condition, projection: value.projection, ...more });
    // One question at a time; the last place that was wanted is never left out.
    const probe = async () => {
      if (probing || !server) return;
      probing = true;
      try {
        while (wanted && value) {
          const [now, then] = [wanted, value];
          wanted = null;
          const answer = await server.probe(asked({ x: now.x, y: now.y }));
          if (then !== value) continue;
          empty.textContent = answer.error || "";
          if (answer.error) break;
          pictures.bitmaps(answer).draw(0, picture);
          element.classList.toggle("pg-smooth", answer.width > 40);
          if (now.since === null) continue;
          times.push(performance.now() - now.since);
          element.dispatchEvent(new CustomEvent("pg-followed", { detail: times[times.length - 1] }));
          if (times.length > 200) times.shift();
          const middle = [...times].sort((one, other) => one - other)[Math.floor(times.length / 2)];
          part(".pg-map-speed").textContent = "The picture follows in " + Math.max(1, Math.round(middle)) + " ms (median of " + times.length + " moves).";
        }
      } catch (error) {
        empty.textContent = "The machine does not answer: is the playground still running?";
      } finally {
        probing = false;
      }
    };
    const fetchThumbs = async () => {
      if (fetching || !wantedThumbs.size || !server) return;
      fetching = true;
      try {
        while (wantedThumbs.size && value) {
          const [rows, then] = [[...wantedThumbs].slice(0, 64), value];
          rows.forEach((row) => wantedThumbs.delete(row));
          const answer = await server.thumbs(asked({ rows }));
          if (then.model !== value.model) continue;
          if (answer.error) {
            empty.textContent = answer.error;
            break;
          }
          const made = pictures.bitmaps(answer);
          if (thumbs.size > MOST_THUMBS) thumbs.clear();
          rows.forEach((row, number) => thumbs.set(row, made.draw(number, document.createElement("canvas"))));
          showTip();
          showChosen();
        }
      } catch (error) {
        empty.textContent = "The machine does not answer: is the playground still running?";
      } finally {
        fetching = false;
      }
    };
    // The picture of a point; asked for, with its neighbours that the pointer may meet next, if it is not there.
    const thumb = (point, target) => {
      const there = thumbs.get(point);
      target.style.visibility = there ? "visible" : "hidden";
      if (there) {
        Object.assign(target, { width: there.width, height: there.height });
        target.getContext("2d").drawImage(there, 0, 0);
        return;
      }
      wantedThumbs.add(point);
      fetchThumbs();
    };
    const showTip = () => {
      tip.hidden = hovered < 0;
      if (hovered < 0) return;
      thumb(hovered, tip.firstElementChild);
      const one = value.attributes[attribute()];
      tip.lastElementChild.textContent = one.name + ": " + one.words[label(attribute(), hovered)];
      const [left, top] = toScreen(points[2 * hovered], points[2 * hovered + 1]);
      tip.style.insetInlineStart = Math.max(0, Math.min(left + 14, canvas.clientWidth - tip.offsetWidth)) + "px";
      tip.style.insetBlockStart = (top > canvas.clientHeight - 100 ? top - tip.offsetHeight - 14 : top + 14) + "px";
    };
    const showChosen = () => {
      part(".pg-map-end-chosen").disabled = chosen < 0;
      const target = chosenBox.querySelector("canvas");
      target.hidden = chosen < 0;
      if (chosen < 0) {
        chosenBox.querySelector("p").textContent = "Click a point of the map, or press N for the one nearest to the cross.";
        return;
      }
      thumb(chosen, target);
      chosenBox.querySelector("p").textContent = words(chosen) + ".";
      target.setAttribute("aria-label", "The chosen picture: " + words(chosen));
    };
    const choose = (point) => {
      if (point < 0) return;
      chosen = point;
      showChosen();
      redraw();
      said.textContent = "Chosen: " + words(point);
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
        if (announced) said.textContent = place.textContent;
        announced = false;
        trigger("moved", { ...at, run: value ? value.run : "" });
      }, 350);
    };
    const near = (reach) => nearest(at.x, at.y, reach, isLit);
    const nearestToCross = () => {
      for (let reach = value.size / 200; reach < 8 * value.size; reach *= 2) {
        const found = near(reach);
        if (found >= 0) return found;
      }
      return -1;
    };
    // Puts the cross somewhere. since: when the pointer or key said so, for the measure of speed.
    const go = (x, y, since = null) => {
      const far = 9999;
      at.x = Math.max(-far, Math.min(far, x));
      at.y = Math.max(-far, Math.min(far, y));
      wanted = { x: at.x, y: at.y, since };
      const point = near(value.size / 60);
      place.textContent = "x " + at.x.toFixed(2) + ", y " + at.y.toFixed(2) + ". " + (point < 0 ? "No picture of the data is near here." : "Nearest picture: " + words(point) + ".");
      redraw();
      probe();
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
    // The map follows a cross that leaves what is seen.
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
      grabbed = { x, y, left: at.left, top: at.top, far: false };
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!value) return;
      const [x, y] = spot(event);
      if (!grabbed) {
        const [mapX, mapY] = toMap(x, y);
        hover(nearest(mapX, mapY, REACH / scale(), isLit));
        return;
      }
      if (!grabbed.far && Math.hypot(x - grabbed.x, y - grabbed.y) < 4) return;
      grabbed.far = true;
      if (mode === "cross") {
        hover(-1);
        go(...toMap(x, y), performance.now());
      } else {
        at.left = grabbed.left - (x - grabbed.x) / scale();
        at.top = grabbed.top + (y - grabbed.y) / scale();
        moved();
      }
    });
    canvas.addEventListener("pointerup", () => {
      if (grabbed && !grabbed.far) {
        const [x, y] = toMap(grabbed.x, grabbed.y);
        const point = nearest(x, y, REACH / scale(), isLit);
        choose(point);
        // On a point the cross stands exactly: what is decoded there is the reconstruction of its picture.
        if (mode === "cross") go(point < 0 ? x : points[2 * point], point < 0 ? y : points[2 * point + 1], performance.now());
      }
      grabbed = null;
    });
    canvas.addEventListener("pointercancel", () => (grabbed = null));
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
      part(".pg-mode-cross").setAttribute("aria-pressed", String(name === "cross"));
      part(".pg-mode-hand").setAttribute("aria-pressed", String(name === "hand"));
      canvas.classList.toggle("pg-hand", name === "hand");
    };
    part(".pg-mode-cross").addEventListener("click", () => setMode("cross"));
    part(".pg-mode-hand").addEventListener("click", () => setMode("hand"));
    part(".pg-zoom-in").addEventListener("click", () => zoomTo(at.zoom * 1.5, canvas.clientWidth / 2, canvas.clientHeight / 2));
    part(".pg-zoom-out").addEventListener("click", () => zoomTo(at.zoom / 1.5, canvas.clientWidth / 2, canvas.clientHeight / 2));
    part(".pg-zoom-all").addEventListener("click", whole);
    part(".pg-map-end").addEventListener("click", () => trigger("end", { x: at.x, y: at.y }));
    part(".pg-map-end-chosen").addEventListener("click", () => trigger("end", { row: chosen }));
    menu.addEventListener("change", () => {
      at.colour = menu.value;
      pressed.clear();
      recolour();
      showLegend();
      showTip();
      rest();
    });
    new ResizeObserver(redraw).observe(canvas);
    new MutationObserver(() => {
      if (!value) return;
      recolour();
      showLegend();
    }).observe(document.body, { attributes: true, attributeFilter: ["class"] });

    const unpack = (next) => {
      const raw = new Uint16Array(bytes(next.points).buffer);
      next.count = raw.length / 2;
      next.table = bytes(next.labels);
      points = new Float32Array(raw.length);
      for (let place = 0; place < raw.length; place += 1) points[place] = next.low[place % 2] + (raw[place] / 65535) * next.size;
      nearest = playground.nearest(points, next.low, next.size);
    };
    const take = (next) => {
      Object.assign(at, next.at);
      pressed.clear();
      times.length = 0;
      [hovered, chosen] = [-1, -1];
      if (!next.attributes.some((one) => one.name === at.colour)) at.colour = next.attributes[0].name;
      menu.replaceChildren(...next.attributes.map((one) => new Option(one.name, one.name)));
      menu.value = at.colour;
      part(".pg-map-speed").textContent = "";
    };
    const draw = () => {
      const [next, before] = [given(props), value];
      part(".pg-map-body").hidden = !next;
      empty.textContent = "";
      value = next;
      if (!next) return;
      if (!next.table) unpack(next);
      if (!before || before.model !== next.model) thumbs.clear();
      if (!before || before.run !== next.run) take(next);
      recolour();
      showLegend();
      showTip();
      showChosen();
      part(".pg-map-axes").textContent = next.axes;
      part(".pg-map-marks").textContent = next.marks;
      go(at.x, at.y);
    };
    watch("value", draw);
    draw();
  };
})();
