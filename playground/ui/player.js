// A film: a slider over frames, and a button that plays them.
import { lifetime } from "./lifetime.js";
import { say } from "./say.js";

/** Whether the visitor has asked for less motion: films then play slowly, and none starts by itself. */
export const isStill = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * Plays frames until the last one, or until the view leaves the page.
 * @param {{element: Element, slider: HTMLInputElement, button: Element, paint: function(): void,
 *   wait: function(): number, loops: (function(): boolean)|undefined, next: (function(number): number)|undefined,
 *   hold: (number|undefined)}} film
 *   paint: draws the slider's frame.  wait: milliseconds a frame.  loops: whether it begins again after the last frame.
 *   next: the frame after a frame.  hold: milliseconds that the last frame stays before the first one.
 * @param {[string, string]} [words] of the button: while it rests, while it plays
 * @returns {{start: function(): void, stop: function(): void, toggle: function(): void, isPlaying: function(): boolean}}
 */
export const player = (film, words = [say("shared.play"), say("shared.pause")]) => {
  const { element, slider, button, paint, wait, loops = () => false, next = (frame) => frame + 1, hold = 0 } = film;
  const isLast = () => Number(slider.value) >= Number(slider.max);
  let [timer, drawn] = [null, 0];
  const stop = () => {
    clearInterval(timer);
    timer = null;
    button.textContent = words[0];
  };
  const go = (frame) => {
    slider.value = frame;
    drawn = Date.now();
    paint();
  };
  const step = () => {
    if (!isLast()) go(Math.min(Number(slider.max), next(Number(slider.value))));
    else if (loops() && Date.now() - drawn >= hold) go(0);
    if (isLast() && !loops()) stop();
  };
  const start = () => {
    stop();
    if (isLast()) go(0);
    button.textContent = words[1];
    timer = setInterval(step, wait());
  };
  lifetime(element).addEventListener("abort", stop);
  const isPlaying = () => timer !== null;
  return { start, stop, toggle: () => (isPlaying() ? stop() : start()), isPlaying };
};
