// A line below what scrolls, which says so: on a phone no bar shows it.
import { make } from "./dom.js";
import { onResize } from "./lifetime.js";
import { say } from "./say.js";

/**
 * The sentence for a box: "" if it shows all that it holds.
 * @param {{scrollWidth: number, clientWidth: number, scrollHeight: number, clientHeight: number}} box
 */
export const scrollSentence = (box) => {
  if (box.scrollWidth > box.clientWidth + 1) return say("shared.scroll.sideways");
  return box.scrollHeight > box.clientHeight + 1 ? say("shared.scroll.down") : "";
};

/**
 * Says below a box that it scrolls, while it does.
 * @param {HTMLElement} box
 */
export const sayThatItScrolls = (box) => {
  const line = make("p", "pg-hint");
  box.after(line);
  const update = () => {
    line.textContent = scrollSentence(box);
    line.hidden = !line.textContent;
  };
  [box, ...box.children].forEach((one) => onResize(one, update));
  update();
};
