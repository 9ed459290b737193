// A chat: turns as bubbles, answers as chips with a card, and what the model reads. Data is set with textContent only.
import { make } from "../../../ui/dom.js";
import { say } from "../../../ui/say.js";
import { cardParts, isJudged, levelOf, scales } from "../../../ui/token_chip.js";
import { chipFor, chipHolder, chipKeys, levelSamples } from "../../../ui/token_nodes.js";
import { given } from "../../../ui/value.js";
import { editor } from "./editor.js";

const button = (words, title, act, name = "pg-button") => {
  const one = make("button", name, words);
  Object.assign(one, { type: "button", title: title || words });
  if (title) one.setAttribute("aria-label", title);
  one.addEventListener("click", act);
  return one;
};

/** What tells whether a turn has to be drawn again. */
export const signature = (turn, isLast, done) =>
  JSON.stringify([turn.id, turn.message, turn.siblings, turn.caption, turn.finish_reason, (turn.tokens || []).length, isLast, done]);

export const chat = ({ element, props, trigger, watch }) => {
  const root = element.querySelector(".pg-chat");
  const part = (name) => root.querySelector(name);
  const [legend, scroll, empty, list, card, reads, spoken] =
    [".pg-legend", ".pg-chat-scroll", ".pg-chat-empty", ".pg-chat-turns", ".pg-chat-card", ".pg-chat-reads", ".pg-visually-hidden"].map(part);
  const state = { run: null, turns: [], scale: "probability", done: true, wanted: null, follow: true };
  const wide = window.matchMedia("(min-width: 900px)");
  reads.open = wide.matches;

  const turnOf = (chip) => state.turns.find((turn) => turn.id === Number(chip.closest(".pg-turn").dataset.turn));
  const tokenOf = (chip) => turnOf(chip).tokens[Number(chip.dataset.position)];
  const chips = () => [...list.querySelectorAll(".pg-chip")];

  const drawLegend = () => {
    const menu = make("span", "pg-scales");
    menu.setAttribute("role", "group");
    menu.setAttribute("aria-label", say("shared.tokens.colour_by"));
    Object.entries(scales).forEach(([name, scale]) => {
      const choice = button(scale.title, "", () => {
        state.scale = name;
        chips().filter((chip) => isJudged(tokenOf(chip))).forEach((chip) => (chip.dataset.level = levelOf(name, tokenOf(chip))));
        drawLegend();
        legend.querySelector('[aria-pressed="true"]').focus();
      }, "pg-toggle");
      choice.setAttribute("aria-pressed", String(name === state.scale));
      menu.append(choice);
    });
    const samples = make("span", "pg-samples");
    samples.append(...levelSamples(scales[state.scale]));
    legend.replaceChildren(menu, samples);
  };

  const addChip = (box, token, position) => {
    const chip = chipFor(token, state.scale);
    chip.dataset.position = position;
    if (!box.lastChild) chip.classList.add("pg-head");
    if (box.lastChild && chip.classList.contains("pg-head")) box.lastChild.classList.add("pg-tail");
    box.append(chip);
  };

  const edit = (turn, role, box, text) => {
    const back = box.querySelector(".pg-turn-text");
    const open = editor(text, say(role === "answer" ? "text.chat.edit_answer" : "text.chat.edit_message"),
      (written) => trigger("edit", { turn: turn.id, role, text: written }),
      () => {
        open.replaceWith(back);
        box.querySelector(".pg-turn-edit").focus();
      });
    back.replaceWith(open);
    open.querySelector("textarea").focus();
  };

  const pager = (turn) => {
    const place = turn.siblings.indexOf(turn.id);
    const box = make("span", "pg-turn-pager");
    const step = (to, sign, words) => {
      const one = button(sign, say(words), () => trigger("walk", { turn: turn.siblings[to] }), "pg-turn-tool");
      one.disabled = !(to in turn.siblings);
      return one;
    };
    box.append(step(place - 1, "‹", "text.chat.previous"), say("text.chat.place", { place: place + 1, count: turn.siblings.length }), step(place + 1, "›", "text.chat.following"));
    return box;
  };

  const drawTurn = (turn, isLast) => {
    const item = make("li", "pg-turn");
    item.dataset.turn = turn.id;
    const asked = make("div", "pg-turn-message");
    asked.append(make("p", "pg-turn-who", say("text.chat.you")), make("p", "pg-turn-text", turn.message));
    const tools = make("p", "pg-turn-tools");
    if (turn.siblings.length > 1) tools.append(pager(turn));
    tools.append(button(say("text.chat.edit"), say("text.chat.edit_message"), () => edit(turn, "message", asked, turn.message), "pg-turn-tool pg-turn-edit"));
    asked.append(tools);
    const answer = make("div", "pg-turn-answer");
    const text = make("p", "pg-turn-text");
    turn.tokens.forEach((token, position) => addChip(text, token, position));
    if (isLast && !state.done) text.classList.add("pg-turn-growing");
    answer.append(make("p", "pg-turn-who", say("text.chat.model")), text);
    if (state.done || !isLast) {
      const own = make("p", "pg-turn-tools");
      own.append(button(say("text.chat.again"), "", () => trigger("again", { turn: turn.id }), "pg-turn-tool"));
      const words = () => turn.tokens.filter((token) => !token.special).map((token) => token.text).join("").trim();
      own.append(button(say("text.chat.edit"), say("text.chat.edit_answer"), () => edit(turn, "answer", answer, words()), "pg-turn-tool pg-turn-edit"));
      if (isLast && ["length", "stopped"].includes(turn.finish_reason)) own.append(button(say("text.generate.more"), "", () => trigger("more", { turn: turn.id }), "pg-turn-tool"));
      own.append(make("span", "pg-turn-caption", turn.caption));
      answer.append(own);
    }
    item.append(asked, answer);
    item.dataset.signature = signature(turn, isLast, state.done || !isLast);
    return item;
  };

  const drawTurns = () => {
    const before = new Map([...list.children].map((item) => [item.dataset.signature, item]));
    const items = state.turns.map((turn, place) => {
      const isLast = place === state.turns.length - 1;
      return before.get(signature(turn, isLast, state.done || !isLast)) || drawTurn(turn, isLast);
    });
    const hadFocus = list.contains(document.activeElement);
    items.forEach((item, place) => list.children[place] !== item && list.insertBefore(item, list.children[place] || null));
    [...list.children].slice(items.length).forEach((item) => item.remove());
    if (held.pinned && !held.pinned.isConnected) held.pin(null);
    if (!held.entry || !held.entry.isConnected) held.enterAt(chips()[0] || null);
    if (hadFocus && !list.contains(document.activeElement)) (chips().at(-1) || scroll).focus({ preventScroll: true });
  };

  const drawReads = (pieces) => {
    const hint = reads.querySelector(".pg-hint");
    hint.textContent = pieces.length ? say("text.chat.reads_count", { count: pieces.length }) : say("text.chat.reads_nothing");
    part(".pg-chat-template").replaceChildren(...pieces.map(([text, special]) => make("span", special ? "pg-control" : "", text)));
  };

  const drawEmpty = (starters, untouched) => {
    empty.hidden = state.turns.length > 0 && !untouched;
    if (empty.hidden || empty.children.length) return;
    const row = make("p", "pg-actions");
    starters.forEach((text) => row.append(button(text, "", () => trigger("say", { text }))));
    empty.append(make("p", "", say("text.chat.empty")), row);
  };

  // The card of a token.
  const force = (chip, id) => {
    state.wanted = Number(chip.dataset.position);
    trigger("force", { turn: turnOf(chip).id, position: state.wanted, id });
  };
  const drawCard = (chip) => {
    const close = button("×", say("shared.tokens.release_title"), () => held.release(), "pg-close");
    close.setAttribute("aria-label", say("shared.tokens.release"));
    card.replaceChildren(...cardParts(tokenOf(chip), "output", Number(chip.dataset.position), false, (id) => force(chip, id), turnOf(chip).tokens), close);
    card.classList.add("pg-filled");
  };
  const held = chipHolder(root, card, (chip) => drawCard(chip), () => card.classList.remove("pg-filled"));
  const choose = (chip) => held.pin(held.pinned === chip ? null : chip);

  const draw = () => {
    const value = given(props);
    if (!value) return;
    const last = state.turns.at(-1);
    if (value.turns) {
      const kept = value.run === state.run && last && last.tokens.length > value.tokens.length ? last.tokens : value.tokens;
      state.turns = value.turns.map((turn, place) => (place === value.turns.length - 1 ? { ...turn, tokens: kept } : turn));
      Object.assign(state, { run: value.run, done: value.done });
      drawTurns();
      drawReads(value.reads);
      drawEmpty(value.starters, value.untouched);
    } else if (value.run === state.run && last && value.start <= last.tokens.length) {
      const text = list.lastElementChild.querySelector(".pg-turn-answer .pg-turn-text");
      value.tokens.slice(last.tokens.length - value.start).forEach((token) => {
        last.tokens.push(token);
        addChip(text, token, last.tokens.length - 1);
      });
    }
    root.setAttribute("aria-busy", String(!state.done));
    const count = state.turns.at(-1)?.tokens.length || 0;
    spoken.textContent = !state.turns.length ? "" : state.done ? say("text.chat.answered", { count }) : say("text.chat.writing");
    if (state.follow) scroll.scrollTop = scroll.scrollHeight;
    const forced = state.done && state.wanted !== null && list.lastElementChild?.querySelectorAll(".pg-chip")[state.wanted];
    if (forced) {
      state.wanted = null;
      held.enterAt(forced);
      if (document.activeElement === document.body) forced.focus({ preventScroll: true });
    }
  };

  const chipOf = (event) => event.target.closest(".pg-turn .pg-chip");
  scroll.addEventListener("scroll", () => (state.follow = scroll.scrollTop + scroll.clientHeight > scroll.scrollHeight - 24), { passive: true });
  const look = (event) => {
    const chip = chipOf(event);
    if (chip && !held.pinned) drawCard(chip);
  };
  list.addEventListener("pointerover", look);
  root.addEventListener("pointerleave", () => !held.pinned && card.classList.remove("pg-filled"));
  list.addEventListener("focusin", (event) => {
    if (chipOf(event)) held.enterAt(chipOf(event));
    look(event);
  });
  list.addEventListener("click", (event) => {
    const chip = chipOf(event);
    if (chip && window.getSelection().isCollapsed) choose(chip);
  });
  chipKeys(root, card, held, { chipOf, chips, choose });
  drawLegend();
  watch("value", draw);
  draw();
};
