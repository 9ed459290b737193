// The sampler at one position. All that it draws, numbers and sentences, the server has computed: it knows no stage by name.
import { visible } from "../../../ui/characters.js";
import { make } from "../../../ui/dom.js";
import { latest } from "../../../ui/latest.js";
import { lifetime } from "../../../ui/lifetime.js";
import { percent } from "../../../ui/numbers.js";
import { roving } from "../../../ui/roving.js";
import { say } from "../../../ui/say.js";
import { given } from "../../../ui/value.js";
import { barRow, drawBoth, drawDraws, entryOf, number, workingOf } from "./sampler_rows.js";

const SHOWN = 12;
const GHOSTS_SHOWN = 5;

// Opens the folded parts around a setting of the column, outermost first, and puts the focus on it. Gradio draws
// what is inside a part only once it is open.
const openSetting = async (name, group) => {
  for (const selector of ["#setting-sampler", "#setting-group-" + group]) {
    const header = document.querySelector(selector + " > button.label-wrap");
    if (header && header.nextElementSibling.style.display === "none") header.click();
    for (let frame = 0; frame < 4; frame += 1) await new Promise((done) => requestAnimationFrame(done));
  }
  const box = document.querySelector(`#setting-${name} :is(input, textarea)`);
  if (!box) return;
  box.scrollIntoView({ block: "center" });
  box.focus({ preventScroll: true });
};

