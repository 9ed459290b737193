// A VAE's dimensions: a bar for each, the pictures along one, what it changes, and a sheet of all.
import { make } from "../../../ui/dom.js";
import { latest } from "../../../ui/latest.js";
import * as pictures from "../../../ui/picture_card.js";
import { roving, setPlace } from "../../../ui/roving.js";
import { fixed } from "../../../ui/numbers.js";
import { say } from "../../../ui/say.js";
import { sayThatItScrolls } from "../../../ui/scroll_hint.js";
import { given } from "../../../ui/value.js";

const barWords = (bar) => {
  const values = { dimension: bar.dimension, kl: bar.kl.toFixed(2), variance: bar.variance.toFixed(3) };
  return bar.active ? say("latent.traversal.dimension_active", values) : say("latent.traversal.dimension_dead", values);
};

export const traversal = ({ element, props, trigger, watch, server }) => {
  const part = (name) => element.querySelector(name);
  const [group, slider, name, place, line, empty] = [".pg-bars", ".pg-scrub", ".pg-traversal-name", ".pg-frame-place", ".pg-traversal-row", ".pg-empty"].map(part);
  const screen = part(".pg-traversal-live canvas");
  let [value, bars, dimension, position, resting, rowKey] = [null, [], 1, null, null, ""];

  const bar = () => value.bars.find((one) => one.dimension === dimension);
  const number = () => (position === null ? value.own[dimension - 1] : position);
  const describe = () => {
    name.textContent = barWords(bar());
    slider.value = number();
    const values = { value: fixed(number(), 2), own: fixed(value.own[dimension - 1], 2) };
    const words = position === null ? say("latent.traversal.value_base", values) : say("latent.traversal.value_moved", values);
    slider.setAttribute("aria-valuetext", words);
    place.textContent = words;
  };
  const follow = latest(async (now) => {
    const before = value;
    const { model, condition, base } = before;
    const key = [model, condition, base, now.dimension].join("|");
    const row = key !== rowKey;
    const answer = await server.traverse({ model, condition, base, dimension: now.dimension, position: now.position, row });
    if (before !== value) return;
    empty.textContent = answer.error || "";
    if (answer.error) return;
    const bitmaps = pictures.bitmaps(answer);
    bitmaps.draw(bitmaps.count - 1, screen);
    if (row) fillRow(bitmaps, now.dimension, key);
    if (now.since) element.dispatchEvent(new CustomEvent("pg-followed", { detail: performance.now() - now.since }));
  }, () => (empty.textContent = say("shared.no_answer")));
  const fillRow = (bitmaps, of, key) => {
    rowKey = key;
    const last = bitmaps.count - 2;
    line.replaceChildren(
      ...[...Array(last + 1)].map((_, index) => {
        const at = -3 + (6 * index) / last;
        const button = make("button", "pg-traversal-step");
        button.type = "button";
        const words = at.toFixed(2).replace(/\.?0+$/, "").replace("-", "−") || "0";
        button.append(pictures.bitmap(bitmaps, index, ""), make("span", "pg-thumb-label", words));
        button.firstChild.setAttribute("aria-hidden", "true");
        button.setAttribute("aria-label", say("latent.traversal.step", { dimension: of, value: words }));
        button.addEventListener("click", () => go(of, at));
        return button;
      }),
    );
  };
  const rest = (still) => {
    clearTimeout(resting);
    resting = setTimeout(() => {
      resting = null;
      trigger("chosen", { dimension, position });
    }, still);
  };
  const go = (to, at, byVisitor = true) => {
    [dimension, position] = [to, at];
    const chosen = bars.findIndex((one) => Number(one.dataset.dimension) === dimension);
    bars.forEach((one, index) => one.setAttribute("aria-checked", String(index === chosen)));
    setPlace(bars, chosen);
    describe();
    if (server) follow({ dimension, position, since: byVisitor ? performance.now() : 0 });
    if (byVisitor) rest(400);
  };
  slider.addEventListener("input", () => go(dimension, Number(slider.value)));
  roving(group, () => bars, { moved: (one) => go(Number(one.dataset.dimension), null) });

  const drawBars = () => {
    const most = Math.max(...value.bars.map((one) => one.kl), 1e-9);
    bars = value.bars.map((one) => {
      const button = make("button", "pg-bar" + (one.active ? "" : " pg-bar-dead"));
      button.type = "button";
      button.dataset.dimension = one.dimension;
      button.setAttribute("role", "radio");
      button.title = barWords(one);
      button.setAttribute("aria-label", button.title);
      const fill = make("span", "pg-bar-fill");
      fill.style.blockSize = Math.max(1, (100 * one.kl) / most) + "%";
      button.append(fill);
      button.addEventListener("click", () => go(one.dimension, null));
      return button;
    });
    const scale = make("span", "pg-bars-scale", say("latent.traversal.nats", { kl: most.toFixed(1) }));
    scale.setAttribute("aria-hidden", "true");
    group.replaceChildren(scale, ...bars);
  };
  const draw = () => {
    const before = value;
    value = given(props);
    part(".pg-traversal-body").hidden = !value;
    empty.textContent = "";
    if (!value) return;
    element.classList.toggle("pg-smooth", value.smooth);
    if (!before || JSON.stringify(before.bars) !== JSON.stringify(value.bars)) drawBars();
    part(".pg-traversal-words").textContent = value.words;
    // A place that the visitor is still moving stays, unless they have picked another dimension on the sheet.
    if (resting !== null && value.picked) {
      clearTimeout(resting);
      resting = null;
    }
    if (resting === null) go(value.dimension, value.position, false);
  };
  watch("value", draw);
  draw();
};

