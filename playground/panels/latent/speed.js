// How fast pictures follow the pointer, measured in the page.
import { say } from "../../ui/say.js";

const MOST = 200; // times that are kept

/** The middle one of some numbers, the upper of two. */
export const median = (numbers) => [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)];

/**
 * Shows the median delay in a line, and reports each to the element, as the event pg-followed.
 * @param {Element} element of the view
 * @param {Element} line
 * @returns {{add: function(number): void, reset: function(): void}} add: takes the time of the pointer's event
 */
export const speedMeter = (element, line) => {
  const times = [];
  return {
    add: (since) => {
      times.push(performance.now() - since);
      if (times.length > MOST) times.shift();
      element.dispatchEvent(new CustomEvent("pg-followed", { detail: times[times.length - 1] }));
      line.textContent = say("latent.points.follows", { milliseconds: Math.max(1, Math.round(median(times))), count: times.length });
    },
    reset: () => {
      times.length = 0;
      line.textContent = "";
    },
  };
};
