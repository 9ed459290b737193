// The guess which words move most, before the comparison of two sentences is shown.
import { make } from "../../../ui/dom.js";
import { say } from "../../../ui/say.js";
import { given } from "../../../ui/value.js";

export const sentencePairGuess = ({ element, props, trigger, watch }) => {
  const root = element.querySelector(".pg-sentence-pair-guess");
  const part = (name) => root.querySelector(name);
  let [value, picks] = [null, []];
  const count = () => {
    const done = Boolean(value.answer);
    const chosen = picks.length
      ? say("bias.sentence_pair.guess.chosen", { count: picks.length, most: value.most })
      : say("bias.sentence_pair.guess.none_chosen");
    part(".pg-sentence-pair-guess-count").textContent = done ? "" : chosen;
    part(".pg-sentence-pair-guess-reveal").hidden = done;
  };
  const button = (word) => {
    const node = make("button", "pg-sentence-pair-guess-word");
    node.type = "button";
    const picked = (value.answer ? value.picks : picks).includes(word);
    const moved = value.answer && value.movers.includes(word);
    node.setAttribute("aria-pressed", String(picked));
    node.disabled = Boolean(value.answer);
    node.classList.toggle("pg-sentence-pair-guess-moved", Boolean(moved));
    node.textContent = (picked ? "✓ " : "") + word + (moved ? " ↔" : "");
    node.addEventListener("click", () => {
      picks = picks.includes(word) ? picks.filter((one) => one !== word) : [...picks, word].slice(-value.most);
      words();
      const again = [...part(".pg-sentence-pair-guess-words").children].find((other) => other.textContent.replace("✓ ", "") === word);
      if (again) again.focus();
    });
    return node;
  };
  const words = () => {
    part(".pg-sentence-pair-guess-words").replaceChildren(...value.words.map(button));
    count();
  };
  part(".pg-sentence-pair-guess-reveal").addEventListener("click", () => trigger("reveal", { picks }));
  const draw = () => {
    const before = value && value.run;
    value = given(props);
    root.hidden = !value || !value.words || !value.words.length;
    if (root.hidden) return;
    if (value.run !== before) picks = [];
    part(".pg-sentence-pair-guess-question").textContent = value.question;
    part(".pg-sentence-pair-guess-answer").textContent = value.answer || "";
    words();
  };
  watch("value", draw);
  draw();
};
