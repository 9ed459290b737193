// Runs on points of the plane, side by side: their layers, the ten parts of a GAN's step, and a race by equal seconds.
(() => {
  const playground = (window.playground = window.playground || {});
  const PARTS = ["generate", "classify", "loss", "gradients", "update"];
  const PAUSE = 1600; // between two parts in slow motion, in ms
  const MEASURES = ["js", "kl", "sliced_wasserstein"];
  const NAMES = {
    js: "JS, bits", kl: "KL, bits", sliced_wasserstein: "Sliced Wasserstein", d_loss: "D's loss", g_loss: "G's loss", score_real: "D's mean score of real points",
    score_fake: "D's mean score of fakes", loss: "Loss", distortion: "Distortion, nats", code_kl: "KL of the codes, nats", sigma: "Width of the decoder's Gaussians",
  };
  const short = (number) => (number === null || number === undefined ? "–" : Number(number.toPrecision(3)).toString());

  playground.toy_2d_run = (element, props, trigger, watch, server) => {
    const { make, given, follow, runBar, array, toy_2d_layers } = playground;
    const part = (name) => element.querySelector(name);
    const [layers, stages, parts, race, numbers] = [".pg-toy_2d_run-layers", ".pg-toy_2d_run-stages", ".pg-toy_2d_run-parts", ".pg-toy_2d_run-race", ".pg-toy_2d_run-numbers"].map(part);
    const [slow, next, told] = [".pg-toy_2d_run-slow", ".pg-toy_2d_run-next", ".pg-toy_2d_run-told"].map(part);
    const shown = new Set(toy_2d_layers.LAYERS.filter((layer) => layer[3]).map((layer) => layer[0]));
    let [value, tracks, time, wanted, timer, fault] = [null, [], 2, 0, 0, ""];

    const opened = (frame) => Object.fromEntries(Object.entries(frame).map(([name, what]) => [name, what && what.data ? array(what) : what]));
    const later = () => {
      if (!wanted) wanted = requestAnimationFrame(drawAll);
    };
    const drawAll = () => {
      wanted = 0;
      tracks.forEach((track) => {
        const said = toy_2d_layers.draw(track.canvas, track.frame, track.family, shown, time);
        track.said.textContent = said.join(" ");
        if (track.state && track.frame) {
          const now = MEASURES.map((name) => NAMES[name] + " " + short(track.frame[name])).join(", ");
          drawNow(track);
          track.canvas.setAttribute("aria-label", `${track.title} at step ${track.state.frame_step}: ${now}. The numbers are in the table below.`);
        }
      });
      drawParts();
      drawRace();
      drawNumbers();
    };

    // How far it is from the truth now, beside what a second real draw of as many points would get.
    const drawNow = (track) => {
      const rows = MEASURES.map((name) => [NAMES[name], short(track.frame[name]), short(track.frame["floor_" + name])]);
      track.now.replaceChildren(...rows.flatMap(([name, number, floor]) => {
        const told = make("dd", "");
        told.append(make("b", "pg-number", number), make("span", "pg-hint", " luck alone: " + floor));
        return [make("dt", "", name), told];
      }));
    };

    // The ten parts.
    const boxes = [...element.querySelectorAll(".pg-toy_2d_run-loop")].flatMap((loop, side) => PARTS.map((name) => {
      const box = make("li", "pg-toy_2d_run-part" + (name === "update" ? " pg-toy_2d_run-moves" : ""));
      box.append(make("b", "", side ? "G" : "D"), document.createTextNode(" " + (side === 0 && name === "classify" ? "classify real and fake" : name)));
      loop.append(box);
      return box;
    }));
    const drawParts = () => {
      const track = tracks.length === 1 && tracks[0].family === "gan" ? tracks[0] : null;
      parts.hidden = !track;
      if (!track) return;
      const over = !track.state || ["done", "stopped", "failed", "gone", "queued"].includes(track.state.status);
      const alien = Boolean(track.state && track.state.mine === false);
      next.disabled = slow.disabled = over || alien;
      if (over || track.state.status === "running" && timer && track.told) halt();
      const live = track.state && track.state.at === null && track.frame;
      const lit = live ? track.frame.lit : -1;
      boxes.forEach((box, number) => {
        box.classList.toggle("pg-lit", number === lit);
        if (number === lit) box.setAttribute("aria-current", "step");
        else box.removeAttribute("aria-current");
      });
      const words = fault || (live && track.frame.told) || (alien && "Only whoever started this run can slow it down: fork it to have one of your own.") || "Press “Slow motion”: the run pauses, and each part is done by itself.";
      if (told.textContent !== words) told.textContent = words;
    };
    const halt = () => {
      clearInterval(timer);
      timer = 0;
      slow.setAttribute("aria-pressed", "false");
      slow.textContent = "Slow motion";
    };
    const tellPart = async () => {
      const track = tracks[0];
      if (!track) return;
      fault = "";
      const answer = await track.following.tell("part").catch(() => ({ error: "The server did not answer: try again." }));
      if (answer && answer.error) {
        halt();
        fault = answer.error;
        later();
        return;
      }
      track.told = Boolean(track.state && track.state.status === "paused");
      [120, 250, 450].forEach((wait) => setTimeout(() => track.following.open(track.run), wait)); // the worker hears within a beat
    };
    next.addEventListener("click", () => {
      halt();
      tellPart();
    });
    slow.addEventListener("click", () => {
      if (timer) {
        halt();
        return;
      }
      tracks[0].told = false;
      timer = setInterval(tellPart, PAUSE);
      slow.setAttribute("aria-pressed", "true");
      slow.textContent = "Stop slow motion";
      tellPart();
    });

    // After equal seconds.
    const drawRace = () => {
      const racing = tracks.filter((track) => track.state && track.state.rows.length);
      race.hidden = tracks.length < 2 || racing.length < tracks.length;
      if (race.hidden) return;
      const until = Math.min(...racing.map((track) => track.state.rows[track.state.rows.length - 1][1]));
      const rows = racing.map((track) => {
        let at = track.state.rows.length - 1;
        while (at > 0 && track.state.rows[at][1] > until) at -= 1;
        const row = track.state.rows[at];
        return { title: track.title, steps: row[0], values: MEASURES.map((name) => row[3 + track.state.names.indexOf(name)]) };
      });
      race.querySelector("caption").textContent = "After " + playground.seconds(until) + " of training each. Less is better.";
      const best = MEASURES.map((_, place) => Math.min(...rows.map((row) => row.values[place])));
      const lines = rows.map((row) => {
        const line = make("tr");
        line.append(make("th", "", row.title), make("td", "pg-number", row.steps.toLocaleString("en")));
        row.values.forEach((number, place) => line.append(make("td", "pg-number" + (number === best[place] ? " pg-toy_2d_run-best" : ""), short(number) + (number === best[place] ? " ★" : ""))));
        return line;
      });
      const floor = racing[0].frame;
      if (floor) {
        const line = make("tr", "pg-hint");
        line.append(make("th", "", "A second real draw"), make("td", "", "–"));
        MEASURES.forEach((name) => line.append(make("td", "pg-number", short(floor["floor_" + name]))));
        lines.push(line);
      }
      race.querySelector("tbody").replaceChildren(...lines);
    };

    const drawNumbers = () => {
      const there = tracks.filter((track) => track.state && track.state.names.length && track.state.rows.length);
      numbers.hidden = !there.length;
      if (!numbers.open || !there.length) return;
      const head = make("tr");
      head.append(make("th", "", "Number"), ...there.map((track) => make("th", "", track.title)), make("th", "", "A second real draw"));
      numbers.querySelector("thead").replaceChildren(head);
      const names = [...new Set([...MEASURES, ...there.flatMap((track) => track.state.names)])];
      numbers.querySelector("tbody").replaceChildren(...names.map((name) => {
        const line = make("tr");
        line.append(make("th", "", NAMES[name] || name));
        there.forEach((track) => {
          const place = track.state.names.indexOf(name);
          line.append(make("td", "pg-number", place < 0 ? "–" : short(track.state.rows[track.state.rows.length - 1][3 + place])));
        });
        const floor = there[0].frame && there[0].frame["floor_" + name];
        line.append(make("td", "pg-number", floor === undefined ? "–" : short(floor)));
        return line;
      }));
    };
    numbers.addEventListener("toggle", later);

    // Which layers there are to choose from.
    const buildLayers = () => {
      const families = tracks.map((track) => track.family);
      const own = toy_2d_layers.LAYERS.filter((layer) => layer[2].some((family) => families.includes(family)));
      layers.hidden = !tracks.length;
      const labels = own.map(([name, title]) => {
        const [label, box] = [make("label", "pg-toy_2d_run-layer"), make("input")];
        Object.assign(box, { type: "checkbox", checked: shown.has(name), name });
        box.addEventListener("change", () => {
          shown[box.checked ? "add" : "delete"](name);
          later();
        });
        label.dataset.layer = name;
        label.append(box, document.createTextNode(title));
        return label;
      });
      const when = make("label", "pg-toy_2d_run-layer", "field at time ");
      const choice = make("select");
      ["0", "0.25", "0.5", "0.75", "0.95"].forEach((words, index) => choice.append(new Option(words, index, false, index === time)));
      choice.addEventListener("change", () => {
        time = Number(choice.value);
        shown.add("field");
        buildLayers();
        later();
      });
      when.append(choice);
      layers.replaceChildren(make("legend", "", "Show"), ...labels, ...(families.includes("diffusion") ? [when] : []));
    };

    // The plane comes whole into the window when its first points do.
    const show = (canvas) => {
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      canvas.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
    };
    const begin = (one) => {
      const figure = make("figure", "pg-toy_2d_run-stage");
      const [canvas, bar, said, now] = [["canvas", "pg-toy_2d_run-canvas"], ["div", "pg-run-bar"], ["p", "pg-hint pg-toy_2d_run-said"], ["dl", "pg-facts pg-toy_2d_run-now"]].map((kind) => make(...kind));
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", one.title);
      figure.append(make("figcaption", "", one.title), canvas, said, bar, now);
      stages.append(figure);
      const track = { ...one, canvas, said, now, state: null, frame: null, told: false };
      track.following = follow(canvas, server, (state) => {
        if (!element.isConnected) return;
        track.state = state;
        if (state.fresh && state.frame) {
          if (!track.frame && tracks[0] === track) show(canvas);
          track.frame = opened(state.frame);
        }
        track.bar(state);
        later();
      });
      track.bar = runBar(bar, track.following, {
        fork: (asked) => {
          trigger("fork", asked); // the page adds its settings
          return true;
        },
      });
      track.following.open(one.run);
      return track;
    };
    const open = () => {
      value = given(props) || { runs: [] };
      part(".pg-empty").textContent = value.runs.length ? "" : value.empty || "";
      if (tracks.map((track) => track.run).join() === value.runs.map((one) => one.run).join()) return;
      halt();
      fault = "";
      tracks.forEach((track) => track.following.close());
      stages.replaceChildren();
      stages.dataset.count = value.runs.length;
      tracks = value.runs.map(begin);
      buildLayers();
      later();
    };
    new ResizeObserver(later).observe(stages);
    new MutationObserver(later).observe(document.body, { attributes: true, attributeFilter: ["class"] });
    watch("value", open);
    open();
  };
})();
