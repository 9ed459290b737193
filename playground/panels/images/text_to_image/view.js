// A picture on its way from noise: the newest step large, a slider through the earlier ones of the same run.
import * as pictures from "../../../ui/picture_card.js";
import { isStill, player } from "../../../ui/player.js";
import { say } from "../../../ui/say.js";
import { given } from "../../../ui/value.js";

export const text_to_image = ({ element, props, watch }) => {
  const part = (name) => element.querySelector(name);
  const [root, canvas, place, bar, play, slider, empty] = [
    ".pg-text-to-image", ".pg-bitmap", ".pg-frame-place", ".pg-frames-bar", ".pg-play", ".pg-scrub", ".pg-empty",
  ].map(part);
  let run = null;
  let frames = [];
  let following = true;

  const paint = () => {
    const frame = frames[Number(slider.value)];
    if (!frame) return;
    const bitmaps = pictures.bitmaps(frame.packed);
    bitmaps.draw(0, canvas);
    canvas.classList.toggle("pg-small", bitmaps.width <= 40);
    canvas.setAttribute("aria-label", frame.words);
    place.textContent = frame.words;
    slider.setAttribute("aria-valuetext", frame.words);
  };
  const film = player({ element, slider, button: play, paint, wait: () => (isStill() ? 900 : 400) });
  const draw = () => {
    const value = given(props);
    empty.textContent = value ? "" : say("images.text_to_image.empty");
    root.setAttribute("aria-busy", String(Boolean(value) && !value.done));
    if (!value) return;
    if (value.run !== run) {
      film.stop();
      [run, frames, following] = [value.run, [], true];
    }
    const last = frames[frames.length - 1];
    if (value.packed && last !== value) frames.push(value);
    canvas.hidden = !frames.length;
    bar.hidden = frames.length < 2;
    slider.max = Math.max(0, frames.length - 1);
    if (following) slider.value = frames.length - 1;
    if (following && !value.packed) place.textContent = value.words;
    else paint();
  };
  slider.addEventListener("input", () => {
    following = Number(slider.value) === frames.length - 1;
    film.stop();
    paint();
  });
  play.addEventListener("click", () => {
    following = false;
    film.toggle();
  });
  watch("value", draw);
  draw();
};
