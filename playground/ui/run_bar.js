// The bar of a training run: its name, its progress, its buttons, and the film of its kept steps.
import { make } from "./dom.js";
import { short } from "./numbers.js";
import { isStill, player } from "./player.js";
import { seconds } from "./run.js";
import { say } from "./say.js";

const ERROR_MILLISECONDS = 5000;
const FILM_MILLISECONDS = 9000; // of a whole film, if its frames then stay between these limits
const [SHORTEST, LONGEST] = [120, 1000];
const HOLD_MILLISECONDS = 2500; // the end of a film stays for so long before it begins again
const SHOWINGS = 3; // of a recorded run, until it rests
const STATUS = {
  queued: say("shared.run.queued"), running: say("shared.run.running"), paused: say("shared.run.paused"),
  done: say("shared.run.done"), stopped: say("shared.run.stopped"), failed: say("shared.run.failed"), gone: say("shared.run.gone"),
  silent: say("shared.run.silent"), recorded: say("shared.run.recorded"),
};
// What to do next, in a visitor's own run.
const NEXT = { paused: "shared.run.paused_text", done: "shared.run.done_text", stopped: "shared.run.stopped_text" };
const ENDED = ["done", "stopped", "failed", "gone"];

// The bar of a run: its name, its progress and its buttons. place: an element of class pg-run-bar, emptied first.
// options: {"settings": () => the settings that a fork changes, "opened": (run, parent) => called after a fork,
// "fork": ({"run", "step"} and, to train for longer, "steps", to repair it, its halved rates) => true if it makes the
// fork itself}.
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
  // A run that failed is repaired where it was last kept, with half its learning rates.
  const repair = make("button", "pg-button pg-run-repair");
  repair.type = "button";
  repair.hidden = true;
  row.append(more, repair);
  // The time machine: every kept step, and the present at the right end.
  const [past, slider, when, fork] = [make("div", "pg-run-past"), make("input"), make("output", "pg-number"), make("button", "pg-button", say("shared.run.fork"))];
  const play = make("button", "pg-button pg-run-film");
  [slider.type, slider.min, slider.step, fork.type, play.type] = ["range", 0, 1, "button", "button"];
  slider.setAttribute("aria-label", say("shared.run.time_machine_label"));
  fork.title = say("shared.run.fork_title");
  past.append(play, make("span", "pg-hint pg-run-machine", say("shared.run.time_machine")), slider, when, fork);
  let [kept, at, until, closed, rates, showings] = [[], null, 0, false, {}, 0];
  const turn = () => {
    at = Number(slider.value) >= kept.length ? null : kept[Number(slider.value)];
    when.textContent = at === null ? say("shared.run.now") : say("shared.run.at_step", { step: at });
    slider.setAttribute("aria-valuetext", when.textContent);
    fork.disabled = at === null || closed;
  };
  const go = () => {
    turn();
    run.at(at);
    document.dispatchEvent(new CustomEvent("pg-at", { detail: { run: run.run(), step: at } }));
  };
  const film = player({
    element: place, slider, button: play, paint: go, wait: () => (isStill() ? 3 : 1) * Math.max(SHORTEST, Math.min(LONGEST, FILM_MILLISECONDS / kept.length)),
    hold: HOLD_MILLISECONDS, loops: () => showings > 0,
    next: (frame) => {
      if (frame + 2 > Number(slider.max)) showings -= 1;
      return frame + 1;
    },
  });
  play.addEventListener("click", () => {
    showings = 1;
    film.toggle();
  });
  slider.addEventListener("input", () => {
    film.stop();
    go();
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
    if (run.run() !== parent) return; // another run has taken its place meanwhile: the fork is in Runs
    run.open(answer.run);
    if (options.opened) options.opened(answer.run, parent);
  };
  fork.addEventListener("click", () => branch(at, {}));
  more.addEventListener("click", () => branch(kept[kept.length - 1], { steps: until }));
  repair.addEventListener("click", () => branch(kept[kept.length - 1], Object.fromEntries(Object.entries(rates).map(([one, rate]) => [one, rate / 2]))));
  place.append(name, status, meter, row, past, message);
  place.hidden = true;
  let [last, shows] = ["", ""];
  return (state) => {
    place.hidden = !state;
    if (!state) return;
    const ended = ENDED.includes(state.status);
    const { recorded } = state;
    name.textContent = state.name || "";
    name.hidden = !state.name;
    const words = recorded ? STATUS.recorded : state.place ? say("shared.run.queued_at", { place: state.place }) : STATUS[state.status] || state.status;
    if (last !== words) status.textContent = last = words;
    meter.max = state.steps || 1;
    meter.value = state.step || 0;
    meter.setAttribute("aria-label", say("shared.run.steps_done"));
    meter.title = say("shared.run.progress", { step: state.step || 0, steps: state.steps || 0 });
    const time = seconds(state.seconds || 0);
    meter.hidden = Boolean(recorded); // its film has a slider; a full bar would say that the end is shown
    const counted = recorded ? say("shared.run.recorded_time", { steps: state.step || 0, time }) : state.seconds > 0.2
      ? say("shared.run.time_and_speed", { progress: meter.title, time, speed: short(state.step / state.seconds) })
      : say("shared.run.time", { progress: meter.title, time });
    const alien = state.mine === false && state.status !== "gone" && !recorded;
    closed = alien && Boolean(state.private);
    const whose = closed ? say("shared.run.others_private") : say("shared.run.others");
    const silent = state.status === "silent" && say("shared.run.silent_text");
    const next = state.mine && !state.explained && NEXT[state.status] && say(NEXT[state.status]);
    const isThere = !["gone", "silent"].includes(state.status);
    const line = [silent, alien && whose, state.explained, isThere && counted, state.waits, next].filter(Boolean).join(" ");
    if (Date.now() > errorUntil) message.textContent = line;
    place.dataset.status = recorded ? "recorded" : state.status;
    if (kept.join() !== (state.kept || []).join()) {
      const [live, before] = [at === null, at];
      kept = state.kept || [];
      slider.max = kept.length - (recorded ? 1 : 0); // a recorded run has no present
      slider.value = live ? slider.max : Math.max(0, kept.findIndex((step) => step >= at));
      turn();
      if (at !== before) {
        run.at(at); // the step that was shown is no longer kept
        document.dispatchEvent(new CustomEvent("pg-at", { detail: { run: run.run(), step: at } }));
      }
    }
    past.hidden = kept.length < 2;
    fork.hidden = row.hidden = Boolean(recorded);
    play.hidden = !(recorded || ended) || kept.length < 4;
    if (play.hidden) film.stop();
    if (recorded && shows !== run.run() && !isStill()) {
      showings = SHOWINGS;
      film.start();
    }
    shows = run.run();
    rates = state.rates || {};
    repair.hidden = closed || state.status !== "failed" || !kept.length || !Object.keys(rates).length;
    repair.textContent = say("shared.run.repair", { step: kept[kept.length - 1] || 0 });
    const lastKept = kept.length ? kept[kept.length - 1] : 0;
    until = lastKept >= state.steps ? 2 * state.steps : state.steps; // a run that was ended early continues to its planned end
    more.hidden = closed || !kept.length || !["done", "stopped"].includes(state.status);
    more.textContent = say("shared.run.more", { count: until - lastKept });
    const fixed = ended || alien || state.status === "silent";
    buttons.play.disabled = fixed || !["paused"].includes(state.status);
    buttons.pause.disabled = fixed || state.status !== "running";
    buttons.step.disabled = fixed || state.status === "queued";
    buttons.stop.disabled = fixed;
  };
};
