// A fine-tuning: its two losses in one chart and its continuation at each check; and the models before and after.
import { visible } from "../../../ui/characters.js";
import { chart, legendEntry, linear } from "../../../ui/chart.js";
import { make } from "../../../ui/dom.js";
import { percent } from "../../../ui/numbers.js";
import { follow } from "../../../ui/run.js";
import { runBar } from "../../../ui/run_bar.js";
import { say } from "../../../ui/say.js";
import { sayThatItScrolls } from "../../../ui/scroll_hint.js";
import { shape } from "../../../ui/svg.js";
import { given } from "../../../ui/value.js";

const [WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM, TOP] = [520, 210, 44, 10, 22, 10];
const LINES = [
  { name: "train_nats_per_token", title: "train.fine_tuning.run.learned_from", colour: "var(--pg-warm)", dash: "3 4" },
  { name: "held_out_nats_per_token", title: "train.fine_tuning.run.held_out", colour: "var(--pg-accent)", dash: "" },
];
const PARENT = { name: "parent", title: "train.fine_tuning.run.parent", colour: "#009e73", dash: "2 3" };
// A perplexity with about three digits.
const number = (value) => (value >= 1000 ? Math.round(value).toLocaleString("en") : value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2));
// The checks: [step, held-out bits per token, continuation]. A run counts in nats.
const looksOf = (frame) => {
  try {
    const looks = JSON.parse(frame.looks);
    return Array.isArray(looks) ? looks.map(([step, nats, words]) => [step, nats / Math.LN2, words]) : [];
  } catch {
    return [];
  }
};

// The check whose adapter is kept. Their losses are rounded, so that two may look equally low.
const keptLook = (frame, looks) =>
  looks.find((look) => look[0] === frame.best_step) || looks.reduce((one, other) => (one && one[1] <= other[1] ? one : other), null);

const losses = (state, looks, elder) => {
  const drawn = LINES.map((line) => {
    const place = 3 + state.names.indexOf(line.name);
    const rows = state.rows.filter((row) => place > 2 && row[place] !== null).map((row) => [row[0], row[place] / Math.LN2]);
    // The held-out loss is measured only at the checks.
    return { ...line, points: line.name.startsWith("held") ? looks.map((look) => [look[0], look[1]]) : rows };
  });
  if (elder.length) drawn.push({ ...PARENT, points: elder.map((look) => [look[0], look[1]]) });
  const all = drawn.flatMap((line) => line.points);
  if (!all.length) return shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
  const values = all.map((point) => point[1]);
  const [low, high] = [Math.min(...values), Math.max(...values, Math.min(...values) + 0.1)];
  const right = Math.max(state.steps || 1, ...elder.map((look) => look[0]), 1);
  const x = linear(0, right, LEFT, WIDTH - RIGHT);
  const y = linear(low, high, HEIGHT - BOTTOM - 4, TOP);
  const last = drawn.map((line) => {
    const loss = line.points.length ? line.points[line.points.length - 1][1].toFixed(2) : "";
    return say(loss ? "train.fine_tuning.run.loss" : "train.fine_tuning.run.no_loss", { name: say(line.title), loss });
  }).join(", ");
  const box = { width: WIDTH, height: HEIGHT, left: LEFT, right: RIGHT, top: TOP, bottom: BOTTOM };
  const { picture, grid, write, curve, upright } = chart(box, x, y, say("train.fine_tuning.run.chart", { losses: last }));
  [low, (low + high) / 2, high].forEach((value) => grid(value, value.toFixed(2)));
  write(LEFT, HEIGHT - 5, say("train.fine_tuning.run.step", { step: 0 }));
  write(WIDTH - RIGHT, HEIGHT - 5, say("train.fine_tuning.run.step", { step: right.toLocaleString("en") }), "end");
  drawn.forEach((line) => {
    curve(line.points, { class: "pg-curve-line", stroke: line.colour, "stroke-dasharray": line.dash });
    if (!line.dash) line.points.forEach((point) => picture.append(shape("circle", { cx: x(point[0]), cy: y(point[1]), r: 3.2, fill: line.colour })));
  });
  const best = keptLook(state.frame, looks);
  if (best) {
    upright(best[0], "pg-curve-mark");
    const end = x(best[0]) > WIDTH / 2;
    write(x(best[0]) + (end ? -5 : 5), TOP + 9, say("train.fine_tuning.run.best_at", { step: best[0] }), end ? "end" : "start");
  }
  return picture;
};

