// The sampler at one position. Every number drawn comes from the stages that the server computed; nothing is invented here.
(() => {
  const playground = (window.playground = window.playground || {});
  const SETTINGS = ["temperature", "top_k", "top_p", "min_p", "typical_p", "repetition_penalty"];
  const SHOWN = 12;

  const explain = {
    raw: () => "What the model itself says, before any setting: each token of its vocabulary has a share.",
    repetition_penalty: (s) => s.repetition_penalty === 1 ? "Off at 1. Above it, tokens that are already in the text become less likely."
      : `Tokens that are already in the text: a positive logit is divided by ${s.repetition_penalty}, a negative one multiplied.`,
    temperature: (s) => s.temperature === 0 ? "Temperature 0 is greedy: only the likeliest token stays, and nothing is left to chance."
      : s.temperature === 1 ? "Off at 1: every logit is divided by 1."
      : `Every logit is divided by ${s.temperature}: ${s.temperature < 1 ? "the likely become likelier" : "the unlikely catch up"}.`,
    top_k: (s) => s.top_k === 0 ? "Off at 0." : `Only the ${s.top_k} likeliest tokens stay.`,
    top_p: (s) => s.top_p >= 1 ? "Off at 1." : `The likeliest tokens stay until together they hold ${s.top_p} of the probability.`,
    min_p: (s) => s.min_p === 0 ? "Off at 0." : `Tokens with less than ${s.min_p} times the best one's probability go.`,
    typical: (s) => s.typical_p >= 1 ? "Off at 1." : `Tokens stay whose surprise is nearest the average, until they hold ${s.typical_p}.`,
  };

  const number = (value, digits = 3) => value.toFixed(digits).replace("-", "−");

  // The token's entry in a stage, its ghost, or nothing (it is not among the tokens that were sent).
  const entryOf = (stage, id) => stage.entries.find((entry) => entry.id === id);
  const ghostOf = (stage, id) => stage.ghosts.find((ghost) => ghost.id === id);

  // The sums behind one token's bar, up to a stage: lines that a pocket calculator confirms.
  const sums = (stages, upTo, id, settings) => {
    const lines = [];
    for (let index = 0; index <= upTo; index += 1) {
      const stage = stages[index];
      const before = index ? stages[index - 1] : null;
      const now = entryOf(stage, id);
      const was = before && entryOf(before, id);
      if (before && !was) break;
      if (!now && !ghostOf(stage, id)) break;
      if (stage.name === "raw") {
        lines.push(`The model's logit is ${number(now.logit)}.`);
        lines.push(`exp(${number(now.logit)} − ${number(stage.log_normalizer)}) = ${playground.percent(now.probability)}`);
      } else if (!stage.active) {
        continue;
      } else if (stage.name === "repetition_penalty") {
        const changed = now.logit !== was.logit;
        const sign = was.logit < 0 ? "×" : "÷";
        lines.push(changed ? `Already in the text: ${number(was.logit)} ${sign} ${settings.repetition_penalty} = ${number(now.logit)}` : "Not in the text so far: its logit stays.");
      } else if (stage.name === "temperature" && settings.temperature > 0) {
        lines.push(`${number(was.logit)} ÷ ${settings.temperature} = ${number(now.logit)}`);
      } else {
        lines.push(verdict(stage, before, was, now, settings));
      }
      if (stage.name !== "raw" && now) {
        lines.push(`exp(${number(now.logit)} − ${number(stage.log_normalizer)}) = ${playground.percent(now.probability)}`);
      }
      if (!now) {
        lines.push("It is cut: it cannot be drawn.");
        break;
      }
    }
    return lines;
  };

  const verdict = (stage, before, was, now, settings) => {
    const kept = now ? "stays" : "goes";
    const place = before.entries.indexOf(was);
    if (stage.name === "temperature") return now ? "It is the likeliest: greedy takes it." : "It is not the likeliest: greedy leaves it.";
    if (stage.name === "top_k") return `Number ${place + 1} of the likeliest; ${settings.top_k} stay: it ${kept}.`;
    if (stage.name === "top_p") {
      const held = before.entries.slice(0, place).reduce((sum, entry) => sum + entry.probability, 0);
      return `The ${place} likelier ones hold ${playground.percent(held)}, ${held < settings.top_p ? "less than" : "not less than"} ${playground.percent(settings.top_p)}: it ${kept}.`;
    }
    if (stage.name === "min_p") {
      const share = was.probability / before.entries[0].probability;
      return `${playground.percent(was.probability)} ÷ ${playground.percent(before.entries[0].probability)} = ${number(share)}, ${now ? "not below" : "below"} ${settings.min_p}: it ${kept}.`;
    }
    const bits = -Math.log2(was.probability);
    return `Surprise ${number(bits, 2)} bits, average ${number(before.entropy_bits, 2)}: ${number(Math.abs(bits - before.entropy_bits), 2)} apart: it ${kept}.`;
  };
  playground.samplerSums = sums;

  playground.sampler = (element, props, trigger, watch, server) => {
    const root = element.querySelector(".pg-sampler");
    const find = (name) => root.querySelector(name);
    const [title, strip, body, aside, note] = [".pg-sampler-title", ".pg-stages", ".pg-stage", ".pg-sums", ".pg-notice"].map(find);
    const state = { stages: [], settings: {}, selected: null, token: null, all: false, busy: false, waiting: null };
    const { make, percent, visible } = playground;

    const selectedIndex = () => {
      const wanted = state.stages.findIndex((stage) => stage.name === state.selected);
      if (wanted >= 0) return wanted;
      return state.stages.reduce((last, stage, index) => (stage.active ? index : last), 0);
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
      const chosen = selectedIndex();
      const hadFocus = strip.contains(document.activeElement);
      strip.replaceChildren(...state.stages.map((stage, index) => {
        const tab = make("button", "pg-stage-tab" + (stage.active ? "" : " pg-off"));
        tab.type = "button";
        tab.setAttribute("role", "tab");
        tab.setAttribute("aria-selected", String(index === chosen));
        tab.tabIndex = index === chosen ? 0 : -1;
        tab.dataset.stage = stage.name;
        tab.append(make("span", "pg-stage-name", index + 1 + " " + stage.label), thumbnail(stage));
        const before = index ? state.stages[index - 1] : null;
        const cut = stage.removed_count ? `cuts ${stage.removed_count.toLocaleString("en")} holding ${percent(stage.removed_mass)}`
          : stage.active || !index ? (index ? "cuts nothing" : stage.kept_count.toLocaleString("en") + " tokens") : "not used";
        tab.append(make("span", "pg-stage-cut", cut));
        const bits = number(stage.entropy_bits, 2);
        tab.append(make("span", "pg-stage-bits", before && stage.active ? `${number(before.entropy_bits, 2)} → ${bits} bits` : bits + " bits"));
        return tab;
      }));
      if (hadFocus) strip.querySelector('[tabindex="0"]').focus();
    };

    const barRow = (entry, stage, before, most) => {
      const ghost = entry.before !== undefined;
      const row = make("div", "pg-row" + (ghost ? " pg-cut" : "") + (entry.id === playground.given(props).chosen ? " pg-own" : ""));
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
      row.append(make("span", "pg-number", ghost ? "cut (" + percent(share) + ")" : percent(share)));
      row.setAttribute("aria-label", `${visible(entry.text)}: ${ghost ? "cut, it had " : ""}${percent(share)}`);
      return row;
    };

    const drawStage = () => {
      const index = selectedIndex();
      const stage = state.stages[index];
      const before = index ? state.stages[index - 1] : null;
      const parts = [make("p", "pg-stage-explain", `${stage.label}. ${explain[stage.name](state.settings)}`)];
      const facts = [`${stage.kept_count.toLocaleString("en")} ${stage.kept_count === 1 ? "token" : "tokens"} left`, `entropy ${number(stage.entropy_bits, 2)} bits`];
      if (stage.removed_count) facts.unshift(`${stage.removed_count.toLocaleString("en")} tokens cut, holding ${percent(stage.removed_mass)}`);
      parts.push(make("p", "pg-stage-facts", facts.join(" · ")));
      const kept = stage.entries.slice(0, state.all ? stage.entries.length : SHOWN);
      const ghosts = stage.ghosts.slice(0, state.all ? stage.ghosts.length : 5);
      const most = Math.max(...kept.map((entry) => entry.probability), ...ghosts.map((ghost) => ghost.before), 1e-12);
      const rows = make("div", "pg-rows");
      rows.append(...kept.map((entry) => barRow(entry, stage, before, most)), ...ghosts.map((ghost) => barRow(ghost, stage, before, most)));
      parts.push(rows);
      if (before && stage.active) parts.push(make("p", "pg-hint", "The thin mark on a bar is its share before this stage."));
      if (stage.entries.length > SHOWN || stage.ghosts.length > 5) {
        const more = make("button", "pg-button pg-more", state.all ? "Show fewer" : "Show 50");
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
      const known = state.stages[0].entries.concat(stage.entries);
      const token = known.find((entry) => entry.id === state.token) || stage.entries[0];
      root.querySelectorAll(".pg-row").forEach((row) => row.classList.toggle("pg-followed", Number(row.dataset.id) === token.id));
      const lines = sums(state.stages, index, token.id, state.settings);
      const list = make("ol", "pg-sum-lines");
      lines.forEach((line) => list.append(make("li", "", line)));
      aside.replaceChildren(
        make("p", "pg-card-title", visible(token.text)),
        make("p", "pg-card-where", "How its bar is computed, up to this stage"),
        lines.length ? list : make("p", "", "It is not among the 50 likeliest here: its sums were not sent."),
      );
    };

    const drawDraws = (draws) => {
      const box = find(".pg-draws");
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
        row.append(make("span", "pg-number", `${entry.observed} (${entry.expected.toFixed(1)} predicted)`));
        rows.append(row);
      });
      const test = draws.p_value === null ? "" : `χ² = ${draws.chi_square.toFixed(2)}, ${draws.degrees} degrees of freedom, p = ${draws.p_value.toFixed(3)}. `;
      box.replaceChildren(
        make("p", "pg-stage-explain", `${draws.n.toLocaleString("en")} draws: bars are counts, marks the prediction.`),
        rows, make("p", "pg-stage-facts", test + draws.sentence));
    };

    const drawBoth = (both) => {
      const box = find(".pg-both");
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
        make("p", "pg-stage-explain", `The model's own distribution here: open (${names.open || "torch"}), upper bar, | fast (${names.fast || "int8"}), lower bar.`),
        rows, make("p", "pg-stage-facts", both.sentence));
    };

    const say = (text) => {
      note.hidden = !text;
      note.textContent = text || "";
      note.dataset.tone = "warning";
    };

    const draw = () => {
      show();
      // A slider that was moved while this was computed is not forgotten.
      const now = currentSettings();
      if (SETTINGS.some((name) => now[name] !== state.settings[name])) refresh();
    };
    const show = () => {
      const value = playground.given(props);
      root.classList.toggle("pg-nothing", !value);
      if (!value) {
        title.textContent = "Click a token above: here you see how it was chosen.";
        return;
      }
      title.textContent = "The choice at " + value.title;
      Object.assign(state, { stages: value.stages, settings: value.settings });
      state.token = value.chosen;
      say("");
      drawStrip();
      drawStage();
      drawDraws(value.draws);
      drawBoth(value.decoders);
    };

    // Pointer speed: one call on the way, the latest wish next; no forward pass of the model behind it.
    const currentSettings = () => {
      const settings = { ...state.settings };
      SETTINGS.forEach((name) => {
        const input = document.querySelector(`#setting-${name} input[type="number"]`) || document.querySelector(`#setting-${name} input`);
        if (input && input.value !== "") settings[name] = Number(input.value);
      });
      return settings;
    };
    const refresh = async () => {
      if (!playground.given(props) || !server) return;
      if (state.busy) {
        state.waiting = true;
        return;
      }
      state.busy = true;
      const settings = currentSettings();
      const context = playground.given(props).context;
      try {
        const answer = JSON.parse(await server.stages(JSON.stringify({ context, settings })));
        if (playground.given(props) && playground.given(props).context.key === context.key) {
          if (answer.error) say(answer.error);
          else {
            say("");
            Object.assign(state, { stages: answer.stages, settings });
            drawStrip();
            drawStage();
            drawDraws(null);
            root.dispatchEvent(new CustomEvent("pg-redrawn", { bubbles: true }));
          }
        }
      } catch {
        say("The page lost its server: is the program still running?");
      } finally {
        state.busy = false;
        if (state.waiting) {
          state.waiting = false;
          refresh();
        }
      }
    };
    const onInput = (event) => {
      if (!root.isConnected) document.removeEventListener("input", onInput, true);
      else if (SETTINGS.some((name) => event.target.closest("#setting-" + name))) setTimeout(refresh, 0);
    };
    document.addEventListener("input", onInput, true);
    document.addEventListener("click", (event) => {
      if (root.isConnected && event.target.closest && SETTINGS.some((name) => event.target.closest("#setting-" + name))) setTimeout(refresh, 60);
    });

    strip.addEventListener("click", (event) => {
      const tab = event.target.closest(".pg-stage-tab");
      if (!tab) return;
      state.selected = tab.dataset.stage;
      drawStrip();
      drawStage();
    });
    strip.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const index = (selectedIndex() + step + state.stages.length) % state.stages.length;
      state.selected = state.stages[index].name;
      drawStrip();
      drawStage();
    });
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
})();
