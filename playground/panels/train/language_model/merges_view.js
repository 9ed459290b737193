// Byte-pair merges: a passage in boxes, one per token, after as many merges as the slider says. It is cut in the page, as it is typed.
import { visible } from "../../../ui/characters.js";
import { make } from "../../../ui/dom.js";
import { player } from "../../../ui/player.js";
import { say } from "../../../ui/say.js";
import { given } from "../../../ui/value.js";

const FIRST = 120; // merges in the list at first
const LONGEST_PASSAGE = 1500; // characters
// As in data/bpe.py: the pieces that merges never cross.
const WORDS = /'(?:s|t|d|m|ll|re|ve)(?![\p{L}\p{N}])| ?[\p{L}\p{N}]+| ?[^\s\p{L}\p{N}]+|\n+|[^\S\n]+(?!\S)|\s/gu;
const decoder = new TextDecoder("utf-8", { fatal: true });

// Bytes as text, or as hexadecimal in angle brackets where they are no whole character.
const readable = (bytes) => {
  try {
    return visible(decoder.decode(Uint8Array.from(bytes)));
  } catch {
    return "⟨" + [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ") + "⟩";
  }
};
const ofHex = (hex) => (hex.match(/../g) || []).map((pair) => parseInt(pair, 16));
// How many characters begin in these bytes: continuation bytes do not count.
const charactersIn = (bytes) => bytes.filter((byte) => (byte & 0xc0) !== 0x80).length;

/**
 * A passage's tokens after some merges.
 * @param {{bytes: number[], gone: number[]}} passage gone: the merge that removes the border after each byte, 0 for none
 * @param {number} count of merges
 * @returns {[number[], boolean][]} bytes of each token, and whether the last merge joined them
 */
export const tokensAfter = ({ bytes, gone }, count) => {
  const pieces = [];
  let [begin, fresh] = [0, false];
  bytes.forEach((_, place) => {
    const merge = gone[place] || 0;
    if (merge && merge === count) fresh = true;
    if (place + 1 < bytes.length && merge && merge <= count) return;
    pieces.push([bytes.slice(begin, place + 1), fresh]);
    [begin, fresh] = [place + 1, false];
  });
  return pieces;
};

// For each border between two bytes of a word, the merge that removes it (from 1 on); 0: it stays.
const goneIn = (bytes, ranks) => {
  const gone = Array(Math.max(0, bytes.length - 1)).fill(0);
  const parts = bytes.map((byte) => byte.toString(16).padStart(2, "0"));
  const ends = bytes.map((_, place) => place + 1);
  const rankAt = (at) => ranks.get(parts[at] + " " + parts[at + 1]) ?? Infinity;
  for (;;) {
    let rank = Infinity;
    for (let at = 0; at + 1 < parts.length; at += 1) rank = Math.min(rank, rankAt(at));
    if (rank === Infinity) return gone;
    for (let at = 0; at + 1 < parts.length; at += 1) {
      if (rankAt(at) !== rank) continue;
      gone[ends[at] - 1] = rank + 1;
      parts.splice(at, 2, parts[at] + parts[at + 1]);
      ends.splice(at, 1);
    }
  }
};

/**
 * Cuts a passage by merges, as BpeTokenizer.gone_at of data/bpe.py does.
 * @param {string} text
 * @param {[string, string][]} merges of hexadecimal bytes, in the order learned
 * @returns {{bytes: number[], gone: number[]}} gone: one fewer than bytes
 */
export const cut = (text, merges) => {
  const ranks = new Map();
  merges.forEach(([left, right], at) => ranks.has(left + " " + right) || ranks.set(left + " " + right, at));
  const [bytes, gone] = [[], []];
  for (const [word] of text.matchAll(WORDS)) {
    const own = [...new TextEncoder().encode(word)];
    bytes.push(...own);
    gone.push(0, ...goneIn(own, ranks)); // 0: the border before the word
  }
  return { bytes, gone: gone.slice(1) };
};

/** A passage as texts are learned from: NFC, Unix line ends, no control characters. */
export const clean = (text) => text.replace(/\r\n?/g, "\n").normalize("NFC").replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "").trim();

