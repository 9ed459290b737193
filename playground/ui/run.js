// A training that is going on in a process of its own: followed, drawn in a bar, and told what to do.
(() => {
  const playground = (window.playground = window.playground || {});
  const BEAT = 50; // no more than 20 looks a second
  const COMPLAINT = 5000;
  const RESTING = 600; // a run that waits, is paused or has ended is looked at now and then
  const KINDS = { uint8: Uint8Array, uint16: Uint16Array, int32: Int32Array, float32: Float32Array };

  // This browser's own token: who has it may steer the runs that were started with it.
  playground.owner = () => {
    const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    try {
      const known = localStorage.getItem("playground-owner");
      if (/^[0-9a-f]{32}$/.test(known || "")) return known;
      const made = fresh();
      localStorage.setItem("playground-owner", made);
      return made;
    } catch {
      return (playground.ownerOfThisPage = playground.ownerOfThisPage || fresh());
    }
  };

  // A frame's array, as it was packed: a typed array with its shape.
  playground.array = (packed) => {
    const bytes = Uint8Array.from(atob(packed.data), (letter) => letter.charCodeAt(0));
    const array = new KINDS[packed.dtype](bytes.buffer);
    array.shape = packed.shape;
    return array;
  };

  // Follows one run while the element is seen. draw(state): after each look that told something new; state.rows are all
  // rows so far, state.frame the newest frame, state.fresh whether it is new. Needs server.poll_run and server.steer_run.
  // aside: it is only shown beside another run, and need not go on for that.
  playground.follow = (element, server, draw, aside = false) => {
    const now = { run: "", at: null, since: null, rows: [], frame: null, frameStep: -1, mark: "", told: "", busy: false, timer: 0, shut: false };
    const isSeen = () => !document.hidden && element.isConnected && element.getClientRects().length > 0;
    const again = (wait) => {
      clearTimeout(now.timer);
      if (!now.shut) now.timer = setTimeout(look, wait);
    };
    const look = async () => {
      if (!now.run || now.shut) return;
      if (!element.isConnected) return again(RESTING);
      if (!isSeen() || now.busy) return again(isSeen() ? BEAT : RESTING);
      now.busy = true;
      const { run } = now;
      let state = null;
      try {
        state = await server.poll_run({ run, since: now.since, frame_since: now.frameStep, frame_mark: now.mark, at: now.at, aside, owner: playground.owner() });
      } catch {
        state = null; // the server is gone or busy: try again, the run does not need it
      }
      now.busy = false;
      if (now.run !== run) return again(0);
      if (!state) return again(RESTING);
      if (state.error) {
        now.run = "";
        draw({ run, status: "gone", explained: state.error, rows: [], names: [], events: [], kept: [], frame: null, fresh: false });
        return undefined;
      }
      if (state.again) now.rows = [];
      now.rows.push(...state.rows);
      now.since = state.since;
      const fresh = Boolean(state.frame);
      if (fresh) [now.frame, now.frameStep, now.mark] = [state.frame, state.frame_step, state.frame_mark];
      const told = JSON.stringify([state.status, state.explained, state.step, state.place, state.events.length, state.kept.length]);
      if (fresh || state.rows.length || told !== now.told) {
        now.told = told;
        draw({ ...state, rows: now.rows, frame: now.frame, frame_step: now.frameStep, at: now.at, fresh });
      }
      return again(state.status === "running" ? BEAT : RESTING);
    };
    return {
      open: (run) => {
        if (run === now.run) return again(0);
        shown.delete(run);
        Object.assign(now, { run, at: null, since: null, rows: [], frame: null, frameStep: -1, told: "" });
        return again(0);
      },
      // A kept step, or null for what is there now.
      at: (step) => {
        Object.assign(now, { at: step, frameStep: -1, told: "" });
        again(0);
      },
      run: () => now.run,
      tell: async (what, settings, more) => {
        const answer = await server.steer_run({ run: now.run, do: what, settings: settings || {}, owner: playground.owner(), ...more });
        again(0);
        return answer;
      },
      close: () => {
        now.shut = true;
        clearTimeout(now.timer);
      },
    };
  };

  const STATUS = {
    queued: "waiting", running: "training", paused: "paused", done: "done", stopped: "stopped", failed: "ended early", gone: "gone",
  };
  playground.seconds = (seconds) =>
    seconds < 60 ? seconds.toFixed(1) + " s" : Math.floor(seconds / 60) + " min " + String(Math.floor(seconds % 60)).padStart(2, "0") + " s";

  // Which step of which run the time machine shows, for buttons outside of the run's bar.
  const shown = new Map(); // run → the step that its time machine shows, if it is not what is there now
  document.addEventListener("pg-at", (event) => shown.set(event.detail.run, event.detail.step));
  playground.stepOf = (run) => shown.get(run) ?? null;

  // The bar of a run: its name, how far it is, and its buttons. place: an element of class pg-run-bar, emptied first.
  // options: {"settings": () => what a fork is to change, "opened": (run, parent) => told of a fork, "fork": (asked) =>
  // true if it forks by itself, from {"run", "step"} and, to go on for longer, "steps"}. Returns a function that draws a
  // state.
  playground.runBar = (place, run, options = {}) => {
    const { make } = playground;
    place.replaceChildren();
    const [name, status, said] = [make("strong", "pg-run-name"), make("span", "pg-run-status"), make("p", "pg-run-said")];
    status.setAttribute("role", "status");
    const meter = make("progress", "pg-run-meter");
    const buttons = {};
    let standsUntil = 0; // a complaint stands for some seconds, however fast the numbers go on
    const complain = (words) => {
      said.textContent = words;
      standsUntil = Date.now() + COMPLAINT;
    };
    const row = make("div", "pg-actions pg-run-buttons");
    [["play", "Go on"], ["pause", "Pause"], ["step", "One step"], ["stop", "End it"]].forEach(([what, title]) => {
      const button = make("button", "pg-button", title);
      button.type = "button";
      button.addEventListener("click", async () => {
        const answer = await run.tell(what).catch(() => ({ error: "The server did not answer: try again." }));
        if (answer && answer.error) complain(answer.error);
      });
      buttons[what] = button;
      row.append(button);
    });
    // A run that has ended is left as it is: what goes on from its last kept step is a new one.
    const more = make("button", "pg-button", "Go on for more");
    more.type = "button";
    more.title = "A new run that goes on where this one ended; this one stays as it is";
    more.hidden = true;
    row.append(more);
    // The time machine: every kept step, and what is there now at the right end.
    const [past, slider, when, fork] = [make("div", "pg-run-past"), make("input"), make("output", "pg-number"), make("button", "pg-button", "Fork here")];
    [slider.type, slider.min, slider.step, fork.type] = ["range", 0, 1, "button"];
    slider.setAttribute("aria-label", "Time machine: go back to a kept step");
    fork.title = "A new run that goes on from this step";
    past.append(make("span", "pg-hint", "Time machine"), slider, when, fork);
    let [kept, at, until, closed] = [[], null, 0, false];
    const turn = () => {
      at = Number(slider.value) >= kept.length ? null : kept[Number(slider.value)];
      when.textContent = at === null ? "now" : "step " + at.toLocaleString("en");
      slider.setAttribute("aria-valuetext", when.textContent);
      fork.disabled = at === null || closed;
    };
    slider.addEventListener("input", () => {
      turn();
      run.at(at);
      document.dispatchEvent(new CustomEvent("pg-at", { detail: { run: run.run(), step: at } }));
    });
    const branch = async (step, further) => {
      const parent = run.run();
      if (options.fork && options.fork({ run: parent, step, ...further })) return;
      const settings = { ...(options.settings ? options.settings() : {}), ...further };
      const answer = await run.tell("fork", settings, { step }).catch(() => ({ error: "The server did not answer: try again." }));
      if (answer.error) {
        complain(answer.error);
        return;
      }
      run.open(answer.run);
      if (options.opened) options.opened(answer.run, parent);
    };
    fork.addEventListener("click", () => branch(at, {}));
    more.addEventListener("click", () => branch(kept[kept.length - 1], { steps: until }));
    place.append(name, status, meter, row, past, said);
    place.hidden = true;
    let last = "";
    return (state) => {
      place.hidden = !state;
      if (!state) return;
      const ended = ["done", "stopped", "failed", "gone"].includes(state.status);
      name.textContent = state.name || "";
      const where = state.place ? ", place " + state.place + " in the queue" : "";
      const words = (STATUS[state.status] || state.status) + where;
      if (last !== words) status.textContent = last = words;
      meter.max = state.steps || 1;
      meter.value = state.step || 0;
      meter.setAttribute("aria-label", "Steps done");
      const speed = state.seconds > 0.2 ? ", " + (state.step / state.seconds).toPrecision(3) + " steps a second" : "";
      meter.title = (state.step || 0).toLocaleString("en") + " of " + (state.steps || 0).toLocaleString("en") + " steps";
      const counted = meter.title + ", " + playground.seconds(state.seconds || 0) + speed + ".";
      const alien = state.mine === false && state.status !== "gone";
      closed = alien && Boolean(state.private);
      const may = closed ? "on material of their own: you can watch it. " : "you can watch it, and fork it to steer your own. ";
      const whose = alien ? "Somebody else's run" + (closed ? ", " : ": ") + may : "";
      const line = whose + (state.explained ? state.explained + " " : "") + (state.status === "gone" ? "" : counted);
      if (Date.now() > standsUntil) said.textContent = line;
      place.dataset.status = state.status;
      if (kept.join() !== (state.kept || []).join()) {
        const [live, before] = [at === null, at];
        kept = state.kept || [];
        slider.max = kept.length;
        slider.value = live ? kept.length : Math.max(0, kept.findIndex((step) => step >= at));
        turn();
        if (at !== before) {
          run.at(at); // the step that was shown is no longer kept
          document.dispatchEvent(new CustomEvent("pg-at", { detail: { run: run.run(), step: at } }));
        }
      }
      past.hidden = kept.length < 2;
      const lastKept = kept.length ? kept[kept.length - 1] : 0;
      until = lastKept >= state.steps ? 2 * state.steps : state.steps; // one that was ended early goes on to its own end
      more.hidden = closed || !kept.length || !["done", "stopped"].includes(state.status);
      more.textContent = "Go on for " + (until - lastKept).toLocaleString("en") + " more steps";
      const fixed = ended || alien;
      buttons.play.disabled = fixed || !["paused"].includes(state.status);
      buttons.pause.disabled = fixed || state.status !== "running";
      buttons.step.disabled = fixed || state.status === "queued";
      buttons.stop.disabled = fixed;
    };
  };
  playground.run = true;
})();
