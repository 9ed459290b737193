// A training run in its own process: follows it and sends it commands. Its bar: run_bar.js.
import { isSeen, lifetime } from "./lifetime.js";
import { say } from "./say.js";
import { given } from "./value.js";

const BEAT = 50; // at most 20 polls a second
const RESTING = 600; // a run that waits, is paused or has ended is polled less often
const LONGEST_REST = 15000; // a server that does not answer is asked less and less often
const RECORDED = "recorded-"; // begins the id of a recorded run
const SILENT = 2; // after so many questions without an answer, the page says so

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
  const now = { run: "", at: null, since: null, rows: [], frame: null, frameStep: -1, mark: "", summary: "", busy: false, timer: 0, shut: false, silent: 0, last: null, film: new Map() };
  const again = (wait) => {
    clearTimeout(now.timer);
    if (!now.shut) now.timer = setTimeout(look, wait);
  };
  const look = async () => {
    if (!now.run || now.shut) return;
    if (!isSeen(element)) return again(RESTING);
    if (now.busy) return again(BEAT);
    if (now.last?.recorded && now.film.has(now.at)) return show({ ...now.last, ...now.film.get(now.at), rows: [], again: false });
    now.busy = true;
    const { run, at } = now;
    let state;
    try {
      state = await server.poll_run({ run, since: now.since, frame_since: now.frameStep, frame_mark: now.mark, at, aside, owner: owner() });
    } catch {
      state = null; // the server is gone or busy: try again; the run does not depend on it
    }
    now.busy = false;
    if (now.run !== run) return again(0);
    if (!state) return rest();
    now.silent = 0;
    if (state.error) {
      now.run = "";
      draw({ run, status: "gone", explained: state.error, rows: [], names: [], events: [], kept: [], frame: null, fresh: false });
      return undefined;
    }
    if (state.recorded && state.frame) now.film.set(at, { frame: state.frame, frame_step: state.frame_step });
    return show(state);
  };
  // Nobody answers: what was drawn is no longer what the run does, and the page says so.
  const rest = () => {
    now.silent += 1;
    if (now.silent === SILENT && now.last) draw({ ...now.last, status: "silent", rows: now.rows, frame: now.frame, frame_step: now.frameStep, at: now.at, fresh: false });
    now.summary = "";
    return again(Math.min(LONGEST_REST, RESTING * 2 ** (now.silent - 1)));
  };
  const show = (state) => {
    now.last = state;
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
    if (!state.recorded) again(state.status === "running" ? BEAT : RESTING); // a recorded one never changes
    return undefined;
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
      Object.assign(now, { run, at: null, since: null, rows: [], frame: null, frameStep: -1, summary: "", last: null, film: new Map() });
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

export const seconds = (time) =>
  time < 60
    ? say("shared.run.seconds", { seconds: time.toFixed(1) })
    : say("shared.run.minutes", { minutes: Math.floor(time / 60), seconds: String(Math.floor(time % 60)).padStart(2, "0") });

// Run -> the step that its time machine shows, null for the present; for buttons outside of the run's bar.
const shown = new Map();
document.addEventListener("pg-at", (event) => shown.set(event.detail.run, event.detail.step));

/** The token and the step that a view's run shows, for an event with inputs (token, step, view). */
export const ownerAndStep = (view) => [owner(), String(shown.get((given({ value: view }) || {}).run) ?? ""), view];

// Whether a view's value follows a run that a visitor started.
const followsOwn = (view) => {
  const value = given({ value: view }) || {};
  return [value, ...(value.runs || [])].some(({ run }) => run && !run.startsWith(RECORDED));
};

/**
 * Empties notices, unless a view follows a visitor's run.
 * @param {*} view its value, or nothing
 * @param {number} count of the notices
 */
export const remarksGo = (view, count) => {
  const values = Array(count).fill(followsOwn(view) ? { __type__: "update" } : null);
  return count > 1 ? values : values[0];
};

/**
 * Shows an untrained model, unless a visitor's run has started on the page meanwhile.
 * @param {Array|null} preview the components' values: those of the notice, the view, …
 * @param {*} view the view's value now: { runs: [{ run }] }
 * @param {number} count of the components
 * @returns {Array} for the same components
 */
export const previewUnlessStarted = (preview, view, count) => {
  const stays = !preview || followsOwn(view);
  return stays ? Array.from({ length: count }, () => ({ __type__: "update" })) : preview;
};
