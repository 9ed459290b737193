// Tokens as coloured chips that flow like text, and a card for one of them. Data is set with textContent only.
import { make } from "./dom.js";
import { say } from "./say.js";
import { cardParts, describe, isJudged, levelOf, scales } from "./token_chip.js";
import { chipFor, chipHolder, chipKeys, levelSamples } from "./token_nodes.js";
import { given } from "./value.js";

export const tokens = ({ element, props, trigger, watch }) => {
  const root = element.querySelector(".pg-tokens");
  const part = (name) => root.querySelector(name);
  const [legend, text, card, caret, empty, spoken] =
    [".pg-legend", ".pg-text", ".pg-card", ".pg-caret", ".pg-empty", ".pg-visually-hidden"].map(part);
  const groups = { prompt: part(".pg-prompt"), output: part(".pg-output") };
  const readonly = Boolean(element.closest(".pg-readonly-view"));
  const state = { run: null, prompt: [], output: [], scale: "probability", valueScale: null, forks: [], follow: true, wanted: null, busy: false, frame: 0 };
  const placeOf = (chip) => [chip.dataset.part, Number(chip.dataset.position)];
  const chipOf = (event) => event.target.closest(".pg-text .pg-chip");

  // The legend: which scale, its levels, the signs that occur, and whether the prompt is shown.
  const samples = make("span", "pg-samples");
  const signs = part(".pg-signs");
  const shown = make("button", "pg-toggle pg-prompt-toggle", say("shared.tokens.hide_prompt"));
  const menu = make("span", "pg-scales");
  const drawLegend = () => {
    const scale = scales[state.scale];
    [...menu.children].forEach((choice) => choice.setAttribute("aria-pressed", String(choice.value === state.scale)));
    samples.title = scale.meaning;
    samples.replaceChildren(...(readonly ? [make("span", "pg-legend-title", scale.title)] : []), ...levelSamples(scale));
    const sign = (name, words) => {
      const item = make("span", "pg-sign");
      item.append(make("span", name), words);
      return item;
    };
    const present = [];
    if (part(".pg-forced")) present.push(sign("pg-pin", say("shared.tokens.forced")));
    if (state.forks.length) present.push(sign("pg-fork-sign", say("shared.tokens.other_endings")));
    if (part(".pg-mark")) present.push(sign("pg-flag", say("shared.tokens.first_difference")));
    signs.replaceChildren(...present);
    shown.hidden = !state.prompt.length;
  };
  const buildLegend = () => {
    menu.setAttribute("role", "group");
    menu.setAttribute("aria-label", say("shared.tokens.colour_by"));
    Object.entries(scales).forEach(([name, scale]) => {
      const choice = make("button", "pg-toggle", scale.title);
      Object.assign(choice, { type: "button", value: name, title: scale.meaning });
      choice.addEventListener("click", () => recolour(name));
      menu.append(choice);
    });
    Object.assign(shown, { type: "button", title: say("shared.tokens.prompt_title") });
    shown.addEventListener("click", () => {
      groups.prompt.hidden = !groups.prompt.hidden;
      shown.textContent = groups.prompt.hidden ? say("shared.tokens.show_prompt") : say("shared.tokens.hide_prompt");
      if (held.entry && held.entry.dataset.part === "prompt") held.enterAt(groups.output.firstChild || held.entry);
    });
    legend.replaceChildren(...(readonly ? [] : [menu]), samples, shown);
  };
  const recolour = (name) => {
    state.scale = name;
    for (const [group, chips] of Object.entries(groups)) {
      [...chips.children].forEach((chip, position) => {
        if (isJudged(state[group][position])) chip.dataset.level = levelOf(name, state[group][position]);
      });
    }
    drawLegend();
  };

  const addChip = (group, token, position, mark) => {
    const chip = chipFor(token, state.scale);
    Object.assign(chip.dataset, { part: group, position });
    const before = groups[group].lastChild || (group === "output" ? groups.prompt.lastChild : null);
    if (!before || /\n$/.test(state[before.dataset.part][before.dataset.position].text)) chip.classList.add("pg-head");
    if (before && chip.classList.contains("pg-head")) before.classList.add("pg-tail");
    if (mark) {
      chip.classList.add("pg-mark");
      chip.setAttribute("aria-label", say("shared.tokens.first_that_differs", { token: describe(token) }));
    }
    groups[group].append(chip);
  };

  const drawForks = (forks) => {
    state.forks.forEach((sign) => sign.remove());
    state.forks = [];
    Object.entries(forks || {}).forEach(([position, count]) => {
      const chip = groups.output.children[Number(position)];
      if (!chip) return;
      const sign = make("sup", "pg-fork", "↳" + count);
      sign.title = say("shared.tokens.forks", { count });
      chip.setAttribute("aria-label", say("shared.tokens.fork_token", { token: describe(state.output[position]), forks: sign.title }));
      chip.querySelector(".pg-tint").append(sign);
      state.forks.push(sign);
    });
  };

  const close = make("button", "pg-close", "×");
  Object.assign(close, { type: "button", title: say("shared.tokens.release_title") });
  close.setAttribute("aria-label", say("shared.tokens.release"));
  close.addEventListener("click", () => held.release());

  const force = (group, position, id) => {
    state.wanted = group === "prompt" ? 0 : position;
    trigger("force", { part: group, position, id });
  };
  const drawCard = (chip) => {
    part(".pg-shown")?.classList.remove("pg-shown");
    const [group, position] = placeOf(chip);
    const onForce = (id) => force(group, position, id);
    card.replaceChildren(...cardParts(state[group][position], group, position, readonly, onForce, [...state.prompt, ...state.output]), close);
    card.classList.add("pg-filled");
  };
  const emptyCard = () => {
    card.classList.remove("pg-filled");
    card.replaceChildren(make("p", "pg-hint", say("shared.tokens.hint")));
  };

  // Bars beside the text before anybody points at a token: those of the value's token, of the first, or of the one that surprised most.
  const showOne = (place) => {
    if (held.pinned || card.classList.contains("pg-filled") || element.offsetWidth <= 640) return;
    const judged = [...groups.output.children].filter((chip) => isJudged(state.output[chip.dataset.position]));
    const share = (chip) => state.output[chip.dataset.position].probability;
    const one = readonly ? judged.reduce((least, chip) => (least && share(least) <= share(chip) ? least : chip), null) : groups.output.children[place] || judged[0];
    if (!one) return;
    drawCard(one);
    one.classList.add("pg-shown");
  };

  const held = chipHolder(root, card, (chip) => drawCard(chip));
  const choose = (chip) => {
    if (held.pinned === chip) return held.pin(null);
    held.pin(chip);
    const [group, position] = placeOf(chip);
    return trigger("pick", { part: group, position });
  };

  const reset = (value) => {
    held.pin(null);
    held.enterAt(null);
    Object.assign(state, { run: value ? value.run : null, prompt: (value && value.prompt) || [], output: [], forks: [], follow: true });
    Object.values(groups).forEach((group) => group.replaceChildren());
    if (value && value.scale && value.scale !== state.valueScale) state.scale = state.valueScale = value.scale;
    state.prompt.forEach((token, position) => addChip("prompt", token, position, false));
    emptyCard();
    drawLegend();
  };

  // After a token was forced its card is shown again, and keyboard focus continues from there.
  const returnToForced = () => {
    const chip = state.wanted === null ? null : groups.output.children[state.wanted];
    if (!chip) return;
    state.wanted = null;
    held.enterAt(chip);
    drawCard(chip);
    if (document.activeElement === document.body) chip.focus({ preventScroll: true });
  };

  // Once a frame: reading the text's height forces a layout.
  const toEnd = () => {
    state.frame = 0;
    text.scrollTop = text.scrollHeight;
  };

  const draw = () => {
    const value = given(props);
    // The last value of a text that grows is the whole text: a page that is slow misses some of the pieces before.
    const isWhole = Boolean(value && state.busy && value.done && value.tokens.length >= state.output.length);
    if (!value || value.run !== state.run || (value.start === 0 && !isWhole)) reset(value);
    if (!value) return;
    if (value.start > state.output.length) return; // a piece is missing: what is drawn is still true
    (value.tokens || []).slice(state.output.length - value.start).forEach((token) => {
      state.output.push(token);
      addChip("output", token, state.output.length - 1, value.mark === state.output.length - 1);
    });
    if (value.forks || state.forks.length) drawForks(value.forks);
    empty.textContent = state.prompt.length + state.output.length ? "" : value.empty || "";
    caret.hidden = Boolean(value.done) || !state.output.length;
    root.setAttribute("aria-busy", String(!value.done));
    if (!held.entry) held.enterAt(groups.output.firstChild || groups.prompt.firstChild);
    else if (held.entry.dataset.part === "prompt" && !held.entry.matches(":focus")) held.enterAt(groups.output.firstChild || held.entry);
    returnToForced();
    if (value.done) drawLegend();
    if (value.done) showOne(value.shown);
    if (value.done && state.busy) spoken.textContent = say("shared.tokens.done", { count: state.output.length });
    if (!value.done && !state.busy) spoken.textContent = "";
    state.busy = !value.done;
    if (state.busy && state.follow && !state.frame) state.frame = requestAnimationFrame(toEnd);
  };

  const look = (event) => {
    const chip = chipOf(event);
    if (chip && !held.pinned) drawCard(chip);
  };
  text.addEventListener("scroll", () => (state.follow = text.scrollTop + text.clientHeight > text.scrollHeight - 24), { passive: true });
  text.addEventListener("pointerover", look);
  text.addEventListener("focusin", (event) => {
    if (chipOf(event)) held.enterAt(chipOf(event));
    look(event);
  });
  text.addEventListener("click", (event) => {
    if (!window.getSelection().isCollapsed) return;
    const chip = chipOf(event);
    if (chip) choose(chip);
    else held.pin(null);
  });
  const chips = () => [...text.querySelectorAll(".pg-chips:not([hidden]) > .pg-chip")];
  chipKeys(root, card, held, { chipOf, chips, choose: (chip) => choose(chip) });
  root.classList.toggle("pg-readonly", readonly);
  buildLegend();
  watch("value", draw);
  draw();
};