// Between two colours: share 0 gives ground, 1 gives ink.
const colour = (share, ground, ink) => "rgb(" + ground.map((level, index) => Math.round(level + (ink[index] - level) * share)).join(",") + ")";

export const dimensionEffect = ({ element, props, watch }) => {
  const part = (name) => element.querySelector(name);
  const draw = () => {
    const value = given(props);
    part(".pg-effect").hidden = !value;
    if (!value) return;
    part(".pg-traversal-name").textContent = value.title;
    const canvas = part("canvas");
    const [height, width] = [value.heat.length, value.heat[0].length];
    Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    const most = Math.max(...value.heat.flat(), 1e-9);
    const [ground, ink] = [[20, 23, 28], [255, 214, 92]];
    value.heat.forEach((row, y) =>
      row.forEach((level, x) => {
        context.fillStyle = colour(level / most, ground, ink);
        context.fillRect(x, y, 1, 1);
      }),
    );
    canvas.setAttribute("aria-label", value.words);
    const keys = element.querySelectorAll(".pg-heat-key span");
    keys[0].textContent = "0";
    keys[1].textContent = say("latent.traversal.levels", { levels: most.toFixed(1) });
    part("figcaption").textContent = value.words;
    part(".pg-strip-title").textContent = value.flips_title;
    part(".pg-flips").replaceChildren(
      ...value.flips.map((flip) => {
        const row = make("div", "pg-flip");
        const track = make("span", "pg-flip-track");
        const fill = make("span", "pg-flip-fill");
        fill.style.inlineSize = 100 * flip.share + "%";
        track.append(fill);
        row.append(make("span", "pg-flip-name", flip.name), track, make("span", "pg-flip-share", flip.text));
        return row;
      }),
    );
    part(".pg-flips-words").textContent = value.flips_words;
  };
  watch("value", draw);
  draw();
};

export const activeDimensions = ({ element, props, trigger, watch }) => {
  const root = element.querySelector(".pg-active-rows");
  let buttons = [];
  const mark = (of) => buttons.forEach((button) => button.setAttribute("aria-pressed", String(Number(button.dataset.dimension) === of)));
  const draw = () => {
    const value = given(props);
    element.querySelector(".pg-empty").textContent = value && !value.rows.length ? value.empty : "";
    if (!value) return root.replaceChildren();
    const bitmaps = pictures.bitmaps(value);
    const one = document.createElement("canvas");
    buttons = value.rows.map((row, index) => {
      const button = make("button", "pg-active-row");
      button.type = "button";
      button.dataset.dimension = row.dimension;
      const canvas = make("canvas", "pg-active-strip");
      Object.assign(canvas, { width: (bitmaps.width + 1) * value.columns - 1, height: bitmaps.height });
      canvas.setAttribute("aria-hidden", "true");
      const context = canvas.getContext("2d");
      for (let column = 0; column < value.columns; column += 1) context.drawImage(bitmaps.draw(index * value.columns + column, one), column * (bitmaps.width + 1), 0);
      button.append(canvas, make("span", "pg-thumb-label", row.label));
      button.setAttribute("aria-label", say("latent.traversal.active_row_label", { row: row.label, count: value.columns }));
      button.addEventListener("click", () => {
        mark(row.dimension);
        trigger("pick", { dimension: row.dimension });
      });
      return button;
    });
    root.replaceChildren(...buttons);
    mark(value.chosen);
    return undefined;
  };
  watch("value", draw);
  draw();
  sayThatItScrolls(root);
};
