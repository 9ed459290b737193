// The guess before two sentences are compared: which words will move most.
(() => {
  const playground = (window.playground = window.playground || {});

  playground.sentencePairGuess = (element, props, trigger, watch) => {
    const { make, given } = playground;
    const root = element.querySelector(".pg-sentence-pair-guess");
    const part = (name) => root.querySelector(name);
    let [value, picks] = [null, []];
    const count = () => {
      const done = Boolean(value.answer);
      part(".pg-sentence-pair-guess-count").textContent = done ? "" : picks.length ? picks.length + " of " + value.most + " chosen" : "Or reveal without a guess.";
      part(".pg-sentence-pair-guess-reveal").hidden = done;
    };
    const button = (word) => {
      const node = make("button", "pg-sentence-pair-guess-word");
      node.type = "button";
      const mine = (value.answer ? value.picks : picks).includes(word);
      const moved = value.answer && value.movers.includes(word);
      node.setAttribute("aria-pressed", String(mine));
      node.disabled = Boolean(value.answer);
      node.classList.toggle("pg-sentence-pair-guess-moved", Boolean(moved));
      node.textContent = (mine ? "✓ " : "") + word + (moved ? " ↔" : "");
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
})();
