// Byte-pair merges: a passage in boxes, one per token, after as many merges as the slider says.
import { visible } from "../../../ui/characters.js";
import { make } from "../../../ui/dom.js";
import { say } from "../../../ui/say.js";
import { given } from "../../../ui/value.js";

const FIRST = 120; // merges in the list at first
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

export const merges = ({ element, props, watch }) => {
  const part = (name) => element.querySelector(".pg-merges" + name);
  const [slider, now, counts, text, list, more] = ["-slider", "-now", "-counts", "-text", "-list", "-more"].map(part);
  const play = part("-play");
  let [value, at, listed, totals, timer, id] = [null, 0, FIRST, [], 0, ""];

  const describe = ([left, right]) => {
    const words = { left: readable(ofHex(left)), right: readable(ofHex(right)), joined: readable(ofHex(left + right)) };
    return say("train.language_model.bpe.merge", words);
  };
  // The passage's tokens after `count` merges: [bytes, whether the last merge joined them].
  const tokens = (count) => {
    const pieces = [];
    let [begin, fresh] = [0, false];
    value.bytes.forEach((_, place) => {
      const gone = place < value.gone.length ? value.gone[place] : 0;
      if (gone && gone === count) fresh = true;
      if (place + 1 < value.bytes.length && gone && gone <= count) return;
      pieces.push([value.bytes.slice(begin, place + 1), fresh]);
      [begin, fresh] = [place + 1, false];
    });
    return pieces;
  };
  const drawText = () => {
    const pieces = tokens(at);
    text.replaceChildren(...pieces.flatMap(([bytes, fresh]) => {
      const box = make("span", "pg-merges-token" + (fresh ? " pg-merges-fresh" : ""), readable(bytes));
      box.dataset.size = Math.min(4, bytes.length);
      return bytes.includes(10) ? [box, make("br")] : [box];
    }));
    const characters = charactersIn(value.bytes);
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
  const rest = () => {
    clearInterval(timer);
    timer = 0;
    play.textContent = say("train.language_model.bpe.play");
  };
  slider.addEventListener("input", () => {
    rest();
    go(Number(slider.value));
  });
  part("-back").addEventListener("click", () => go(at - 1));
  part("-on").addEventListener("click", () => go(at + 1));
  more.addEventListener("click", () => {
    listed += 10 * FIRST;
    drawList();
    draw();
  });
  // From here, or from the start again, faster and faster: the first merges change most.
  play.addEventListener("click", () => {
    if (timer) {
      rest();
      return;
    }
    if (at >= value.merges.length) go(0);
    play.textContent = say("shared.stop");
    timer = setInterval(() => {
      if (!element.isConnected || at >= value.merges.length) rest();
      else go(at + Math.max(1, Math.floor(at / 25)));
    }, 180);
  });
  let wasLearning = false;
  const open = () => {
    value = given(props);
    element.querySelector(".pg-merges").hidden = !value;
    if (!value) rest();
    if (!value) return;
    totals = [value.tokens];
    value.merges.forEach((merge, index) => totals.push(totals[index] - merge[3]));
    slider.max = value.merges.length;
    if (value.id !== "passage" && (value.id !== id || value.learning || wasLearning)) { // another passage keeps the place
      if (value.id !== id) listed = FIRST;
      id = value.id;
      at = value.merges.length;
    }
    if (value.id !== "passage") wasLearning = Boolean(value.learning); // the last merges come with learning at its end
    at = Math.min(at, value.merges.length);
    drawList();
    draw();
  };
  watch("value", open);
  open();
};
