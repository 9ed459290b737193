// A training run in its own process: follows it, draws its bar, and sends it commands.
import { make } from "./dom.js";
import { isSeen, lifetime } from "./lifetime.js";
import { short } from "./numbers.js";
import { say } from "./say.js";
import { given } from "./value.js";

const BEAT = 50; // at most 20 polls a second
const ERROR_MILLISECONDS = 5000;
const RESTING = 600; // a run that waits, is paused or has ended is polled less often

// This browser's token: only its owner may control the runs that were started with it.
let ownerOfThisPage = ""; // where the browser stores nothing
export const owner = () => {
  const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    const known = localStorage.getItem("playground-owner");
    if (/^[0-9a-f]{32}$/.test(known || "")) return known;
    const token = fresh();
    localStorage.setItem("playground-owner", token);
    return token;
  } catch {
    return (ownerOfThisPage ||= fresh());
  }
};

// Follows one run while the element is visible. draw(state) is called after each poll with news; state.rows: all rows
// so far, state.frame: the newest frame, state.fresh: whether it is new. Needs server.poll_run and server.steer_run.
// aside: only shown beside another run, so it need not keep running for this page.
export const follow = (element, server, draw, aside = false) => {
  const now = { run: "", at: null, since: null, rows: [], frame: null, frameStep: -1, mark: "", summary: "", busy: false, timer: 0, shut: false };
  const again = (wait) => {
    clearTimeout(now.timer);
    if (!now.shut) now.timer = setTimeout(look, wait);
  };
  const look = async () => {
    if (!now.run || now.shut) return;
    if (!isSeen(element)) return again(RESTING);
    if (now.busy) return again(BEAT);
    now.busy = true;
    const { run } = now;
    let state;
    try {
      state = await server.poll_run({ run, since: now.since, frame_since: now.frameStep, frame_mark: now.mark, at: now.at, aside, owner: owner() });
    } catch {
      state = null; // the server is gone or busy: try again; the run does not depend on it
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
    const summary = JSON.stringify([state.status, state.explained, state.step, state.place, state.events.length, state.kept.length]);
    if (fresh || state.rows.length || summary !== now.summary) {
      now.summary = summary;
      draw({ ...state, rows: now.rows, frame: now.frame, frame_step: now.frameStep, at: now.at, fresh });
    }
    return again(state.status === "running" ? BEAT : RESTING);
  };
  const close = () => {
    now.shut = true;
    clearTimeout(now.timer);
  };
  lifetime(element).addEventListener("abort", close);
  return {
    open: (run) => {
      if (run === now.run) return again(0);
      shown.delete(run);
      Object.assign(now, { run, at: null, since: null, rows: [], frame: null, frameStep: -1, summary: "" });
      return again(0);
    },
    // Shows a kept step, or the present for null.
    at: (step) => {
      Object.assign(now, { at: step, frameStep: -1, summary: "" });
      again(0);
    },
    run: () => now.run,
    command: async (what, settings, more) => {
      const answer = await server.steer_run({ run: now.run, do: what, settings: settings || {}, owner: owner(), ...more });
      again(0);
      return answer;
    },
    close,
  };
};

const STATUS = {
  queued: say("shared.run.queued"), running: say("shared.run.running"), paused: say("shared.run.paused"),
  done: say("shared.run.done"), stopped: say("shared.run.stopped"), failed: say("shared.run.failed"), gone: say("shared.run.gone"),
};
export const seconds = (time) =>
  time < 60
    ? say("shared.run.seconds", { seconds: time.toFixed(1) })
    : say("shared.run.minutes", { minutes: Math.floor(time / 60), seconds: String(Math.floor(time % 60)).padStart(2, "0") });

// Run -> the step that its time machine shows, null for the present; for buttons outside of the run's bar.
const shown = new Map();
document.addEventListener("pg-at", (event) => shown.set(event.detail.run, event.detail.step));

/** The token and the step that a view's run shows, for an event with inputs (token, step, view). */
export const ownerAndStep = (view) => [owner(), String(shown.get((given({ value: view }) || {}).run) ?? ""), view];

// The bar of a run: its name, its progress and its buttons. place: an element of class pg-run-bar, emptied first.
// options: {"settings": () => the settings that a fork changes, "opened": (run, parent) => called after a fork,
// "fork": ({"run", "step"} and, to train for longer, "steps") => true if it makes the fork itself}.
// Returns a function that draws a state.
export const runBar = (place, run, options = {}) => {
  place.replaceChildren();
  const [name, status, message] = [make("strong", "pg-run-name"), make("span", "pg-run-status"), make("p", "pg-run-message")];
  status.setAttribute("role", "status");
  const meter = make("progress", "pg-run-meter");
  const buttons = {};
  let errorUntil = 0; // an error stays for some seconds, however often the numbers change
  const showError = (words) => {
    message.textContent = words;
    errorUntil = Date.now() + ERROR_MILLISECONDS;
  };
  const row = make("div", "pg-actions pg-run-buttons");
  [["play", say("shared.run.play")], ["pause", say("shared.run.pause")], ["step", say("shared.run.step")], ["stop", say("shared.run.end")]].forEach(([what, title]) => {
    const button = make("button", "pg-button", title);
    button.type = "button";
    button.addEventListener("click", async () => {
      const answer = await run.command(what).catch(() => ({ error: say("shared.no_answer") }));
      if (answer && answer.error) showError(answer.error);
    });
    buttons[what] = button;
    row.append(button);
  });
  // A run that has ended stays as it is: training continues in a new run, from its last kept step.
  const more = make("button", "pg-button");
  more.type = "button";
  more.title = say("shared.run.more_title");
  more.hidden = true;
  row.append(more);
  // The time machine: every kept step, and the present at the right end.
  const [past, slider, when, fork] = [make("div", "pg-run-past"), make("input"), make("output", "pg-number"), make("button", "pg-button", say("shared.run.fork"))];
  [slider.type, slider.min, slider.step, fork.type] = ["range", 0, 1, "button"];
  slider.setAttribute("aria-label", say("shared.run.time_machine_label"));
  fork.title = say("shared.run.fork_title");
  past.append(make("span", "pg-hint", say("shared.run.time_machine")), slider, when, fork);
  let [kept, at, until, closed] = [[], null, 0, false];
  const turn = () => {
    at = Number(slider.value) >= kept.length ? null : kept[Number(slider.value)];
    when.textContent = at === null ? say("shared.run.now") : say("shared.run.at_step", { step: at });
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
    const answer = await run.command("fork", settings, { step }).catch(() => ({ error: say("shared.no_answer") }));
    if (answer.error) {
      showError(answer.error);
      return;
    }
    run.open(answer.run);
    if (options.opened) options.opened(answer.run, parent);
  };
  fork.addEventListener("click", () => branch(at, {}));
  more.addEventListener("click", () => branch(kept[kept.length - 1], { steps: until }));
  place.append(name, status, meter, row, past, message);
  place.hidden = true;
  let last = "";
  return (state) => {
    place.hidden = !state;
    if (!state) return;
    const ended = ["done", "stopped", "failed", "gone"].includes(state.status);
    name.textContent = state.name || "";
    const words = state.place ? say("shared.run.queued_at", { place: state.place }) : STATUS[state.status] || state.status;
    if (last !== words) status.textContent = last = words;
    meter.max = state.steps || 1;
    meter.value = state.step || 0;
    meter.setAttribute("aria-label", say("shared.run.steps_done"));
    meter.title = say("shared.run.progress", { step: state.step || 0, steps: state.steps || 0 });
    const time = seconds(state.seconds || 0);
    const counted = state.seconds > 0.2
      ? say("shared.run.time_and_speed", { progress: meter.title, time, speed: short(state.step / state.seconds) })
      : say("shared.run.time", { progress: meter.title, time });
    const alien = state.mine === false && state.status !== "gone";
    closed = alien && Boolean(state.private);
    const whose = closed ? say("shared.run.others_private") : say("shared.run.others");
    const line = [alien && whose, state.explained, state.status !== "gone" && counted].filter(Boolean).join(" ");
    if (Date.now() > errorUntil) message.textContent = line;
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
    until = lastKept >= state.steps ? 2 * state.steps : state.steps; // a run that was ended early continues to its planned end
    more.hidden = closed || !kept.length || !["done", "stopped"].includes(state.status);
    more.textContent = say("shared.run.more", { count: until - lastKept });
    const fixed = ended || alien;
    buttons.play.disabled = fixed || !["paused"].includes(state.status);
    buttons.pause.disabled = fixed || state.status !== "running";
    buttons.step.disabled = fixed || state.status === "queued";
    buttons.stop.disabled = fixed;
  };
};
