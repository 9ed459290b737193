// Diffusion runs step by step: a slider goes through the steps of the main run and of its branch.
import { make } from "../../../ui/dom.js";
import * as pictures from "../../../ui/picture_card.js";
import { isStill, player } from "../../../ui/player.js";
import { say } from "../../../ui/say.js";
import { given } from "../../../ui/value.js";

export const denoising = ({ element, props, watch }) => {
  const part = (name) => element.querySelector(name);
  const [slider, play, place, tracks, empty] = [".pg-scrub", ".pg-play", ".pg-frame-place", ".pg-denoising-tracks", ".pg-empty"].map(part);
  let runs = [];
  let run = null;
  let following = true;

  const paint = () => {
    const step = Number(slider.value);
    runs.forEach((track) => {
      const index = Math.max(0, Math.min(track.count - 1, step - track.first));
      [track.noisy, track.guess].forEach((bitmaps, which) => {
        for (let picture = 0; picture < track.pictures; picture += 1) {
          bitmaps.draw(index * track.pictures + picture, track.canvases[which][picture]);
        }
      });
      track.block.classList.toggle("pg-not-yet", step < track.first);
    });
    const main = runs[0];
    if (!main) return;
    const shown = Math.max(0, Math.min(main.count - 1, step - main.first));
    const state = main.states[shown];
    // A stopped run has not reached every step of the slider: the line is that of the pictures below it.
    const values = { step: main.first + shown, steps: slider.max, noise: Math.round(100 * state.noise), timestep: Math.round(state.timestep) };
    place.textContent = state.timestep >= 0
      ? say("images.denoising.state", values)
      : say("images.denoising.state_last", values);
    slider.setAttribute("aria-valuetext", place.textContent);
  };

  const track = (data) => {
    const noisy = pictures.bitmaps({ ...data, pixels: data.noisy });
    const guess = pictures.bitmaps({ ...data, pixels: data.guess });
    const block = make("section", "pg-denoising-track" + (data.width > 40 ? " pg-smooth" : ""));
    block.append(make("h4", "pg-strip-title", data.title));
    const canvases = [
      [say("images.denoising.noisy"), noisy], [say("images.denoising.predicted"), guess],
    ].map(([title, bitmaps]) => {
      const row = make("div", "pg-denoising-row");
      row.append(make("p", "pg-hint", title));
      const line = make("div", "pg-strip-row");
      const drawn = [...Array(data.pictures)].map((_, index) => {
        const name = say("images.denoising.picture", { row: title, number: index + 1 });
        return pictures.bitmap(bitmaps, index, name);
      });
      line.append(...drawn);
      row.append(line);
      block.append(row);
      return drawn;
    });
    return { ...data, noisy, guess, count: data.states.length, canvases, block };
  };

  const film = player({ element, slider, button: play, paint, wait: () => (isStill() ? 600 : 140) });
  const draw = () => {
    const value = given(props);
    empty.textContent = value ? "" : say("images.denoising.empty");
    part(".pg-denoising-body").hidden = !value;
    if (!value) return;
    const isStored = value.run !== run && value.done; // it came in one piece: nobody watched it being drawn
    if (value.run !== run) {
      following = true;
      film.stop();
    }
    run = value.run;
    runs = value.tracks.map(track);
    tracks.replaceChildren(...runs.map((one) => one.block));
    slider.max = value.steps;
    const reached = runs[runs.length - 1].first + runs[runs.length - 1].count - 1;
    if (following) slider.value = reached;
    element.querySelector(".pg-denoising").setAttribute("aria-busy", String(!value.done));
    paint();
    if (isStored && !isStill()) film.start();
  };
  slider.addEventListener("input", () => {
    following = false;
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