export const fine_tuning = ({ element, props, trigger, watch, server }) => {
  const part = (name) => element.querySelector(name);
  const legend = part(".pg-fine_tuning-legend");
  legend.append(...[...LINES, PARENT].map((line) => {
    const chip = legendEntry(say(line.title), { class: "pg-curve-line", stroke: line.colour, "stroke-dasharray": line.dash });
    chip.hidden = line === PARENT;
    return chip;
  }), make("span", "", say("train.fine_tuning.run.unit")));
  let [last, elder, parentRun] = [null, null, ""];
  const draw = () => {
    const state = last;
    if (!state) return;
    bar(state);
    const frame = state.frame;
    part(".pg-fine_tuning-body").hidden = !frame;
    part(".pg-empty").textContent = frame || state.status === "gone" ? "" : say("train.fine_tuning.run.preparing");
    if (!frame) return;
    const looks = looksOf(frame);
    const before = state.parent && elder && elder.run === state.parent && elder.frame ? looksOf(elder.frame) : [];
    legend.children[LINES.length].hidden = !before.length;
    part(".pg-fine_tuning-chart").replaceChildren(losses(state, looks, before));
    const best = keptLook(frame, looks) || [0, Infinity, ""];
    const latest = looks[looks.length - 1] || best;
    const first = looks[0] || best;
    const lossOf = ([step, loss]) => ({ step, loss: loss.toFixed(2), perplexity: number(2 ** loss) });
    part(".pg-facts").replaceChildren(...[
      [say("train.fine_tuning.run.at_first"), say("train.fine_tuning.run.at_first_text", lossOf(first))],
      [say("train.fine_tuning.run.now"), say("train.fine_tuning.run.now_text", { ...lossOf(latest), bits: Number(frame.held_out_bits).toFixed(2) })],
      [say("train.fine_tuning.run.best"), say("train.fine_tuning.run.best_text", lossOf(best))],
      [say("train.fine_tuning.run.seen"), say("train.fine_tuning.run.seen_text", { tokens: state.seen || 0 })],
    ].flatMap((row) => [make("dt", "", row[0]), make("dd", "", row[1])]));
    const over = latest[0] > best[0] && latest[1] > best[1] + 0.03;
    part(".pg-fine_tuning-verdict").textContent = over && !frame.finished ? say("train.fine_tuning.run.overfitting") : "";
    part(".pg-fine_tuning-prompt").textContent = "“" + frame.prompt + "”";
    part("tbody").replaceChildren(...looks.map((look) => {
      const row = make("tr", look[0] === best[0] ? "pg-fine_tuning-best" : "");
      row.append(make("th", "", (look[0] === best[0] ? "★ " : "") + look[0].toLocaleString("en")), make("td", "pg-number", look[1].toFixed(3)), make("td", "pg-fine_tuning-text", look[2]));
      return row;
    }));
    part(".pg-fine_tuning-rule").textContent = frame.rule || "";
  };
  const parent = follow(element, server, (state) => {
    elder = state;
    draw();
  }, true);
  const following = follow(element, server, (state) => {
    last = state;
    if (state.parent && parentRun !== state.parent) parent.open((parentRun = state.parent));
    draw();
  });
  const bar = runBar(part(".pg-run-bar"), following, {
    fork: (request) => {
      trigger("fork", request); // the page adds its settings
      return true;
    },
  });
  const open = () => {
    const value = given(props) || {};
    if (value.run) return following.open(value.run);
    part(".pg-empty").textContent = value.empty || "";
    return undefined;
  };
  watch("value", open);
  sayThatItScrolls(part(".pg-scroll"));
  open();
};

export const before_after = ({ element, props, watch }) => {
  const part = (name) => element.querySelector(name);
  const moved = (list, most) => list.map((one) => {
    const line = make("li");
    const bars = make("span", "pg-before_after-bars");
    ["before", "after"].forEach((side) => {
      const bar = make("span", "pg-before_after-bar");
      bar.dataset.side = side;
      bar.style.inlineSize = Math.max(0.5, (100 * one[side]) / most) + "%";
      bars.append(bar);
    });
    bars.setAttribute("aria-hidden", "true");
    line.append(make("code", "pg-before_after-token", visible(one.text)), bars, make("span", "pg-number", `${percent(one.before)} → ${percent(one.after)}`));
    return line;
  });
  const draw = () => {
    const value = given(props) || {};
    const any = Boolean(value.scores || value.rose);
    part(".pg-before_after-body").hidden = !any;
    part(".pg-empty").textContent = any ? "" : value.empty || "";
    if (!any) return;
    part("tbody").replaceChildren(...(value.scores || []).map((row) => {
      const line = make("tr");
      line.append(make("th", "", row.name), ...["before", "after"].map((side) => make("td", "pg-number", row[side] === null ? "…" : number(row[side]))), make("td", "", row.note));
      line.firstChild.scope = "row";
      return line;
    }));
    const all = [...value.rose, ...value.fell];
    const most = Math.max(1e-9, ...all.flatMap((one) => [one.before, one.after]));
    part(".pg-before_after-asked").textContent = value.asked;
    part(".pg-before_after-rose").replaceChildren(...moved(value.rose, most));
    part(".pg-before_after-fell").replaceChildren(...moved(value.fell, most));
    ["before", "after"].forEach((side) => {
      part(".pg-before_after-" + side).textContent = value[side] === null ? "…" : value[side] || say("train.fine_tuning.before_after.ended");
    });
  };
  watch("value", draw);
  draw();
};
