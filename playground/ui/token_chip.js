// One token: its level on a colour scale, its text in flowing text and alone, and its card.
import { restOfWord, visible } from "./characters.js";
import { make } from "./dom.js";
import { percent } from "./numbers.js";
import { say, sayInto } from "./say.js";

// For each scale: its name, its meaning, its levels' names, and a token's level (0 is expected, 4 is surprising). Ranks are binned as in GLTR (Gehrmann et al. 2019, arXiv:1906.04043), which has no fifth bin.
const binOf = (limits, value) => limits.filter((limit) => value >= limit).length;
const scales = {
  probability: {
    title: say("shared.token.probability"),
    meaning: say("shared.token.probability_meaning"),
    names: ["90–100 %", "50–90 %", "20–50 %", "5–20 %", "0–5 %"],
    levels: [0, 1, 2, 3, 4],
    bin: (token) => 4 - binOf([0.05, 0.2, 0.5, 0.9], token.probability),
  },
  surprisal: {
    title: say("shared.token.surprisal"),
    meaning: say("shared.token.surprisal_meaning"),
    names: [say("shared.token.bits_lowest"), "1–3", "3–6", "6–10", say("shared.token.bits_highest")],
    levels: [0, 1, 2, 3, 4],
    bin: (token) => binOf([1, 3, 6, 10], token.surprisal_bits),
  },
  rank: {
    title: say("shared.token.rank"),
    meaning: say("shared.token.rank_meaning"),
    names: [say("shared.token.top_10"), say("shared.token.top_100"), say("shared.token.top_1000"), say("shared.token.beyond")],
    levels: [0, 1, 3, 4],
    bin: (token) => binOf([11, 101, 1001], token.rank),
  },
};
const levelOf = (scale, token) => scales[scale].levels[scales[scale].bin(token)];

const isJudged = (token) => token.probability !== null && token.probability !== undefined;
const quoted = (token) => "“" + visible(token.text, token.bytes) + "”";

// A token's text within flowing text. Characters that change the writing direction or have no shape appear as codes.
const flowing = (token) => {
  const text = (token.text || (token.bytes ? "⟨" + token.bytes + "⟩" : "∅")).replace(/\r\n/g, "\n");
  const signs = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
  // eslint-disable-next-line no-misleading-character-class -- each of these characters alone has no shape
  const shapeless = /^[\u200b-\u200d\u2060\ufe0f\ufeff\u00ad]+$/.test(text) ? /./gu : signs;
  return text.replace(shapeless, (sign) => "⟨" + sign.codePointAt(0).toString(16).padStart(4, "0") + "⟩");
};

const describe = (token) => {
  if (!isJudged(token)) return say("shared.token.describe_first", { token: quoted(token) });
  const values = { token: quoted(token), probability: percent(token.probability), rank: token.rank };
  return token.forced ? say("shared.token.describe_forced", values) : say("shared.token.describe", values);
};

// What the model and the sampler thought of a token, in sentences.
const explain = (token) => {
  if (!isJudged(token)) return [make("p", "", say("shared.token.first"))];
  const model = sayInto(make("p"), "shared.token.model", {
    probability: make("b", "", percent(token.probability)),
    rank: make("b", "", token.rank.toLocaleString("en")),
    bits: make("b", "", token.surprisal_bits.toFixed(2)),
  });
  if (token.sampled_probability === null || token.sampled_probability === undefined) return [model];
  const probability = percent(token.sampled_probability);
  const isCut = token.sampled_probability === 0;
  if (!token.forced) return [model, make("p", "", say("shared.token.sampler", { probability }))];
  return [model, make("p", "", isCut ? say("shared.token.forced_cut") : say("shared.token.forced", { probability }))];
};

const alternativeRow = (other, token, widest, readonly, onForce) => {
  const own = other.id === token.id;
  const row = make(own || readonly ? "div" : "button", "pg-alternative" + (own ? " pg-own" : ""));
  const bar = make("span", "pg-bar");
  bar.style.inlineSize = Math.max(0.5, (100 * other.probability) / widest) + "%";
  row.append(bar, make("span", "pg-alternative-text", visible(other.text, other.bytes)));
  if (own) {
    row.append(make("span", "pg-own-sign", token.forced ? say("shared.tokens.forced") : say("shared.token.in_text")));
    row.setAttribute("aria-current", "true");
  }
  row.append(make("span", "pg-number", percent(other.probability)));
  if (row.tagName === "BUTTON") {
    row.type = "button";
    row.addEventListener("click", () => onForce(other.id));
  }
  const item = make("li");
  item.append(row);
  return item;
};

const alternativeList = (token, readonly, onForce) => {
  const list = make("ol", "pg-alternatives");
  const known = token.alternatives.some((other) => other.id === token.id);
  const entries = known ? token.alternatives : [...token.alternatives, token];
  const widest = Math.max(...entries.map((other) => other.probability), 1e-12);
  entries.forEach((other) => list.append(alternativeRow(other, token, widest, readonly, onForce)));
  if (!known) list.lastChild.classList.add("pg-far");
  return list;
};

// A token's text, and in brackets what completes it to its word: “gover(ness)”.
const titleOf = (token, tokens) => {
  const [before, after] = restOfWord(tokens.map((one) => one.text || ""), tokens.indexOf(token));
  const rest = (letters) => (letters ? [make("span", "pg-card-rest", `(${letters})`)] : []);
  const title = make("p", "pg-card-title");
  title.append("“", ...rest(before), visible(token.text, token.bytes), ...rest(after), "”");
  return title;
};

// tokens: of the text around the token, which is one of them.
const card = (token, part, position, readonly, onForce, tokens = [token]) => {
  const values = { position: position + 1, id: token.id };
  const where = part === "prompt"
    ? (token.special ? say("shared.token.where_prompt_control", values) : say("shared.token.where_prompt", values))
    : (token.special ? say("shared.token.where_control", values) : say("shared.token.where", values));
  const parts = [titleOf(token, tokens), make("p", "pg-card-where", where), ...explain(token)];
  if (!isJudged(token)) return parts;
  parts.push(make("p", "pg-card-heading", say("shared.token.alternatives")));
  if (!readonly) parts.push(make("p", "pg-hint", part === "prompt" ? say("shared.token.force_prompt") : say("shared.token.force")));
  parts.push(alternativeList(token, readonly, onForce));
  return parts;
};

export { scales, levelOf, isJudged, flowing, describe, card as cardParts };
