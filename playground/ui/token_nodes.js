// Chips of tokens as nodes: filled, coloured, one of them pinned and one the place in the tab order.
import { make } from "./dom.js";
import { describe, flowing, isJudged, levelOf } from "./token_chip.js";

// Fills a chip. The space before a word is not tinted: words keep apart, and no tint sticks out at a line's end.
const fill = (chip, token) => {
  const text = flowing(token);
  const space = /^[ \t]+(?=\S)/.exec(text);
  if (space) chip.append(space[0]);
  const tint = make("span", "pg-tint");
  text.slice(space ? space[0].length : 0).split("\n").forEach((line, index) => {
    if (index) tint.append(make("span", "pg-break", "↵"), document.createElement("br"));
    tint.append(line);
  });
  chip.append(tint);
  chip.classList.toggle("pg-head", Boolean(space));
};

/**
 * The chip of a token, not in the tab order yet.
 * @param {object} token
 * @param {string} scale of its colour
 */
export const chipFor = (token, scale) => {
  const chip = make("span", "pg-chip");
  chip.setAttribute("role", "button");
  chip.setAttribute("aria-label", describe(token));
  chip.tabIndex = -1;
  if (isJudged(token)) chip.dataset.level = levelOf(scale, token);
  if (token.special) chip.classList.add("pg-special");
  if (token.forced) chip.classList.add("pg-forced");
  fill(chip, token);
  return chip;
};

/** The samples of a scale's levels, for a legend. */
export const levelSamples = (scale) => scale.names.map((name, index) => {
  const sample = make("span", "pg-chip pg-legend-chip pg-head pg-tail");
  sample.dataset.level = scale.levels[index];
  sample.append(make("span", "pg-tint", name));
  return sample;
});

// The card at the bottom of a narrow screen must not cover its token.
const uncover = (card, chip) => {
  const sheet = getComputedStyle(card).position === "fixed" ? card.offsetHeight : 0;
  const hidden = chip.getBoundingClientRect().bottom + 12 - (window.innerHeight - sheet);
  if (sheet && hidden > 0) window.scrollBy({ top: hidden });
};

/**
 * What chips are held: the pinned one, whose card stays, and the one in the tab order (entry).
 * @param {Element} root
 * @param {Element} card
 * @param {function(Element): void} drawCard
 * @param {function(): void} [letGo] when no chip is pinned any more
 */
export const chipHolder = (root, card, drawCard, letGo = () => {}) => {
  const held = { pinned: null, entry: null };
  held.pin = (chip) => {
    held.pinned?.classList.remove("pg-pinned");
    held.pinned?.removeAttribute("aria-pressed");
    held.pinned = chip;
    root.classList.toggle("pg-holding", Boolean(chip));
    if (!chip) return letGo();
    chip.classList.add("pg-pinned");
    chip.setAttribute("aria-pressed", "true");
    drawCard(chip);
    return uncover(card, chip);
  };
  held.release = () => {
    const back = held.pinned;
    held.pin(null);
    back?.focus({ preventScroll: true });
  };
  held.enterAt = (chip) => {
    if (held.entry) held.entry.tabIndex = -1;
    held.entry = chip;
    if (chip) chip.tabIndex = 0;
  };
  return held;
};

/**
 * The keys among chips and the rows of the card: arrows, Home and End move, Enter and Space choose, Escape releases.
 * @param {Element} root
 * @param {Element} card
 * @param {object} held of chipHolder
 * @param {{chipOf: function(Event): Element|null, chips: function(): Element[], choose: function(Element): void}} which
 */
export const chipKeys = (root, card, held, { chipOf, chips, choose }) => root.addEventListener("keydown", (event) => {
  const chip = chipOf(event);
  const row = event.target.closest("button.pg-alternative");
  const along = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
  const down = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const go = (places, from, step) => {
    event.preventDefault();
    places[Math.max(0, Math.min(places.length - 1, places.indexOf(from) + step))]?.focus();
  };
  if (event.key === "Escape" && held.pinned) held.release();
  else if (chip && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    choose(chip);
  } else if (chip && along) go(chips(), chip, along);
  else if (row && down) go([...card.querySelectorAll("button.pg-alternative")], row, down);
});
