// Values with their intervals on one axis: a table whose middle column is drawn.
import { corrected, onCorrection } from "./corrected_verdicts.js";
import { make } from "./dom.js";
import { say } from "./say.js";
import { given } from "./value.js";

const MARKS = { mean: "◆", control: "○", second: "■", before: "○", "first mean": "◆", "second mean": "◇" };

export const intervals = ({ element, props, trigger, watch }) => {
  const root = element.querySelector(".pg-intervals");
  const part = (name) => root.querySelector(name);
  const [body, head, lines] = [part(".pg-intervals-body"), part("thead"), part("tbody")];
  const place = (axis, number) => Math.max(0, Math.min(100, (100 * (number - axis.low)) / (axis.high - axis.low || 1)));
  const at = (node, left, right) => {
    node.style.left = left + "%";
    if (right !== undefined) node.style.width = Math.max(0, right - left) + "%";
    return node;
  };
  const picture = (value, row) => {
    const { axis } = value;
    const box = make("div", "pg-range");
    box.setAttribute("aria-hidden", "true");
    if (value.band) box.append(at(make("span", "pg-band"), place(axis, value.band[0]), place(axis, value.band[1])));
    if (axis.zero !== null && axis.zero !== undefined) box.append(at(make("span", "pg-zero"), place(axis, axis.zero)));
    if (row.low !== null && row.low !== undefined) box.append(at(make("span", "pg-whisker"), place(axis, row.low), place(axis, row.high)));
    if (row.value !== null && row.value !== undefined) box.append(at(make("span", "pg-dot", MARKS[row.group] || "●"), place(axis, row.value)));
    return box;
  };
  const heading = (text) => {
    const cell = make("th", "", text);
    cell.scope = "col";
    return cell;
  };
  const line = (value, row) => {
    const node = make("tr", (row.group || "").split(" ").filter(Boolean).map((word) => "pg-group-" + word.replace(/[^a-z]/g, "")).join(" "));
    const name = make("th");
    name.scope = "row";
    if (row.key !== undefined && row.key !== null) {
      const button = make("button", "pg-link-button", row.label);
      button.type = "button";
      button.addEventListener("click", () => trigger("pick", { key: row.key }));
      name.append(button);
    } else name.textContent = row.label;
    const drawn = make("td", "pg-range-cell");
    drawn.append(picture(value, row));
    const cells = (row.cells || []).map((text, index) => {
      const cell = make("td", /[a-z]/i.test(text) ? "" : "pg-number", text);
      if (text) cell.dataset.column = (value.columns || [])[index] || ""; // shown on narrow screens, where cells are stacked
      return cell;
    });
    node.append(name, drawn, make("td", "pg-number", row.text), ...cells);
    for (const cell of node.children) cell.setAttribute("role", cell === name ? "rowheader" : "cell");
    node.setAttribute("role", "row");
    return node;
  };
  const draw = () => {
    const value = corrected(given(props));
    body.hidden = !value || !value.rows || !value.rows.length;
    part(".pg-empty").textContent = body.hidden && value ? value.empty || "" : "";
    if (body.hidden) return;
    const { axis } = value;
    part(".pg-intervals-title").textContent = value.title || "";
    // Over the drawn column; on narrow screens, where the head is hidden, above the table.
    const ends = () => [make("span", "", "← " + (axis.left || "")), make("span", "", (axis.right || "") + " →")];
    part(".pg-axis").replaceChildren(...ends());
    part(".pg-axis").hidden = !axis.left && !axis.right;
    const top = make("tr");
    const drawn = heading("");
    if (axis.left || axis.right) drawn.append(make("div", "pg-axis-ends"));
    drawn.firstChild?.append(...ends());
    top.append(heading(value.name || ""), drawn, heading(say("shared.interval_chart.value")), ...(value.columns || []).map(heading));
    head.replaceChildren(top);
    part("table").setAttribute("role", "table");
    lines.replaceChildren(...value.rows.map((row) => line(value, row)));
    part(".pg-hint").textContent = value.hint || "";
  };
  watch("value", draw);
  onCorrection(element, draw);
  draw();
};
