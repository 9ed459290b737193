// What the sampler draws of one distribution: bars, the working behind a bar, draws, both decoders.
import { visible } from "../../../ui/characters.js";
import { make } from "../../../ui/dom.js";
import { percent } from "../../../ui/numbers.js";
import { say } from "../../../ui/say.js";

/** A number with fixed digits and a true minus sign. */
export const number = (value, digits = 3) => value.toFixed(digits).replace("-", "−");

// The token's entry in a stage, its ghost, or nothing (it is not among the tokens that were sent).
export const entryOf = (stage, id) => stage.entries.find((entry) => entry.id === id);
const ghostOf = (stage, id) => stage.ghosts.find((ghost) => ghost.id === id);

/** The working behind one token's bar, up to a stage: lines that a pocket calculator confirms. */
export const workingOf = (stages, upTo, id) => {
  const lines = [];
  for (const stage of stages.slice(0, upTo + 1).filter((one) => one.active)) {
    const entry = entryOf(stage, id);
    const ghost = ghostOf(stage, id);
    if (!entry && !ghost) {
      // All that are left were sent: it is cut here, or before.
      if (stage.kept_count <= stage.entries.length) return [...lines, say("sampler.view.cut")];
      if (stage === stages[upTo] && lines.length) lines.push(say("sampler.view.not_sent"));
      continue;
    }
    lines.push((entry || ghost).working);
    if (ghost) return [...lines, say("sampler.view.cut")];
    lines.push(`exp(${number(entry.logit)} − ${number(stage.log_normalizer)}) = ${percent(entry.probability)}`);
  }
  return lines;
};

/** One token's bar in a stage, with a tick where it was in the stage before. chosen: the id of the token that was drawn. */
export const barRow = (entry, { before, most, chosen }) => {
  const ghost = entry.before !== undefined;
  const row = make("div", "pg-row" + (ghost ? " pg-cut" : "") + (entry.id === chosen ? " pg-own" : ""));
  row.tabIndex = 0;
  row.dataset.id = entry.id;
  const share = ghost ? entry.before : entry.probability;
  const track = make("span", "pg-track");
  const bar = make("span", "pg-bar" + (ghost ? " pg-ghost" : ""));
  bar.style.inlineSize = Math.max(0.4, (100 * share) / most) + "%";
  track.append(bar);
  const was = before && entryOf(before, entry.id);
  if (was && !ghost) {
    const tick = make("span", "pg-tick");
    tick.style.insetInlineStart = Math.min(100, (100 * was.probability) / most) + "%";
    track.append(tick);
  }
  row.append(make("span", "pg-row-text", visible(entry.text)), track);
  row.append(make("span", "pg-number", ghost ? say("sampler.view.cut_share", { share: percent(share) }) : percent(share)));
  row.setAttribute("aria-label", say(ghost ? "sampler.view.ghost" : "sampler.view.bar", { token: visible(entry.text), share: percent(share) }));
  return row;
};

/** Draws a thousand draws beside what the distribution expects into a box; hides it without them. */
export const drawDraws = (box, draws) => {
  box.hidden = !draws;
  if (!draws) return;
  const most = Math.max(...draws.rows.flatMap((row) => [row.observed, row.expected]), 1);
  const rows = make("div", "pg-rows");
  draws.rows.forEach((entry) => {
    const row = make("div", "pg-row");
    const track = make("span", "pg-track");
    const bar = make("span", "pg-bar");
    bar.style.inlineSize = (100 * entry.observed) / most + "%";
    const tick = make("span", "pg-tick");
    tick.style.insetInlineStart = (100 * entry.expected) / most + "%";
    track.append(bar, tick);
    row.append(make("span", "pg-row-text", entry.id === null ? entry.text : visible(entry.text)), track);
    row.append(make("span", "pg-number", say("sampler.view.counts", { observed: entry.observed, expected: entry.expected.toFixed(1) })));
    rows.append(row);
  });
  const test = draws.p_value === null ? "" : say("sampler.view.test", { statistic: draws.chi_square.toFixed(2), count: draws.degrees, p: draws.p_value.toFixed(3) }) + " ";
  box.replaceChildren(
    make("p", "pg-stage-explain", say("sampler.view.draws", { count: draws.n })),
    rows, make("p", "pg-stage-facts", test + draws.sentence));
};

/** Draws the distributions of both decoders side by side into a box; hides it without them. */
export const drawBoth = (box, both) => {
  box.hidden = !both;
  if (!both) return;
  const most = Math.max(...both.rows.flatMap((row) => [row.open, row.fast]), 1e-12);
  const rows = make("div", "pg-rows pg-pairs");
  both.rows.forEach((entry) => {
    const row = make("div", "pg-row");
    const track = make("span", "pg-track");
    ["open", "fast"].forEach((name) => {
      const bar = make("span", "pg-bar pg-" + name);
      bar.style.inlineSize = Math.max(0.3, (100 * entry[name]) / most) + "%";
      track.append(bar);
    });
    row.append(make("span", "pg-row-text", visible(entry.text)), track);
    row.append(make("span", "pg-number", percent(entry.open) + " | " + percent(entry.fast)));
    rows.append(row);
  });
  const names = both.precision || {};
  box.replaceChildren(
    make("p", "pg-stage-explain", say("sampler.view.both", { open: names.open || "torch", fast: names.fast || "int8" })),
    rows, make("p", "pg-stage-facts", both.sentence));
};
