// Tokens as coloured chips. Data is only ever set as text.
(() => {
  const playground = (window.playground = window.playground || {});

  // For each scale: its name, what its levels are called, and the level of a token (0 is expected, 4 is a surprise).
  const below = (limits, value) => limits.findIndex((limit) => value < limit);
  const levelOf = (limits, value) => (below(limits, value) < 0 ? limits.length : below(limits, value));
  const scales = {
    probability: {
      title: "Probability the model gave it",
      names: ["90 % and more", "50–90 %", "20–50 %", "5–20 %", "under 5 %"],
      level: (token) => levelOf([0.1, 0.5, 0.8, 0.95], 1 - token.probability),
    },
    surprisal: {
      title: "Surprise in bits",
      names: ["under 1 bit", "1–3", "3–6", "6–10", "10 bits and more"],
      level: (token) => levelOf([1, 3, 6, 10], token.surprisal_bits),
    },
    rank: {
      title: "Rank among the model's guesses",
      names: ["first 10", "first 100", "first 1,000", "beyond"],
      level: (token) => [0, 1, 3, 4][levelOf([11, 101, 1001], token.rank)],
    },
  };
  const levelsOfLegend = { probability: [0, 1, 2, 3, 4], surprisal: [0, 1, 2, 3, 4], rank: [0, 1, 3, 4] };
  playground.tokenScales = scales;
  playground.tokenLegend = levelsOfLegend;

  // In the flow of the text a line break breaks the line; marks that turn the writing direction are shown, not obeyed.
  const flowing = (chip, token) => {
    const { make } = playground;
    const text = token.text || (token.bytes ? "⟨" + token.bytes + "⟩" : "∅");
    const safe = text.replace(/[\u0000-\u0008\u000b-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (character) =>
      "⟨" + character.codePointAt(0).toString(16).padStart(4, "0") + "⟩");
    safe.split("\n").forEach((line, index) => {
      if (index) chip.append(make("span", "pg-break", "↵"), document.createElement("br"));
      chip.append(line);
    });
  };

  playground.tokens = (element, props, trigger, watch) => {
    const root = element.querySelector(".pg-tokens");
    const [legend, text, card] = [".pg-legend", ".pg-text", ".pg-card"].map((name) => root.querySelector(name));
    const groups = { prompt: root.querySelector(".pg-prompt"), output: root.querySelector(".pg-output") };
    const [caret, empty, spoken] = [".pg-caret", ".pg-empty", ".pg-visually-hidden"].map((n) => root.querySelector(n));
    const { make } = playground;
    const state = { run: null, prompt: [], output: [], scale: "probability", pinned: null };

    const chipAt = (part, position) => groups[part].children[position];

    const drawLegend = () => {
      const scale = scales[state.scale];
      legend.replaceChildren(make("span", "pg-legend-title", scale.title + ":"));
      scale.names.forEach((name, index) => {
        const sample = make("span", "pg-chip pg-legend-chip", name);
        sample.dataset.level = levelsOfLegend[state.scale][index];
        legend.append(sample);
      });
    };

    const label = (token) => {
      const name = "“" + playground.visible(token.text, token.bytes) + "”";
      if (token.probability === null) return name + ", the first token";
      return name + ", " + playground.percent(token.probability) + ", rank " + token.rank + (token.forced ? ", forced" : "");
    };

    const addChip = (part, token, position, value) => {
      const chip = make("span", "pg-chip");
      chip.setAttribute("role", "button");
      chip.tabIndex = -1;
      chip.dataset.part = part;
      chip.dataset.position = position;
      chip.setAttribute("aria-label", label(token));
      if (token.probability !== null) chip.dataset.level = scales[state.scale].level(token);
      if (token.special) chip.classList.add("pg-special");
      if (token.forced) chip.classList.add("pg-forced");
      flowing(chip, token);
      if (value.mark === position && part === "output") {
        chip.classList.add("pg-mark");
        chip.title = "The first token that differs";
      }
      groups[part].append(chip);
    };

    const drawForks = (forks) => {
      root.querySelectorAll(".pg-fork").forEach((sign) => sign.remove());
      Object.entries(forks || {}).forEach(([position, count]) => {
        const chip = chipAt("output", Number(position));
        if (!chip) return;
        const sign = make("sup", "pg-fork", "↳" + count);
        sign.title = count === 1 ? "Another ending leaves here" : count + " other endings leave here";
        chip.append(sign);
      });
    };

    const drawCard = (part, position) => {
      const token = state[part][position];
      if (!token) return;
      const rows = make("ol", "pg-alternatives");
      const most = Math.max(...token.alternatives.map((other) => other.probability), 1e-12);
      const entries = [...token.alternatives];
      if (token.probability !== null && !entries.some((other) => other.id === token.id)) entries.push(token);
      entries.forEach((other) => {
        const own = other.id === token.id;
        const row = make("button", "pg-alternative" + (own ? " pg-own" : ""));
        row.type = "button";
        row.disabled = own || root.classList.contains("pg-readonly");
        const bar = make("span", "pg-bar");
        bar.style.inlineSize = Math.max(1, (100 * other.probability) / Math.max(most, token.probability)) + "%";
        row.append(bar, make("span", "pg-alternative-text", playground.visible(other.text, other.bytes)));
        row.append(make("span", "pg-number", playground.percent(other.probability)));
        if (own) row.append(make("span", "pg-own-sign", token.forced ? "forced" : "in the text"));
        row.addEventListener("click", () => trigger("force", { part, position, id: other.id }));
        const item = make("li");
        item.append(row);
        rows.append(item);
      });
      const title = make("p", "pg-card-title", playground.visible(token.text, token.bytes));
      const parts = [title];
      const where = (part === "prompt" ? "Prompt token " : "Token ") + (position + 1) + " · id " + token.id;
      parts.push(make("p", "pg-card-where", where + (token.special ? " · control token" : "")));
      if (token.probability === null) {
        parts.push(make("p", "", "Nothing comes before the first token, so the model had nothing to bet on."));
      } else {
        const facts = make("dl", "pg-card-facts");
        const add = (name, value) => facts.append(make("dt", "", name), make("dd", "", value));
        add("Probability", playground.percent(token.probability));
        add("Rank", token.rank === 1 ? "1st choice" : token.rank.toLocaleString("en"));
        add("Surprise", token.surprisal_bits.toFixed(2) + " bits");
        if (token.sampled_probability !== null && token.sampled_probability !== undefined) {
          add("After the sampler", token.forced ? playground.percent(token.sampled_probability) + " (forced)" : playground.percent(token.sampled_probability));
        }
        parts.push(facts, rows);
        const readonly = root.classList.contains("pg-readonly");
        if (!readonly) {
          parts.push(make("p", "pg-hint", part === "prompt"
            ? "What the model expected here. Click one: the prompt is cut here, and the text goes on with it."
            : "Click one: the text goes back to here and continues with it."));
        }
      }
      card.replaceChildren(...parts);
      card.classList.add("pg-filled");
    };

    const pin = (chip) => {
      root.querySelectorAll(".pg-pinned").forEach((other) => {
        other.classList.remove("pg-pinned");
        other.removeAttribute("aria-pressed");
      });
      state.pinned = chip;
      if (!chip) return;
      chip.classList.add("pg-pinned");
      chip.setAttribute("aria-pressed", "true");
      drawCard(chip.dataset.part, Number(chip.dataset.position));
    };

    const focusable = (chip) => {
      root.querySelectorAll('.pg-chip[tabindex="0"]').forEach((other) => (other.tabIndex = -1));
      if (chip) chip.tabIndex = 0;
    };

    const draw = () => {
      const value = props.value;
      if (!value) {
        state.run = null;
        Object.values(groups).forEach((group) => group.replaceChildren());
        card.replaceChildren();
        card.classList.remove("pg-filled");
        return;
      }
      if (value.run !== state.run || value.start === 0) {
        const keepScale = value.scale || "probability";
        Object.assign(state, { run: value.run, prompt: value.prompt || [], output: [], scale: keepScale });
        pin(null);
        groups.prompt.replaceChildren();
        groups.output.replaceChildren();
        card.replaceChildren(make("p", "pg-hint", "Point at a token to see what the model thought; click it to keep it here."));
        card.classList.remove("pg-filled");
        drawLegend();
        state.prompt.forEach((token, position) => addChip("prompt", token, position, value));
      }
      if (value.start > state.output.length) return; // a piece is missing: the whole comes at the end
      (value.tokens || []).forEach((token, index) => {
        const position = value.start + index;
        if (position < state.output.length) return;
        state.output.push(token);
        addChip("output", token, position, value);
      });
      drawForks(value.forks);
      empty.textContent = state.prompt.length + state.output.length ? "" : value.empty || "";
      caret.hidden = Boolean(value.done) || !state.output.length;
      root.setAttribute("aria-busy", String(!value.done));
      if (!root.querySelector('.pg-text .pg-chip[tabindex="0"]')) focusable(chipAt("output", 0) || chipAt("prompt", 0));
      if (value.done && state.output.length) spoken.textContent = state.output.length + " tokens.";
    };

    const chipOf = (event) => event.target.closest(".pg-text .pg-chip");
    const look = (event) => {
      const chip = chipOf(event);
      if (chip && !state.pinned) drawCard(chip.dataset.part, Number(chip.dataset.position));
    };
    text.addEventListener("pointerover", look);
    text.addEventListener("focusin", (event) => {
      const chip = chipOf(event);
      if (!chip) return;
      focusable(chip);
      look(event);
    });
    const choose = (chip) => {
      if (state.pinned === chip) {
        pin(null);
        return;
      }
      pin(chip);
      trigger("pick", { part: chip.dataset.part, position: Number(chip.dataset.position) });
    };
    text.addEventListener("click", (event) => {
      const chip = chipOf(event);
      if (chip) choose(chip);
      else pin(null);
    });
    root.addEventListener("keydown", (event) => {
      const chips = [...text.querySelectorAll(".pg-chip")];
      const chip = chipOf(event);
      if (event.key === "Escape" && state.pinned) {
        const back = state.pinned;
        pin(null);
        back.focus();
      } else if (chip && (event.key === "Enter" || event.key === " ")) {
        event.preventDefault();
        choose(chip);
      } else if (chip) {
        const steps = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity };
        if (!(event.key in steps)) return;
        event.preventDefault();
        const place = chips.indexOf(chip) + steps[event.key];
        const next = chips[Math.max(0, Math.min(chips.length - 1, place))];
        focusable(next);
        next.focus();
      }
    });
    root.classList.toggle("pg-readonly", Boolean(element.closest(".pg-readonly-view")));
    watch("value", draw);
    draw();
  };
})();
