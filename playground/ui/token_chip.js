// One token: its level on a colour scale, its text as it flows and as it stands alone, what the model thought of it.
(() => {
  const playground = (window.playground = window.playground || {});

  // For each scale: its name, what it means, what its levels are called, and the level of a token (0 is expected,
  // 4 is a surprise). Ranks are binned as in GLTR (Gehrmann et al. 2019, arXiv:1906.04043), which has no fifth bin.
  const binOf = (limits, value) => limits.filter((limit) => value >= limit).length;
  const scales = {
    probability: {
      title: "Probability",
      meaning: "The probability that the model gave each token, before the sampler",
      names: ["90–100 %", "50–90 %", "20–50 %", "5–20 %", "0–5 %"],
      levels: [0, 1, 2, 3, 4],
      bin: (token) => 4 - binOf([0.05, 0.2, 0.5, 0.9], token.probability),
    },
    surprisal: {
      title: "Surprise",
      meaning: "How surprised the model was by each token, in bits: −log2 of its probability",
      names: ["0–1 bits", "1–3", "3–6", "6–10", "10 and more"],
      levels: [0, 1, 2, 3, 4],
      bin: (token) => binOf([1, 3, 6, 10], token.surprisal_bits),
    },
    rank: {
      title: "Rank",
      meaning: "The place of each token among the model's guesses, the likeliest first",
      names: ["top 10", "top 100", "top 1,000", "beyond"],
      levels: [0, 1, 3, 4],
      bin: (token) => binOf([11, 101, 1001], token.rank),
    },
  };
  const levelOf = (scale, token) => scales[scale].levels[scales[scale].bin(token)];

  const isJudged = (token) => token.probability !== null && token.probability !== undefined;
  const ordinal = (number) => {
    const ending = number % 100 >= 11 && number % 100 <= 13 ? "th" : { 1: "st", 2: "nd", 3: "rd" }[number % 10] || "th";
    return number.toLocaleString("en") + ending;
  };
  const quoted = (token) => "“" + playground.visible(token.text, token.bytes) + "”";

  // As it stands in flowing text: what turns the writing direction or has no shape is shown as its code, not obeyed.
  const flowing = (token) => {
    const text = (token.text || (token.bytes ? "⟨" + token.bytes + "⟩" : "∅")).replace(/\r\n/g, "\n");
    const signs = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
    const shapeless = /^[\u200b-\u200d\u2060\ufe0f\ufeff\u00ad]+$/.test(text) ? /./gu : signs;
    return text.replace(shapeless, (sign) => "⟨" + sign.codePointAt(0).toString(16).padStart(4, "0") + "⟩");
  };

  const describe = (token) => {
    if (!isJudged(token)) return quoted(token) + ", the first token";
    const facts = [quoted(token), playground.percent(token.probability), "rank " + token.rank];
    return facts.concat(token.forced ? ["forced"] : []).join(", ");
  };

  // What the model thought of a token, in sentences.
  const story = (token) => {
    const { make, percent } = playground;
    if (!isJudged(token)) return [make("p", "", "Nothing comes before the first token, so the model had nothing to bet on.")];
    const model = make("p", "", "The model gave this token ");
    model.append(make("b", "", percent(token.probability)), ": its ", make("b", "", ordinal(token.rank)), " choice. Surprise ");
    model.append(make("b", "", token.surprisal_bits.toFixed(2) + " bits"), ".");
    if (token.sampled_probability === null || token.sampled_probability === undefined) return [model];
    const share = percent(token.sampled_probability);
    const cut = token.sampled_probability === 0;
    if (token.forced) {
      return [model, make("p", "", "Forced here: " + (cut ? "the sampler had cut it." : "the sampler would have drawn it with " + share + "."))];
    }
    return [model, make("p", "", "After the sampler's stages it had " + share + ".")];
  };

  const alternativeRow = (other, token, widest, readonly, onForce) => {
    const { make, percent, visible } = playground;
    const own = other.id === token.id;
    const row = make(own || readonly ? "div" : "button", "pg-alternative" + (own ? " pg-own" : ""));
    const bar = make("span", "pg-bar");
    bar.style.inlineSize = Math.max(0.5, (100 * other.probability) / widest) + "%";
    row.append(bar, make("span", "pg-alternative-text", visible(other.text, other.bytes)));
    if (own) {
      row.append(make("span", "pg-own-sign", token.forced ? "forced" : "in the text"));
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
    const list = playground.make("ol", "pg-alternatives");
    const known = token.alternatives.some((other) => other.id === token.id);
    const entries = known ? token.alternatives : [...token.alternatives, token];
    const widest = Math.max(...entries.map((other) => other.probability), 1e-12);
    entries.forEach((other) => list.append(alternativeRow(other, token, widest, readonly, onForce)));
    if (!known) list.lastChild.classList.add("pg-far");
    return list;
  };

  const card = (token, part, position, readonly, onForce) => {
    const { make } = playground;
    const where = (part === "prompt" ? "Prompt token " : "Token ") + (position + 1) + " · id " + token.id;
    const title = make("p", "pg-card-title", quoted(token));
    const parts = [title, make("p", "pg-card-where", where + (token.special ? " · control token" : "")), ...story(token)];
    if (!isJudged(token)) return parts;
    parts.push(make("p", "pg-card-heading", "What the model expected here"));
    if (!readonly) {
      parts.push(make("p", "pg-hint", part === "prompt"
        ? "Click one: the prompt is cut here and goes on with it."
        : "Click one to rewind here and force it."));
    }
    parts.push(alternativeList(token, readonly, onForce));
    return parts;
  };

  playground.token = { scales, levelOf, isJudged, flowing, describe, card };
})();