export const merges = ({ element, props, watch }) => {
  const part = (name) => element.querySelector(".pg-merges" + name);
  const [slider, now, counts, text, list, more, passage, limit] = ["-slider", "-now", "-counts", "-text", "-list", "-more", "-passage", "-limit"].map(part);
  let [value, at, listed, totals, id, cutPassage] = [null, 0, FIRST, [], "", null];
  let isOwn = false; // the visitor has typed a passage: new merges cut it, too

  const describe = ([left, right]) => {
    const words = { left: readable(ofHex(left)), right: readable(ofHex(right)), joined: readable(ofHex(left + right)) };
    return say("train.language_model.bpe.merge", words);
  };
  const drawText = () => {
    const pieces = tokensAfter(cutPassage, at);
    text.replaceChildren(...pieces.flatMap(([bytes, fresh]) => {
      const box = make("span", "pg-merges-token" + (fresh ? " pg-merges-fresh" : ""), readable(bytes));
      box.dataset.size = Math.min(4, bytes.length);
      return bytes.includes(10) ? [box, make("br")] : [box];
    }));
    const characters = charactersIn(cutPassage.bytes);
    const whole = totals[at];
    counts.textContent = say("train.language_model.bpe.counts", {
      tokens: pieces.length, characters, each: (characters / pieces.length).toFixed(2), all_tokens: whole,
      all_each: (value.characters / whole).toFixed(2),
    });
  };
  const draw = () => {
    slider.value = at;
    const merge = value.merges[at - 1];
    now.textContent = merge
      ? say("train.language_model.bpe.now", { number: at, total: value.merges.length, merge: describe(merge), count: merge[2] })
      : say("train.language_model.bpe.before");
    slider.setAttribute("aria-valuetext", now.textContent);
    drawText();
    list.querySelectorAll("[aria-current]").forEach((button) => button.removeAttribute("aria-current"));
    const row = list.children[at - 1];
    if (row) row.firstChild.setAttribute("aria-current", "true");
  };
  const go = (count) => {
    at = Math.max(0, Math.min(value.merges.length, count));
    draw();
  };
  const drawList = () => {
    list.replaceChildren(...value.merges.slice(0, listed).map((merge, index) => {
      const row = make("li");
      const button = make("button", "pg-merges-merge");
      button.type = "button";
      button.append(make("span", "pg-number", String(index + 1)), make("span", "pg-merges-joined", readable(ofHex(merge[0] + merge[1]))));
      button.append(make("span", "pg-merges-seen", merge[2].toLocaleString("en") + "×"));
      button.setAttribute("aria-label", say("train.language_model.bpe.one", { number: index + 1, merge: describe(merge), count: merge[2] }));
      button.title = describe(merge);
      button.addEventListener("click", () => go(index + 1));
      row.append(button);
      return row;
    }));
    more.hidden = listed >= value.merges.length;
  };
  // From here, or from the start again, faster and faster: the first merges change most.
  const film = player({
    element, slider, button: part("-play"), paint: () => go(Number(slider.value)), wait: () => 180,
    next: (count) => count + Math.max(1, Math.floor(count / 25)),
  }, [say("train.language_model.bpe.play"), say("shared.stop")]);
  slider.addEventListener("input", () => {
    film.stop();
    go(Number(slider.value));
  });
  part("-back").addEventListener("click", () => go(at - 1));
  part("-on").addEventListener("click", () => go(at + 1));
  more.addEventListener("click", () => {
    listed += 10 * FIRST;
    drawList();
    draw();
  });
  part("-play").addEventListener("click", film.toggle);
  // Without words of the visitor's, the learned text's own first sentences.
  const cutAgain = () => {
    const own = clean(passage.value);
    limit.textContent = own.length > LONGEST_PASSAGE ? say("train.language_model.bpe.too_long", { most: LONGEST_PASSAGE }) : "";
    cutPassage = cut(own.slice(0, LONGEST_PASSAGE) || value.passage, value.merges);
  };
  passage.addEventListener("input", () => {
    isOwn = Boolean(clean(passage.value));
    cutAgain();
    draw();
  });
  let wasLearning = false;
  const open = () => {
    value = given(props);
    element.querySelector(".pg-merges").hidden = !value;
    if (!value) film.stop();
    if (!value) return;
    totals = [value.tokens];
    value.merges.forEach((merge, index) => totals.push(totals[index] - merge[3]));
    slider.max = value.merges.length;
    if (!isOwn) passage.value = value.passage;
    passage.placeholder = value.passage;
    if (value.id !== id) listed = FIRST;
    if (value.id !== id || value.learning || wasLearning) at = value.merges.length;
    id = value.id;
    wasLearning = Boolean(value.learning); // the last merges come with learning at its end
    at = Math.min(at, value.merges.length);
    cutAgain();
    drawList();
    draw();
  };
  watch("value", open);
  open();
};
