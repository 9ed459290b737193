// Every word of two sentences' blanks against each other.
(() => {
  const playground = (window.playground = window.playground || {});
  const TENS = Math.LN10;
  const REACH = 22;
  const [LEFT, RIGHT, TOP, FOOT] = [82, 14, 12, 40];
  const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

  const chance = (log) => playground.percent(Math.exp(log));
  const times = (change) => {
    const factor = Math.exp(Math.abs(change));
    return (factor >= 9.95 ? Math.round(factor).toLocaleString("en") : factor.toFixed(1)) + " ×";
  };
  const tick = (power) => {
    if (power >= -4) return Number((100 * 10 ** power).toPrecision(1)) + " %";
    return "1 in 10" + [...String(-power)].map((digit) => RAISED[digit]).join("");
  };
  const unpack = (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return Float32Array.from(new Uint16Array(bytes.buffer), (number) => -number / 2000);
  };

  playground.sentencePair = (element, props, trigger, watch) => {
    const { make, given, visible } = playground;
    const part = (name) => element.querySelector(name);
    const canvas = part(".pg-sentence-pair-canvas");
    const search = part(".pg-sentence-pair-search");
    const ground = document.createElement("canvas");
    let stale = true;
    const followed = new Map(); // word -> its place before this value: [a, b], or null
    let [value, a, b, at, turn, all, frame, lower, spots] = [null, null, null, null, 0, false, 0, null, []];
    const shown = (index) => visible(value.words[index]).replace(/^·/, "␣");
    const change = (index) => a[index] - b[index];
    const verdict = (index) => {
      if (Math.abs(change(index)) < 0.0049) return "equally likely in both";
      return times(change(index)) + " as likely in " + (change(index) > 0 ? "A" : "B");
    };

    // The window that is in sight: [lowest, highest] logarithm on both axes, and the widest difference.
    const sight = () => {
      const count = all ? value.words.length : value.likely;
      let [low, high, wide] = [0, -Infinity, 0.35];
      for (let index = 0; index < count; index++) {
        low = Math.min(low, a[index], b[index]);
        high = Math.max(high, a[index], b[index]);
        wide = Math.max(wide, Math.abs(change(index)));
      }
      const room = (high - low) * 0.05 + 0.1;
      return { low: low - room, high: Math.min(high + room, 0.2), wide: wide * 1.15 };
    };
    // From two logarithms to a place: turned by 45 degrees, the difference lies across and the mean upwards.
    const placing = (width, height) => {
      const { low, high, wide } = sight();
      const [across, up] = [width - LEFT - RIGHT, height - TOP - FOOT];
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

    const grid = (context, colour, view, names) => {
      const [left, top, across, up] = view.box;
      context.strokeStyle = colour("--border-color-primary");
      context.fillStyle = colour("--pg-faint");
      context.lineWidth = 1;
      context.font = "11px system-ui, sans-serif";
      const line = (x1, y1, x2, y2) => {
        context.beginPath();
        context.moveTo(x1, y1);
        context.lineTo(x2, y2);
        context.stroke();
      };
      if (turn === 0 || turn === 1) {
        const powers = [];
        for (let power = Math.ceil(view.low / TENS); power <= Math.floor(view.high / TENS + 1e-6); power++) powers.push(power);
        const thin = Math.ceil(powers.length / 7);
        powers.filter((power) => power % thin === 0).forEach((power) => {
          const [x, y] = view.place(power * TENS, power * TENS);
          line(left, y, left + across, y);
          context.textAlign = "right";
          context.textBaseline = "middle";
          context.fillText(tick(power), left - 5, y);
          if (turn) return;
          line(x, top, x, top + up);
          context.textAlign = "center";
          context.textBaseline = "top";
          context.fillText(tick(power), x, top + up + 5);
        });
        if (turn) {
          const step = [2, 3, 10, 100, 1000, 1e4, 1e6].find((factor) => view.wide / Math.log(factor) <= 4) || 1e8;
          for (let count = -4; count <= 4; count++) {
            const apart = count * Math.log(step);
            if (Math.abs(apart) > view.wide) continue;
            const [x] = view.place(apart / 2, -apart / 2);
            const [x0] = view.place(0, 0);
            line(x, top, x, top + up);
            context.textAlign = "center";
            context.textBaseline = "top";
            context.fillText(count ? Math.abs(Math.round(step ** Math.abs(count))).toLocaleString("en") + " ×" : "equal", x0 + (x - x0), top + up + 5);
          }
        }
      }
      context.strokeStyle = colour("--pg-faint");
      context.setLineDash([5, 4]);
      line(...view.place(view.low, view.low), ...view.place(view.high, view.high));
      context.setLineDash([]);
      context.font = "600 12.5px system-ui, sans-serif";
      context.textBaseline = "bottom";
      const foot = top + up + FOOT - 2;
      if (turn < 0.5) {
        context.fillStyle = colour("--pg-accent");
        context.textAlign = "center";
        context.fillText("likelier in A: " + names[0] + " →", left + across / 2, foot);
        context.save();
        context.translate(12, top + up / 2);
        context.rotate(-Math.PI / 2);
        context.textBaseline = "middle";
        context.fillStyle = colour("--pg-warm");
        context.fillText("likelier in B: " + names[1] + " →", 0, 0);
        context.restore();
      } else {
        const fit = (text) => (context.measureText(text).width > across / 2 - 8 ? text.slice(0, 18) + "…" : text);
        context.textAlign = "right";
        context.fillStyle = colour("--pg-accent");
        context.fillText(fit("A: " + names[0]) + " →", left + across, foot);
        context.textAlign = "left";
        context.fillStyle = colour("--pg-warm");
        context.fillText("← " + fit("B: " + names[1]), left, foot);
      }
    };
    // A is round and B is square: colour is not the only sign.
    const dot = (context, colours, index, x, y, size) => {
      context.fillStyle = colours[change(index) >= 0 ? 0 : 1];
      context.beginPath();
      if (change(index) >= 0) context.arc(x, y, size, 0, 7);
      else context.rect(x - size * 0.9, y - size * 0.9, size * 1.8, size * 1.8);
      context.fill();
    };
    // All dots on a ground of its own: pointing at one draws only what is on top of it.
    const dots = (context, colours, view) => {
      const [left, top, across, up] = view.box;
      context.save();
      context.beginPath();
      context.rect(left - 6, top - 6, across + 12, up + 12);
      context.clip();
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
    const paint = () => {
      frame = 0;
      const [width, height, dense] = [canvas.clientWidth, canvas.clientHeight, window.devicePixelRatio || 1];
      if (!width || !value) return;
      Object.assign(canvas, { width: Math.round(width * dense), height: Math.round(height * dense) });
      const context = canvas.getContext("2d");
      const styles = getComputedStyle(element);
      const colour = (name) => styles.getPropertyValue(name).trim();
      const view = placing(width, height);
      if (stale || ground.width !== canvas.width || ground.height !== canvas.height) {
        Object.assign(ground, { width: canvas.width, height: canvas.height });
        const under = ground.getContext("2d");
        under.setTransform(dense, 0, 0, dense, 0, 0);
        grid(under, colour, view, value.names);
        dots(under, [colour("--pg-accent"), colour("--pg-warm")], view);
        stale = false;
      }
      context.drawImage(ground, 0, 0);
      context.setTransform(dense, 0, 0, dense, 0, 0);
      const [left, top, across, up] = view.box;
      context.save();
      context.beginPath();
      context.rect(left - 6, top - 6, across + 12, up + 12);
      context.clip();
      marks(context, colour, view);
      context.restore();
      names(context, colour, view);
    };
    const indexOf = (word) => value.words.indexOf(word);
    const marks = (context, colour, view) => {
      context.strokeStyle = colour("--body-text-color");
      context.lineWidth = 2;
      followed.forEach((before, word) => {
        const index = indexOf(word);
        if (index < 0) return;
        const here = view.place(a[index], b[index]);
        if (before) {
          const there = view.place(...before);
          context.beginPath();
          context.moveTo(...there);
          context.lineTo(...here);
          context.stroke();
          context.beginPath();
          context.arc(...there, 3, 0, 7);
          context.stroke();
        }
        context.beginPath();
        context.arc(...here, 7, 0, 7);
        context.stroke();
      });
      if (at === null) return;
      context.lineWidth = 3;
      context.beginPath();
      context.arc(...view.place(a[at], b[at]), 10, 0, 7);
      context.stroke();
    };
    // As many names as find room: the chosen one, those that are followed, then the edges from the outside in.
    const names = (context, colour, view) => {
      const [left, top, across, up] = view.box;
      const [taken, written] = [[], new Set()];
      const free = ([x, y, w, h]) =>
        x >= left && y >= top - 8 && x + w <= left + across + RIGHT && y + h <= top + up && taken.every((one) => x >= one[0] + one[2] || one[0] >= x + w || y >= one[1] + one[3] || one[1] >= y + h);
      const write = (index, strong) => {
        if (written.has(index)) return;
        written.add(index);
        const [x, y] = view.place(a[index], b[index]);
        if (x < left - 2 || x > left + across + 2 || y < top - 2 || y > top + up + 2) return;
        const text = shown(index);
        context.font = (strong ? "700 14px" : "12.5px") + " system-ui, sans-serif";
        const [wide, high] = [context.measureText(text).width, 15];
        const tries = [[x + 8, y - 8], [x - wide - 8, y - 8], [x - wide / 2, y - 22], [x - wide / 2, y + 7]];
        if (change(index) < 0) tries.reverse();
        const found = tries.map(([l, t]) => [l, t, wide, high]).find(free) || (strong && [Math.max(left, Math.min(left + across - wide, x + 12)), y - 8, wide, high]);
        if (!found) return;
        taken.push(found);
        context.textAlign = "left";
        context.textBaseline = "middle";
        context.lineWidth = 4;
        context.lineJoin = "round";
        context.strokeStyle = colour("--background-fill-primary");
        context.strokeText(text, found[0], found[1] + high / 2);
        context.fillStyle = colour("--body-text-color");
        context.fillText(text, found[0], found[1] + high / 2);
      };
      if (at !== null) write(at, true);
      followed.forEach((_, word) => indexOf(word) >= 0 && write(indexOf(word), true));
      const [one, other] = value.edges;
      for (let rank = 0; rank < Math.max(one.length, other.length); rank++) [one, other].forEach((side) => rank < side.length && write(side[rank], false));
      for (let index = 0; index < Math.min(12, value.likely); index++) write(index, false);
    };
    const redraw = (whole) => {
      stale = stale || whole !== false;
      if (!frame) frame = requestAnimationFrame(paint);
    };

    const tell = () => {
      const card = part(".pg-sentence-pair-card");
      card.querySelector("button").hidden = at === null;
      card.querySelector("h4").textContent = at === null ? "Point at a dot" : shown(at);
      card.querySelector("p").textContent = at === null
        ? "Or find a word, or choose one below."
        : chance(a[at]) + " in A, " + chance(b[at]) + " in B: " + verdict(at) + ".";
      card.querySelector("button").textContent = at !== null && followed.has(value.words[at]) ? "Follow it no longer" : "Follow this word";
    };
    const choose = (index) => {
      if (index === at || index === null) return;
      at = index;
      tell();
      redraw(false);
    };
    const follow = (word) => {
      if (followed.has(word)) followed.delete(word);
      else followed.set(word, null);
      tell();
      list();
      redraw(false);
    };
    const list = () => {
      part(".pg-sentence-pair-followed").hidden = !followed.size;
      part(".pg-sentence-pair-followed tbody").replaceChildren(...[...followed.keys()].map((word) => {
        const row = make("tr");
        const name = make("th", "", visible(word));
        name.scope = "row";
        const index = indexOf(word);
        const cells = index < 0 ? ["–", "–", "not among the words here"] : [chance(a[index]), chance(b[index]), verdict(index)];
        const away = make("button", "pg-link-button", "let go");
        away.type = "button";
        away.setAttribute("aria-label", "Follow " + visible(word) + " no longer");
        away.addEventListener("click", () => follow(word));
        const last = make("td");
        last.append(away);
        row.append(name, ...cells.map((text) => make("td", "", text)), last);
        return row;
      }));
    };
    const wordButton = (index, text) => {
      const line = make("li");
      const button = make("button", "pg-link-button", shown(index));
      button.type = "button";
      button.addEventListener("click", () => {
        choose(index);
        if (!followed.has(value.words[index])) follow(value.words[index]);
      });
      line.append(button, make("span", "pg-hint", " " + text));
      return line;
    };
    const edges = () => {
      ["a", "b"].forEach((side, number) => {
        const head = part(".pg-sentence-pair-edges .pg-side-" + side);
        head.textContent = (number ? "■ " : "● ") + "likelier in " + side.toUpperCase() + ": " + value.names[number];
        const words = value.edges[number].slice(0, 10).map((index) => wordButton(index, times(change(index))));
        head.nextElementSibling.replaceChildren(...words);
      });
    };
    const find = () => {
      const asked = search.value.trim().toLowerCase();
      lower = lower || value.words.map((word) => word.toLowerCase());
      const ranked = [];
      for (let index = 0; asked && index < lower.length && ranked.length < 400; index++) {
        const where = lower[index].indexOf(asked);
        if (where >= 0) ranked.push([lower[index] === asked ? 0 : where === 0 ? 1 : 2, index]);
      }
      ranked.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
      const hits = ranked.slice(0, 8).map(([, index]) => wordButton(index, verdict(index)));
      part(".pg-sentence-pair-hits").replaceChildren(...(asked && !hits.length ? [make("li", "pg-hint", "Not among the words here.")] : hits));
      if (ranked.length) choose(ranked[0][1]);
    };
    search.addEventListener("input", find);
    search.addEventListener("keydown", (event) => {
      const first = part(".pg-sentence-pair-hits button");
      if (event.key === "Enter" && first) first.click();
    });
    part(".pg-sentence-pair-card button").addEventListener("click", () => at !== null && follow(value.words[at]));

    const nearest = (event) => {
      const box = canvas.getBoundingClientRect();
      const [x, y] = [event.clientX - box.left, event.clientY - box.top];
      const view = placing(canvas.clientWidth, canvas.clientHeight);
      let [best, found] = [REACH * REACH, null];
      for (let index = 0; index < value.words.length; index++) {
        const [px, py] = view.place(a[index], b[index]);
        const far = (px - x) ** 2 + (py - y) ** 2;
        if (far < best) [best, found] = [far, index];
      }
      return found;
    };
    canvas.addEventListener("pointermove", (event) => choose(nearest(event)));
    canvas.addEventListener("click", (event) => {
      const found = nearest(event);
      choose(found);
      // A finger cannot hover: it looks first, and follows with the button.
      if (found !== null && event.pointerType !== "touch") follow(value.words[found]);
    });
    canvas.addEventListener("keydown", (event) => {
      const side = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
      if (event.key === "Enter" && at !== null) follow(value.words[at]);
      else if (side) {
        const view = placing(canvas.clientWidth, canvas.clientHeight);
        const [x, y] = at === null ? view.place(0, 0) : view.place(a[at], b[at]);
        let [best, found] = [Infinity, at === null ? 0 : null];
        spots.forEach((spot, index) => {
          const [along, aside] = [(spot[0] - x) * side[0] + (spot[1] - y) * side[1], (spot[0] - x) * side[1] + (spot[1] - y) * side[0]];
          const far = along + 2 * Math.abs(aside);
          if (along > 0.5 && Math.abs(aside) <= along * 1.5 && far < best) [best, found] = [far, index];
        });
        choose(found);
      } else return;
      event.preventDefault();
    });

    const pressed = (name, on) => part(name).setAttribute("aria-pressed", String(on));
    const rotate = (end) => {
      pressed(".pg-sentence-pair-plain", !end);
      pressed(".pg-sentence-pair-turned", Boolean(end));
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
    part(".pg-sentence-pair-plain").addEventListener("click", () => rotate(0));
    part(".pg-sentence-pair-turned").addEventListener("click", () => rotate(1));
    const zoom = (whole) => {
      all = whole;
      pressed(".pg-sentence-pair-likely", !all);
      pressed(".pg-sentence-pair-all", all);
      redraw();
    };
    part(".pg-sentence-pair-likely").addEventListener("click", () => zoom(false));
    part(".pg-sentence-pair-all").addEventListener("click", () => zoom(true));
    new ResizeObserver(redraw).observe(canvas);
    // Another theme has other colours.
    new MutationObserver(redraw).observe(document.body, { attributes: true, attributeFilter: ["class"] });

    const draw = () => {
      const [old, oldA, oldB] = [value, a, b];
      const next = given(props);
      part(".pg-sentence-pair-body").hidden = !next || !next.words;
      part(".pg-empty").textContent = (next && next.empty) || "";
      if (!next || !next.words) return;
      [a, b] = [unpack(next.a), unpack(next.b)];
      if (old && old.run !== next.run) [...followed.keys()].forEach((word) => {
        const index = old.words.indexOf(word);
        followed.set(word, index < 0 ? null : [oldA[index], oldB[index]]);
      });
      [value, at, lower] = [next, null, null];
      const pair = part(".pg-sentence-pair-texts");
      pair.replaceChildren(make("span", "pg-side-a", "● A: " + value.sentences[0]), make("span", "pg-side-b", "■ B: " + value.sentences[1]));
      part(".pg-sentence-pair-scale").textContent = value.scale;
      part(".pg-sentence-pair-zoom").hidden = value.likely >= value.words.length;
      part(".pg-sentence-pair-all").textContent = "All " + value.words.length.toLocaleString("en");
      search.value = "";
      part(".pg-sentence-pair-hits").replaceChildren();
      if (value.likely >= value.words.length) all = false;
      tell();
      edges();
      list();
      redraw();
    };
    watch("value", draw);
    draw();
  };
})();