export const sampler = ({ element, props, trigger, watch, server }) => {
  const root = element.querySelector(".pg-sampler");
  const find = (name) => root.querySelector(name);
  const [title, strip, unused, body, aside, note] = [".pg-sampler-title", ".pg-stages", ".pg-unused-stages", ".pg-stage", ".pg-sums", ".pg-notice"].map(find);
  const state = { stages: [], menu: [], groups: {}, settings: {}, selected: null, token: null, all: false };

  const active = () => state.stages.filter((stage) => stage.active);
  // The chosen stage while it is on, or else the last one: the distribution that is drawn from.
  const selectedIndex = () => {
    const stages = active();
    return state.stages.indexOf(stages.find((stage) => stage.name === state.selected) || stages[stages.length - 1]);
  };

  const thumbnail = (stage) => {
    const bars = make("span", "pg-mini");
    bars.setAttribute("aria-hidden", "true");
    const raw = state.stages[0].entries.slice(0, SHOWN);
    const most = Math.max(...state.stages.flatMap((other) => other.entries.slice(0, 1).map((entry) => entry.probability)));
    raw.forEach((first) => {
      const entry = entryOf(stage, first.id);
      const bar = make("span", "pg-mini-bar" + (entry ? "" : " pg-ghost"));
      bar.style.blockSize = entry ? Math.max(2, (100 * entry.probability) / most) + "%" : "100%";
      if (first.id === state.token) bar.classList.add("pg-followed");
      bars.append(bar);
    });
    return bars;
  };

  const drawStrip = () => {
    const chosen = state.stages[selectedIndex()];
    const hadFocus = strip.contains(document.activeElement);
    strip.replaceChildren(...active().map((stage, index) => {
      const tab = make("button", "pg-stage-tab");
      tab.type = "button";
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-selected", String(stage === chosen));
      tab.tabIndex = stage === chosen ? 0 : -1;
      tab.dataset.stage = stage.name;
      tab.append(make("span", "pg-stage-name", index + 1 + " " + stage.label), thumbnail(stage));
      tab.append(make("span", "pg-stage-cut", cutOf(stage, index)));
      const before = state.stages[state.stages.indexOf(stage) - 1];
      const bits = number(stage.entropy_bits, 2);
      tab.append(make("span", "pg-stage-bits", before ? say("sampler.view.bits_change", { before: number(before.entropy_bits, 2), bits }) : say("sampler.view.bits", { bits })));
      return tab;
    }));
    if (hadFocus) strip.querySelector('[tabindex="0"]').focus();
  };
  const cutOf = (stage, index) => {
    if (!index) return say("sampler.view.tokens", { count: stage.kept_count });
    if (!stage.removed_count) return say("sampler.view.cuts_nothing");
    return say("sampler.view.cuts", { count: stage.removed_count, mass: percent(stage.removed_mass) });
  };

  // The stages that are off, folded by group; a button leads to the setting that switches one on.
  const drawUnused = () => {
    const open = [...unused.querySelectorAll("details[open]")].map((group) => group.dataset.group);
    const focused = unused.contains(document.activeElement) && document.activeElement.dataset.setting;
    unused.replaceChildren(...Object.entries(state.groups).flatMap(([name, label]) => {
      const stages = state.menu.filter((stage) => stage.group === name && !stage.active);
      if (!stages.length) return [];
      const group = make("details", "pg-unused-group");
      group.dataset.group = name;
      group.open = open.includes(name);
      const list = make("ul", "pg-unused-list");
      stages.forEach((stage) => {
        const item = make("li");
        const button = make("button", "pg-unused-stage", stage.label);
        button.type = "button";
        button.dataset.setting = stage.setting;
        item.append(button, make("span", "", stage.text));
        list.append(item);
      });
      group.append(make("summary", "", say("sampler.view.unused", { group: label, count: stages.length })), list);
      return [group];
    }));
    if (focused) unused.querySelector(`[data-setting="${focused}"]`)?.focus();
  };
  unused.addEventListener("click", (event) => {
    const button = event.target.closest(".pg-unused-stage");
    if (button) openSetting(button.dataset.setting, button.closest("details").dataset.group);
  });

  const drawStage = () => {
    const index = selectedIndex();
    const stage = state.stages[index];
    const before = index ? state.stages[index - 1] : null;
    const { chosen } = given(props);
    const parts = [make("p", "pg-stage-explain", `${stage.label}. ${stage.explanation}`)];
    const facts = [say("sampler.view.left", { count: stage.kept_count }), say("sampler.view.entropy", { bits: number(stage.entropy_bits, 2) })];
    if (stage.removed_count) facts.unshift(say("sampler.view.removed", { count: stage.removed_count, mass: percent(stage.removed_mass) }));
    parts.push(make("p", "pg-stage-facts", facts.join(" · ")));
    const kept = stage.entries.slice(0, state.all ? stage.entries.length : SHOWN);
    const ghosts = stage.ghosts.slice(0, state.all ? stage.ghosts.length : GHOSTS_SHOWN);
    const most = Math.max(...kept.map((entry) => entry.probability), ...ghosts.map((ghost) => ghost.before), 1e-12);
    const rows = make("div", "pg-rows");
    rows.append(...kept.map((entry) => barRow(entry, { before, most, chosen })));
    const undrawn = stage.kept_count - kept.length;
    const mass = percent(Math.max(0, 1 - kept.reduce((sum, entry) => sum + entry.probability, 0)));
    if (undrawn > 0) rows.append(make("p", "pg-hint pg-undrawn", say("sampler.view.undrawn", { count: undrawn, mass })));
    rows.append(...ghosts.map((ghost) => barRow(ghost, { before, most, chosen })));
    const uncounted = ghosts.length ? stage.removed_count - ghosts.length : 0;
    if (uncounted > 0) rows.append(make("p", "pg-hint pg-undrawn", say("sampler.view.undrawn_cut", { count: uncounted })));
    parts.push(rows);
    if (before && stage.active) parts.push(make("p", "pg-hint", say("sampler.view.tick")));
    if (stage.entries.length > SHOWN || stage.ghosts.length > GHOSTS_SHOWN) {
      const more = make("button", "pg-button pg-more", say(state.all ? "sampler.view.fewer" : "sampler.view.more"));
      more.type = "button";
      more.addEventListener("click", () => {
        state.all = !state.all;
        drawStage();
      });
      parts.push(more);
    }
    body.replaceChildren(...parts);
    drawSums();
  };

  const drawSums = () => {
    const index = selectedIndex();
    const stage = state.stages[index];
    const known = state.stages.slice(0, index + 1).flatMap((one) => [...one.entries, ...one.ghosts]);
    const token = known.find((entry) => entry.id === state.token) || stage.entries[0];
    root.querySelectorAll(".pg-row").forEach((row) => row.classList.toggle("pg-followed", Number(row.dataset.id) === token.id));
    const lines = workingOf(state.stages, index, token.id);
    const list = make("ol", "pg-sum-lines");
    lines.forEach((line) => list.append(make("li", "", line)));
    aside.replaceChildren(
      make("p", "pg-card-title", visible(token.text)),
      make("p", "pg-card-where", say("sampler.view.working_here")),
      lines.length ? list : make("p", "", say("sampler.view.not_sent")),
    );
  };

  const notify = (text) => {
    note.hidden = !text;
    note.textContent = text || "";
    note.dataset.tone = "warning";
  };

  const draw = () => {
    show();
    // A slider that was moved while this was computed is not forgotten.
    const now = currentSettings();
    if (Object.keys(now).some((name) => now[name] !== state.settings[name])) refresh();
  };
  const show = () => {
    const value = given(props);
    root.classList.toggle("pg-nothing", !value);
    if (!value) {
      title.textContent = say("sampler.view.empty");
      return;
    }
    title.textContent = say("sampler.view.title", { token: value.title });
    const { stages, menu, groups, settings } = value;
    Object.assign(state, { stages, menu, groups, settings });
    state.token = value.chosen;
    notify("");
    drawStrip();
    drawUnused();
    drawStage();
    drawDraws(find(".pg-draws"), value.draws);
    drawBoth(find(".pg-both"), value.decoders);
  };

  // Pointer speed: one call on the way, the latest wish next; no forward pass of the model behind it.
  const currentSettings = () => Object.fromEntries(Object.entries(state.settings).map(([name, known]) => {
    const box = ['input[type="number"]', "textarea", "input"].map((kind) => document.querySelector(`#setting-${name} ${kind}`)).find(Boolean);
    if (!box) return [name, known];
    if (typeof known === "string") return [name, box.value.trim()];
    return [name, box.value === "" ? known : Number(box.value)];
  }));
  const refresh = latest(async () => {
    if (!given(props) || !server) return;
    const settings = currentSettings();
    const context = given(props).context;
    const answer = JSON.parse(await server.stages(JSON.stringify({ context, settings })));
    if (!given(props) || given(props).context.key !== context.key) return;
    notify(answer.error || "");
    if (answer.error) return;
    Object.assign(state, { stages: answer.stages, menu: answer.menu, settings });
    drawStrip();
    drawUnused();
    drawStage();
    drawDraws(find(".pg-draws"), null);
    root.dispatchEvent(new CustomEvent("pg-redrawn", { bubbles: true }));
  }, () => notify(say("sampler.view.lost")));
  const ofSetting = (event) => {
    const box = event.target.closest?.('[id^="setting-"]');
    return Boolean(box) && box.id.slice("setting-".length) in state.settings;
  };
  const onChange = (event) => {
    // A click is on a slider's reset button, which sets its box afterwards.
    if (ofSetting(event)) setTimeout(refresh, event.type === "click" ? 60 : 0);
  };
  ["input", "click"].forEach((name) => document.addEventListener(name, onChange, { capture: true, signal: lifetime(element) }));

  const select = (tab) => {
    state.selected = tab.dataset.stage;
    drawStrip();
    drawStage();
  };
  strip.addEventListener("click", (event) => {
    const tab = event.target.closest(".pg-stage-tab");
    if (tab) select(tab);
  });
  roving(strip, () => [...strip.children], { moved: select });
  const follow = (event) => {
    const row = event.target.closest(".pg-stage .pg-row");
    if (!row || Number(row.dataset.id) === state.token) return;
    state.token = Number(row.dataset.id);
    drawSums();
    const followed = state.stages[0].entries.slice(0, SHOWN).findIndex((entry) => entry.id === state.token);
    strip.querySelectorAll(".pg-mini").forEach((mini) => [...mini.children].forEach((bar, index) => bar.classList.toggle("pg-followed", index === followed)));
  };
  body.addEventListener("pointerover", follow);
  body.addEventListener("focusin", follow);
  find(".pg-draw").addEventListener("click", () => trigger("draw", {}));
  find(".pg-decoders").addEventListener("click", () => trigger("decoders", {}));
  watch("value", draw);
  draw();
};
