// A grid of pictures: a table whose cells are buttons. Arrow keys move between cells, Enter chooses one.
import { make } from "../../../ui/dom.js";
import * as pictures from "../../../ui/picture_card.js";
import { moveFocus, setPlace } from "../../../ui/roving.js";
import { say } from "../../../ui/say.js";
import { given } from "../../../ui/value.js";

export const grid = ({ element, props, trigger, watch }) => {
  const root = element.querySelector(".pg-grid");
  const box = element.querySelector(".pg-table-box");
  const table = element.querySelector(".pg-grid-table");
  const [caption, head, body] = ["caption", "thead", "tbody"].map((tag) => table.querySelector(tag));
  const empty = element.querySelector(".pg-empty");
  let run = null;
  let columns = 1;
  let cells = [];

  const heading = (scope, text) => {
    const cell = make("th", "", text);
    cell.scope = scope;
    return cell;
  };
  const cell = (index) => {
    const button = make("button", "pg-grid-cell");
    Object.assign(button, { type: "button", tabIndex: index ? -1 : 0 });
    button.dataset.index = index;
    button.append(make("canvas", "pg-bitmap"));
    return button;
  };
  const build = (value) => {
    run = value.run;
    columns = value.columns.headings.length;
    cells = value.cells.map((_, index) => cell(index));
    caption.textContent = say("images.grid.axes", { rows: value.rows.name, columns: value.columns.name });
    const top = make("tr");
    const corner = make("td", "pg-grid-corner");
    corner.append(make("span", "", value.rows.name + "\u00a0↓"), make("span", "", value.columns.name + "\u00a0→"));
    top.append(corner);
    value.columns.headings.forEach((text) => top.append(heading("col", text)));
    head.replaceChildren(top);
    body.replaceChildren(...value.rows.headings.map((text, row) => {
      const line = make("tr");
      line.append(heading("row", text));
      cells.slice(row * columns, (row + 1) * columns).forEach((button) => {
        const place = make("td");
        place.append(button);
        line.append(place);
      });
      return line;
    }));
    table.style.setProperty("--columns", columns);
  };
  const draw = () => {
    const value = given(props);
    box.hidden = !value || !value.cells;
    empty.textContent = box.hidden && value ? value.empty || "" : "";
    root.setAttribute("aria-busy", String(!box.hidden && !value.done));
    if (box.hidden) return;
    if (value.run !== run) build(value);
    const bitmaps = pictures.bitmaps(value);
    root.classList.toggle("pg-smooth", bitmaps.width > 40);
    value.cells.forEach((picture, index) => {
      const missing = picture < 0;
      const button = cells[index];
      const name = value.names[index];
      button.setAttribute("aria-disabled", String(missing));
      button.setAttribute("aria-label", missing ? say("images.grid.cell_missing", { cell: name }) : name);
      if (missing || button.dataset.drawn) return;
      bitmaps.draw(picture, button.firstChild);
      button.dataset.drawn = "yes";
    });
  };

  table.addEventListener("click", (event) => {
    const button = event.target.closest(".pg-grid-cell");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    cells.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    setPlace(cells, cells.indexOf(button));
    trigger("pick", { index: Number(button.dataset.index) });
  });
  table.addEventListener("keydown", (event) => {
    const place = cells.indexOf(document.activeElement);
    if (place < 0) return;
    const column = place % columns;
    const next = {
      ArrowRight: column + 1 < columns ? place + 1 : place,
      ArrowLeft: column ? place - 1 : place,
      ArrowDown: place + columns,
      ArrowUp: place - columns,
      Home: event.ctrlKey ? 0 : place - column,
      End: event.ctrlKey ? cells.length - 1 : place - column + columns - 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    if (!cells[next]) return;
    moveFocus(cells[place], cells[next]);
  });
  watch("value", draw);
  draw();
};
