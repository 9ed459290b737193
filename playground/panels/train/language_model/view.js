// A language model as it learns: bits per character against counting, its samples, and settings that can change.
import { unpackArray } from "../../../ui/arrays.js";
import { chart, clamp, legendEntry, linear, linesOfNames, means } from "../../../ui/chart.js";
import { make } from "../../../ui/dom.js";
import { lifetime, onResize } from "../../../ui/lifetime.js";
import { short } from "../../../ui/numbers.js";
import { follow } from "../../../ui/run.js";
import { runBar } from "../../../ui/run_bar.js";
import { say } from "../../../ui/say.js";
import { shape } from "../../../ui/svg.js";
import { cutWords } from "../../../ui/training_curves.js";
import { given } from "../../../ui/value.js";

const [HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [260, 30, 118, 6, 22];
const MOST_KEPT = 24;
const LETTER = 8; // pixels that a bold letter of a mark's name takes at most
const MOST_BITS = 5.5; // an untrained model guesses with about 5: what is above is cut, and said
const before = (letters) => (letters ? say("train.language_model.run.letters_before", { count: letters }) : say("train.language_model.run.letters_alone"));
// rows: [step, train, held-out]; baselines: of orders 1 to 5; marks: [{"step", "name"}]; pin: a step or null; elder:
// the rows of the parent run.
const plot = (place, rows, baselines, marks, pin, elder = []) => {
  const peak = [...rows.map((row) => row[1]), ...rows.map((row) => row[2]), ...elder.map((row) => row[2])].reduce((most, bits) => Math.max(most, bits ?? 0), 0);
  const WIDTH = Math.max(300, Math.min(720, place.clientWidth || 560)); // keeps the font size
  const lastOf = (some) => (some.length ? some[some.length - 1][0] : 0);
  const steps = Math.max(1, lastOf(rows), lastOf(elder), ...marks.map((mark) => mark.step));
  const train = means(rows.filter((row) => row[1] !== null).map((row) => [row[0], row[1]]), 120);
  const [held, parent] = [rows, elder].map((some) => {
    const points = [];
    some.forEach((row) => {
      if (row[2] !== null && (!points.length || points[points.length - 1][1] !== row[2])) points.push([row[0], row[2]]);
    });
    return points;
  });
  const values = [...train, ...held, ...parent].map((point) => point[1]).concat(baselines);
  if (!values.length) return place.replaceChildren();
  const high = Math.min(MOST_BITS, Math.max(...values) + 0.1);
  const low = Math.min(...values) - 0.15;
  const x = linear(0, steps, LEFT, WIDTH - RIGHT);
  const height = linear(low, high, HEIGHT - BOTTOM, TOP);
  const y = (bits) => clamp(height(bits), TOP, HEIGHT - BOTTOM);
  const last = (points) => (points.length ? points[points.length - 1][1].toFixed(2) : say("train.language_model.run.unknown"));
  const label = say("train.language_model.run.chart_label", {
    train: last(train), held_out: last(held),
    counting: baselines.length ? Math.min(...baselines).toFixed(2) : say("train.language_model.run.unknown"),
  });
  const box = { width: WIDTH, height: HEIGHT, left: LEFT, right: RIGHT, top: TOP, bottom: BOTTOM };
  const { picture, grid, across, upright, write, curve } = chart(box, x, y, label);
  for (let bits = Math.ceil(low); bits <= high; bits += 1) grid(bits, bits);
  baselines.forEach((bits, index) => {
    across(bits, "pg-curve-base");
    write(WIDTH - RIGHT + 6, y(bits) + 4, `${bits.toFixed(2)} ${before(index)}`);
  });
  const names = marks.map((mark) => mark.short || mark.name);
  const ends = names.map((name, index) => Math.max(LEFT + LETTER * name.length, x(marks[index].step) - 3));
  const lines = linesOfNames(names.map((name, index) => ({ from: ends[index] - LETTER * name.length, to: ends[index] + 4 })));
  marks.forEach((mark, index) => {
    upright(mark.step, "pg-curve-mark").append(shape("title", {}, mark.name));
    write(ends[index], 15 + 14 * lines[index], names[index], "end", "pg-curve-mark-name");
  });
  if (pin !== null) upright(pin, "pg-curve-pin");
  if (parent.length) curve(parent, { class: "pg-curve-line pg-language_model-parent" });
  curve(train, { class: "pg-curve-line pg-language_model-train" });
  curve(held, { class: "pg-curve-line pg-language_model-held" });
  write(LEFT, HEIGHT - 6, "0");
  write(WIDTH - RIGHT, HEIGHT - 6, say("train.language_model.run.steps", { steps }), "end");
  const legend = make("div", "pg-language_model-legend");
  const kinds = [
    ["pg-language_model-train", say("train.language_model.run.train", { bits: last(train) })],
    ["pg-language_model-held", say("train.language_model.run.held_out", { bits: last(held) })],
    ["pg-curve-base", say("train.language_model.run.counting")],
  ];
  if (parent.length) kinds.splice(2, 0, ["pg-language_model-parent", say("train.language_model.run.parent", { bits: last(parent) })]);
  legend.append(...kinds.map(([kind, words]) => legendEntry(words, { class: "pg-curve-line " + kind })));
  // Averaged with its neighbours, or above the chart.
  const cut = cutWords([{ title: say("train.language_model.run.bits"), lowest: "", peak: peak > high + 0.5 ? short(peak) : "" }]);
  return place.replaceChildren(legend, picture, make("p", "pg-hint", cut));
};
// An untrained net also samples control characters: they are drawn as U+FFFD.
const printable = (text) => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
// A sample: the prompt, then its continuation.
const drawSample = (place, prompt, sample) =>
  place.replaceChildren(make("span", "pg-language_model-prompt", printable(prompt)), make("span", "", printable(sample)));
// The held-out bits against counting, in a sentence.
const verdict = (bits, baselines) => {
  if (!baselines.length || !bits) return "";
  const beaten = baselines.filter((one) => bits < one).length;
  const best = Math.min(...baselines);
  const words = { bits: bits.toFixed(2), fewer: (best - bits).toFixed(2), beaten: before(beaten - 1), not_beaten: before(beaten) };
  if (beaten === baselines.length) return say("train.language_model.run.beats_all", words);
  return beaten ? say("train.language_model.run.beats_some", words) : say("train.language_model.run.beats_none", words);
};

export const language_model = ({ element, props, trigger, watch, server }) => {
  const part = (name) => element.querySelector(".pg-language_model-" + name);
  const [body, list, message] = [part("body"), part("list"), part("message")];
  const fields = [...element.querySelectorAll(".pg-language_model-swap [name]")];
  const [changed, samples] = [new Map(), new Map()];
  let [last, wanted, fetching, pin, elder] = [null, 0, "", null, null];
  const heat = element.querySelector("output");
  const exact = new Map(); // a field's value before a slider rounded it
  const cast = (field) => {
    const known = exact.get(field.name);
    if (known && known.text === field.value) return known.value;
    return field.tagName === "SELECT" ? field.value : Number(field.value);
  };

  const drawPast = () => {
    const steps = [...samples.keys()].sort((a, b) => b - a).slice(0, MOST_KEPT);
    if (list.dataset.steps === steps.join()) return;
    list.dataset.steps = steps.join();
    list.replaceChildren(...steps.map((step) => {
      const row = make("li");
      const frame = samples.get(step);
      const bits = frame.held_out ? frame.held_out.toFixed(2) : "";
      row.append(make("strong", "", say(bits ? "train.language_model.run.past_step_bits" : "train.language_model.run.past_step", { step, bits })));
      const text = make("p", "pg-language_model-sample");
      drawSample(text, frame.prompt, frame.sample);
      row.append(text);
      return row;
    }));
  };
  // Fetches each kept step's sample once, one after the other.
  const fetchPast = async (state) => {
    const missing = state.kept.filter((step) => !samples.has(step));
    if (!missing.length || fetching === state.run) return;
    fetching = state.run;
    for (const step of missing.slice(-MOST_KEPT)) {
      const answer = await server.poll_run({ run: state.run, at: step, since: state.since, frame_since: -1 }).catch(() => null);
      if (!last || last.run !== state.run) break;
      if (answer && answer.frame && answer.frame_step === step) samples.set(step, answer.frame);
    }
    fetching = "";
    drawPast();
  };
  const draw = () => {
    wanted = 0;
    const state = last;
    if (!state) return;
    bar(state);
    const { frame } = state;
    part("swap").hidden = Boolean(state.recorded);
    body.hidden = !frame;
    const waits = say(state.status === "queued" ? "shared.run.turn" : "train.language_model.run.preparing");
    part("wait").textContent = frame || ["failed", "gone", "stopped"].includes(state.status) ? "" : waits;
    if (!frame) return;
    const baselines = [...unpackArray(frame.baselines)];
    const [train, held] = [state.names.indexOf("train") + 3, state.names.indexOf("held-out") + 3];
    const marks = state.events.map((event, index) => ({ step: event.step, short: String(index + 1), name: event.words }));
    const columns = (one) => (one && one.names && one.names.length ? one.rows.map((row) => [row[0], row[train], row[held]]) : []);
    plot(part("plot"), columns(state), baselines, marks, pin, columns(state.parent && elder && elder.run === state.parent ? elder : null));
    part("words").textContent = verdict(frame.held_out, baselines);
    drawSample(part("sample"), frame.prompt, frame.sample);
    part("facts").textContent = say("train.language_model.run.facts", {
      step: state.frame_step, temperature: frame.temperature, parameters: frame.parameters,
      characters: frame.characters_per_token.toFixed(1),
    });
    fields.forEach((field) => {
      if (field === document.activeElement || changed.has(field.name)) return;
      const changes = state.events.map((event) => event.settings[field.name]).filter((one) => one !== undefined);
      const now = field.name === "temperature" ? frame.temperature : changes.length ? changes[changes.length - 1] : (given(props) || {})[field.name];
      if (now !== undefined) {
        field.value = now;
        exact.set(field.name, { text: field.value, value: now });
      }
      field.disabled = state.status === "gone";
    });
    heat.textContent = Number(element.querySelector("[name=temperature]").value).toFixed(1);
    drawPast();
    fetchPast(state);
  };
  const later = () => {
    if (!wanted) wanted = setTimeout(() => requestAnimationFrame(draw), 120);
  };
  let parentRun = "";
  const parent = follow(element, server, (state) => {
    elder = state; // if it is deleted, it has no rows
    later();
  }, true);
  const run = follow(element, server, (state) => {
    if (last && last.run !== state.run) {
      samples.clear();
      changed.clear();
    }
    last = state;
    if (state.parent && parentRun !== state.parent) parent.open((parentRun = state.parent));
    later();
  });
  const bar = runBar(element.querySelector(".pg-run-bar"), run, {
    settings: () => Object.fromEntries(fields.map((field) => [field.name, cast(field)])),
    opened: (id, from) => trigger("opened", { run: id, parent: from }),
  });
  fields.forEach((field) => field.addEventListener("change", async () => {
    changed.set(field.name, cast(field)); // kept for a fork until the run has it
    const title = field.labels[0].firstChild.textContent.trim();
    if (last && ["done", "stopped", "failed"].includes(last.status)) {
      message.textContent = say("train.language_model.run.changed_for_fork", { setting: title });
      return;
    }
    const answer = await run.command("change", { [field.name]: cast(field) }).catch(() => ({ error: say("shared.no_answer") }));
    const error = (answer && answer.error) || "";
    const kept = answer && answer.kept ? answer.kept[field.name] : undefined;
    if (!error || kept !== undefined) changed.delete(field.name); // of another visitor's run, it is kept for a fork
    if (kept !== undefined) {
      field.value = kept;
      exact.set(field.name, { text: field.value, value: kept });
    }
    message.textContent = error || say("train.language_model.run.changed", { setting: title });
    message.classList.toggle("pg-notice", Boolean(error));
    message.dataset.tone = error ? "error" : "quiet";
  }));
  element.querySelector("[name=temperature]").addEventListener("input", (event) => (heat.textContent = Number(event.target.value).toFixed(1)));
  const moved = (event) => {
    if (!last || event.detail.run !== last.run) return;
    pin = event.detail.step;
    draw();
  };
  document.addEventListener("pg-at", moved, { signal: lifetime(element) });
  const open = () => {
    const value = given(props);
    if (value && value.run) run.open(value.run);
  };
  watch("value", open);
  open();
};

// The bundled models: the curve of their training, and a sample of each.
export const bundled_models = ({ element, props, watch }) => {
  const open = () => {
    const value = given(props);
    const list = element.querySelector(".pg-bundled_models-list");
    if (!value) return;
    const figure = make("figure", "pg-language_model-chart");
    const place = make("div");
    figure.append(place);
    const drawChart = () => value.rows.length && plot(place, value.rows, value.baselines, value.marks, null);
    list.replaceChildren(figure, ...value.models.map((model) => {
      const card = make("article", "pg-bundled_models-card");
      const [text, link] = [make("p", "pg-language_model-sample"), make("a", "pg-button", say("train.language_model.open_in_text"))];
      drawSample(text, model.prompt, model.sample);
      link.href = "?" + model.query;
      link.setAttribute("aria-label", say("train.language_model.open_model", { model: model.title }));
      card.append(make("h4", "", model.title), make("p", "pg-hint", model.words), text, link);
      return card;
    }));
    onResize(figure, drawChart);
  };
  watch("value", open);
  open();
};
