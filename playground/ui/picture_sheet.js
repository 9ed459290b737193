// A sheet of thumbnails, each a button; and the card of one picture: enlarged, its numbers, facts, rows of pictures.
import { make } from "./dom.js";
import * as pictures from "./picture_card.js";
import { isStill, player } from "./player.js";
import { inFirstRow, roving } from "./roving.js";
import { say } from "./say.js";
import { sayThatItScrolls } from "./scroll_hint.js";
import { given } from "./value.js";

export const sheet = ({ element, props, trigger, watch }) => {
  const root = element.querySelector(".pg-sheet");
  const grid = element.querySelector(".pg-thumbs");
  const empty = element.querySelector(".pg-empty");
  const [bar, slider, play] = [".pg-sheet-film", ".pg-scrub", ".pg-play"].map((name) => element.querySelector(name));
  let thumbs = [];
  let frames = null; // the bitmaps of a film
  let wasDone = true;

  const thumb = (index) => {
    const button = make("button", "pg-thumb");
    Object.assign(button, { type: "button", tabIndex: index ? -1 : 0 });
    button.dataset.index = index;
    button.append(make("canvas", "pg-bitmap"), make("span", "pg-thumb-label"));
    return button;
  };
  // The film of all pictures, from noise on.
  const film = player({
    element, slider, button: play, wait: () => (isStill() ? 800 : 220),
    paint: () => thumbs.forEach((one, index) => frames.draw(Number(slider.value) * thumbs.length + index, one.firstChild)),
  });
  const showFilm = (value) => {
    film.stop();
    frames = value.film ? pictures.bitmaps({ ...value, pixels: value.film.pixels }) : null;
    bar.hidden = !frames;
    if (!frames) return;
    slider.max = value.film.frames - 1;
    slider.value = slider.max;
    // A value that came in one piece: nobody watched it being drawn.
    if (wasDone && !isStill()) film.start();
  };
  slider.addEventListener("input", () => {
    film.stop();
    thumbs.forEach((one, index) => frames.draw(Number(slider.value) * thumbs.length + index, one.firstChild));
  });
  play.addEventListener("click", () => film.toggle());
  const draw = () => {
    const value = given(props);
    root.setAttribute("aria-busy", String(Boolean(value) && !value.done));
    const items = (value && value.items) || [];
    if (items.length !== thumbs.length) {
      thumbs = items.map((_, index) => thumb(index));
      grid.replaceChildren(...thumbs);
    }
    empty.textContent = items.length ? "" : (value && value.empty) || "";
    if (!value) {
      film.stop();
      bar.hidden = wasDone = true;
      return;
    }
    grid.style.setProperty("--columns", value.columns || 0);
    root.classList.toggle("pg-by-columns", Boolean(value.columns));
    const bitmaps = pictures.bitmaps(value);
    root.classList.toggle("pg-smooth", bitmaps.width > 40);
    items.forEach((item, index) => {
      if (index < bitmaps.count) bitmaps.draw(index, thumbs[index].firstChild);
      thumbs[index].lastChild.textContent = item.label || "";
      thumbs[index].setAttribute("aria-label", item.words || item.label || say("shared.picture.number", { number: index + 1 }));
      thumbs[index].setAttribute("aria-pressed", String(index === value.chosen));
    });
    showFilm(value);
    wasDone = value.done;
  };

  grid.addEventListener("click", (event) => {
    const button = event.target.closest(".pg-thumb");
    if (!button) return;
    thumbs.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    trigger("pick", { index: Number(button.dataset.index) });
  });
  roving(grid, () => thumbs, { row: inFirstRow });
  watch("value", draw);
  draw();
  sayThatItScrolls(grid);
};

export const card = ({ element, props, trigger, watch }) => {
  const root = element.querySelector(".pg-picture-card");

  // The enlarged picture, with the values of the pixel under the pointer.
  const enlarged = (packed, words) => {
    const bitmaps = pictures.bitmaps(packed);
    const canvas = pictures.bitmap(bitmaps, 0, words);
    const numbers = make("p", "pg-pixel", say("shared.picture.pixel_hint"));
    canvas.addEventListener("pointermove", (event) => {
      const box = canvas.getBoundingClientRect();
      const x = Math.min(bitmaps.width - 1, Math.floor(((event.clientX - box.left) / box.width) * bitmaps.width));
      const y = Math.min(bitmaps.height - 1, Math.floor(((event.clientY - box.top) / box.height) * bitmaps.height));
      if (x < 0 || y < 0) return;
      const levels = [0, 1, 2].slice(0, bitmaps.channels).map((channel) => bitmaps.level(0, x, y, channel));
      const signed = levels.map((level) => (level / 127.5 - 1).toFixed(2)).join(", ");
      numbers.textContent = say("shared.picture.pixel", { row: y + 1, column: x + 1, levels: levels.join(", "), values: signed });
    });
    const figure = make("figure", "pg-enlarged" + (bitmaps.width > 40 ? " pg-smooth" : ""));
    figure.append(canvas, numbers);
    return figure;
  };

  const draw = () => {
    const value = given(props);
    root.hidden = !value;
    if (!value) return;
    const parts = [make("h3", "pg-card-title", value.title)];
    if (value.packed) parts.push(enlarged(value.packed, value.title));
    parts.push(pictures.factRows(value.rows));
    (value.strips || []).forEach((strip) => parts.push(pictures.strip(strip)));
    const actions = make("div", "pg-actions");
    (value.actions || []).forEach(([name, label]) => {
      const button = make("button", "pg-button", label);
      button.type = "button";
      button.addEventListener("click", () => trigger("act", { name }));
      actions.append(button);
    });
    parts.push(actions);
    root.replaceChildren(...parts);
  };
  watch("value", draw);
  draw();
};
