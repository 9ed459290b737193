// The fine print beside a measurement. Data is set with textContent only.
(() => {
  const playground = (window.playground = window.playground || {});
  // A mark for each verdict, so that it does not depend on colour.
  const MARKS = (playground.verdictMarks = { consistent: "●", "depends on wording": "◐", "cannot tell": "○" });

  const verdictName = (verdict) => ({
    consistent: playground.say("bias_texts.verdicts.consistent"),
    "depends on wording": playground.say("bias_texts.verdicts.depends_on_wording"),
    "cannot tell": playground.say("bias_texts.verdicts.cannot_tell"),
  })[verdict] || verdict;

  playground.finePrint = (element, props, trigger, watch) => {
    const { make, given } = playground;
    const root = element.querySelector(".pg-fine");
    const part = (name) => root.querySelector(name);
    const draw = () => {
      const value = given(props);
      root.hidden = !value;
      if (!value) return;
      part(".pg-fine-found").textContent = value.found;
      part(".pg-fine-mark").textContent = MARKS[value.verdict] || "";
      part(".pg-fine-verdict strong").textContent = verdictName(value.verdict);
      part("dl").replaceChildren(...value.rows.flatMap((row) => [make("dt", "", row.name), make("dd", "", row.text)]));
      part("h5").hidden = !value.known.length;
      part("ul").replaceChildren(...value.known.map((known) => {
        const line = make("li", "", known.text + " ");
        const link = make("a", "", known.title);
        if (known.url.startsWith("https://")) Object.assign(link, { href: known.url, target: "_blank", rel: "noopener noreferrer" });
        line.append(link);
        return line;
      }));
      part(".pg-fine-session").textContent = value.session;
    };
    watch("value", draw);
    draw();
  };
})();
