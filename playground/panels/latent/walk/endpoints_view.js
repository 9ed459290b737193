// The end points of a walk as pictures: each can be taken out, and a seed put at their end.
import { make } from "../../../ui/dom.js";
import * as pictures from "../../../ui/picture_card.js";
import { say } from "../../../ui/say.js";
import { given } from "../../../ui/value.js";

/** The text of end points without one of them, or with one more. */
export const without = (texts, place) => texts.filter((_, other) => other !== place).join(", ");
export const withOne = (texts, text) => [...texts, text].join(", ");
/** Whether some end point is a point, whose text nobody can read. */
export const hasPoint = (texts) => texts.some((text) => text.startsWith("z:"));

export const ends = ({ element, props, trigger, watch }) => {
  const list = element.querySelector(".pg-ends-list");
  const [seed, add] = [".pg-ends-seed", ".pg-ends-add button"].map((name) => element.querySelector(name));
  let texts = [];

  const item = (end, place, source) => {
    const figure = make("li", "pg-end");
    const name = say("latent.walk.ends.place", { place: place + 1, end: end.label });
    if (source) figure.append(pictures.bitmap(source, place, name));
    const remove = make("button", "pg-end-remove", "×");
    Object.assign(remove, { type: "button", title: say("latent.walk.ends.remove", { end: end.label }) });
    remove.setAttribute("aria-label", remove.title);
    remove.addEventListener("click", () => trigger("edited", { text: without(texts, place) }));
    figure.append(make("span", "pg-end-label", end.label), remove);
    return figure;
  };
  const draw = () => {
    const value = given(props);
    texts = (value?.ends || []).map((end) => end.text);
    const source = value?.packed ? pictures.bitmaps(value.packed) : null;
    list.replaceChildren(...(value?.ends || []).map((end, place) => item(end, place, source)));
    list.classList.toggle("pg-smooth", Boolean(source && source.width > 40));
    // A box of seeds can be read and written; the numbers of a point cannot.
    document.getElementById("walk-endpoints")?.toggleAttribute("data-points", hasPoint(texts));
  };
  const append = () => {
    const text = seed.value.trim();
    if (!text) return seed.focus();
    seed.value = "";
    trigger("edited", { text: withOne(texts, text) });
  };
  add.addEventListener("click", append);
  seed.addEventListener("keydown", (event) => event.key === "Enter" && append());
  watch("value", draw);
  draw();
};
