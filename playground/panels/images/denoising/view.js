// Diffusion runs as a film: a slider goes through the steps of the main run and of its branch.
(() => {
  const playground = (window.playground = window.playground || {});

  playground.denoising = (element, props, trigger, watch) => {
    const { make, given } = playground;
    const part = (name) => element.querySelector(name);
    const [slider, play, place, tracks, empty] = [".pg-scrub", ".pg-play", ".pg-frame-place", ".pg-denoising-tracks", ".pg-empty"].map(part);
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    let shown = [];
    let run = null;
    let timer = null;
    let following = true;

    const paint = () => {
      const step = Number(slider.value);
      shown.forEach((track) => {
        const index = Math.max(0, Math.min(track.count - 1, step - track.first));
        [track.noisy, track.guess].forEach((bitmaps, which) => {
          for (let picture = 0; picture < track.pictures; picture += 1) {
            bitmaps.draw(index * track.pictures + picture, track.canvases[which][picture]);
          }
        });
        track.block.classList.toggle("pg-not-yet", step < track.first);
      });
      const main = shown[0];
      if (!main) return;
      const state = main.states[Math.max(0, Math.min(main.count - 1, step - main.first))];
      place.textContent = "Step " + step + " of " + slider.max + ": " + Math.round(100 * state.noise) + " % noise" +
        (state.timestep >= 0 ? ", the net's timestep " + Math.round(state.timestep) : ", finished");
      slider.setAttribute("aria-valuetext", place.textContent);
    };

    const track = (data) => {
      const noisy = playground.pictures.bitmaps({ ...data, pixels: data.noisy });
      const guess = playground.pictures.bitmaps({ ...data, pixels: data.guess });
      const block = make("section", "pg-denoising-track" + (data.width > 40 ? " pg-smooth" : ""));
      block.append(make("h4", "pg-strip-title", data.title));
      const canvases = [["What is there: xt", noisy], ["What the net sees in it: x0", guess]].map(([words, bitmaps]) => {
        const row = make("div", "pg-denoising-row");
        row.append(make("p", "pg-hint", words));
        const line = make("div", "pg-strip-row");
        const made = [...Array(data.pictures)].map((_, index) => playground.pictures.bitmap(bitmaps, index, words + ", picture " + (index + 1)));
        line.append(...made);
        row.append(line);
        block.append(row);
        return made;
      });
      return { ...data, noisy, guess, count: data.states.length, canvases, block };
    };

    const stop = () => {
      clearInterval(timer);
      timer = null;
      play.textContent = "▶ Play";
    };
    const draw = () => {
      const value = given(props);
      empty.textContent = value ? "" : "Press Draw: every step from noise to picture is kept here.";
      part(".pg-denoising-body").hidden = !value;
      if (!value) return;
      if (value.run !== run) following = true;
      run = value.run;
      shown = value.tracks.map(track);
      tracks.replaceChildren(...shown.map((one) => one.block));
      slider.max = value.steps;
      const reached = shown[shown.length - 1].first + shown[shown.length - 1].count - 1;
      if (following) slider.value = reached;
      element.querySelector(".pg-denoising").setAttribute("aria-busy", String(!value.done));
      paint();
    };
    slider.addEventListener("input", () => {
      following = false;
      stop();
      paint();
    });
    play.addEventListener("click", () => {
      if (timer) return stop();
      following = false;
      if (Number(slider.value) >= Number(slider.max)) slider.value = 0;
      play.textContent = "❚❚ Pause";
      timer = setInterval(() => {
        slider.value = Number(slider.value) + 1;
        paint();
        if (Number(slider.value) >= Number(slider.max)) stop();
      }, still ? 600 : 140);
      return undefined;
    });
    watch("value", draw);
    draw();
  };
})();
