// The fine print beside a number. Text is only ever set as text.
(() => {
  const playground = (window.playground = window.playground || {});
  const MARKS = { consistent: "●", "depends on wording": "◐", "cannot tell": "○" };

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
      part(".pg-fine-verdict strong").textContent = value.verdict;
      part("dl").replaceChildren(...value.rows.flatMap((row) => [make("dt", "", row.name), make("dd", "", row.text)]));
      part("h5").hidden = !value.known.length;
      part("ul").replaceChildren(...value.known.map((known) => {
        const line = make("li", "", known.text + " ");
        const link = make("a", "", known.title);
        if (known.url.startsWith("https://")) Object.assign(link, { href: known.url, target: "_blank", rel: "noopener noreferrer" });
        line.append(link);
        return line;
      }));
      part(".pg-fine-visit").textContent = value.visit;
    };
    watch("value", draw);
    draw();
  };

  playground.visit = (element, props, trigger, watch) => {
    const { make, given } = playground;
    const root = element.querySelector(".pg-visit");
    const row = (entry) => {
      const line = make("tr");
      const title = make("th");
      title.scope = "row";
      if (entry.query) title.append(Object.assign(make("a", "", entry.title), { href: "?" + entry.query }));
      else title.textContent = entry.title;
      const verdict = (MARKS[entry.verdict] || "") + " " + entry.verdict;
      line.append(title, ...[entry.found, verdict, entry.p, entry.adjusted].map((text) => make("td", "", text)));
      return line;
    };
    const draw = () => {
      const value = given(props) || { summary: "", rows: [] };
      root.querySelector(".pg-visit-summary").textContent = value.summary;
      root.querySelector(".pg-scroll").hidden = !value.rows.length;
      root.querySelector("tbody").replaceChildren(...value.rows.map(row));
    };
    watch("value", draw);
    draw();
  };
})();
