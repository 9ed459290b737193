// What gender each occupation was given: a table to sort and to filter.
(() => {
  const playground = (window.playground = window.playground || {});
  const SAID = { he: "he", she: "she", none: "nothing" };

  playground.genderTable = (element, props, trigger, watch) => {
    const { make, given, percent } = playground;
    const root = element.querySelector(".pg-genders");
    const part = (name) => root.querySelector(".pg-genders-" + name);
    const [wording, order, filter, find] = ["wording", "order", "filter", "find"].map(part);
    const [head, body] = [part("table").querySelector("thead"), part("table").querySelector("tbody")];
    let value = null;
    let direction = null;

    const answer = (row, said) => row.answers.find((one) => one.said === said && one.wording === Number(wording.value));
    const cell = (row, said) => {
      const one = answer(row, said);
      const box = make("td", "pg-gender-cell");
      box.dataset.label = value.columns[said];
      if (!one) {
        box.append(make("span", "pg-hint", "–"));
        return box;
      }
      const mark = !one.counts ? "○" : one.followed === true ? "✓" : one.followed === false ? "✗" : "";
      const button = make("button", "pg-gender-button" + (one.followed === false ? " pg-gender-not" : ""));
      button.type = "button";
      const track = make("span", "pg-share-track");
      const fill = make("span", "pg-share-fill");
      fill.style.width = 100 * one.feminine + "%";
      track.append(fill);
      const line = make("span", "pg-gender-line");
      line.append(make("span", "pg-gender-mark", mark), track, make("span", "pg-number", percent(one.feminine)));
      button.append(line, make("span", "pg-gender-text", one.translation));
      button.setAttribute("aria-label", one.text + " " + percent(one.feminine) + " feminine. " + one.translation +
        (one.followed === false ? " Not followed." : one.followed ? " Followed." : one.counts ? "" : " Does not count."));
      button.title = one.text;
      button.addEventListener("click", () => trigger("pick", { text: one.text, direction: value.direction }));
      box.append(button);
      return box;
    };
    const keeps = (row) => {
      const words = (row.name + " " + row.forms).toLowerCase();
      if (!words.includes(find.value.trim().toLowerCase())) return false;
      if (filter.value === "all") return true;
      const one = answer(row, filter.value);
      if (!one || !one.counts) return false;
      return filter.value === "none" ? one.feminine > 0.5 : one.followed === false;
    };
    const show = () => {
      const share = (row) => {
        const one = answer(row, order.value);
        return one ? one.feminine : -1;
      };
      const rows = value.rows.filter(keeps);
      if (order.value !== "name") rows.sort((a, b) => share(b) - share(a));
      const top = make("tr");
      top.append(...[value.name, ...Object.keys(SAID).map((said) => value.columns[said])].map((text) => {
        const cell = make("th", "", text);
        cell.scope = "col";
        return cell;
      }));
      head.replaceChildren(top);
      body.replaceChildren(...rows.map((row) => {
        const line = make("tr");
        const name = make("th", "", row.name);
        name.scope = "row";
        name.append(make("span", "pg-gender-forms", row.forms));
        line.append(name, ...Object.keys(SAID).map((said) => cell(row, said)));
        return line;
      }));
      const rest = value.rows.length < value.total ? `, ${value.rows.length} of ${value.total} measured so far` : "";
      part("count").textContent = `${rows.length} ${rows.length === 1 ? "occupation" : "occupations"} shown${rest}.`;
    };
    const draw = () => {
      value = given(props);
      const some = Boolean(value && value.rows && value.rows.length);
      part("body").hidden = !some;
      root.querySelector(".pg-empty").textContent = !some && value ? value.empty || "" : "";
      if (!some) return;
      if (direction !== value.direction) {
        direction = value.direction;
        wording.replaceChildren(...value.wordings.map((text, index) => Object.assign(make("option", "", text), { value: String(index) })));
      }
      show();
    };
    [wording, order, filter].forEach((select) => select.addEventListener("change", show));
    find.addEventListener("input", show);
    watch("value", draw);
    draw();
  };
})();
