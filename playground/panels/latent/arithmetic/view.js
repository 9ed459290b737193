// Arithmetic with pictures: three slots, an answer that follows the slider, and a sheet to fill the slots from.
import { make, settle } from "../../../ui/dom.js";
import { histogram } from "../histogram.js";
import { latest } from "../../../ui/latest.js";
import * as pictures from "../../../ui/picture_card.js";
import { inFirstRow, roving, setPlace } from "../../../ui/roving.js";
import { say } from "../../../ui/say.js";
import { given } from "../../../ui/value.js";

const MARK = "text/x-playground-item";
const SIGNS = { A: "", B: "− ", C: "+ " };

const draggable = (node, token) => {
  node.draggable = true;
  node.addEventListener("dragstart", (event) => {
    event.dataTransfer.setData(MARK, token);
    event.dataTransfer.effectAllowed = "copy";
  });
};

export const arithmetic = ({ element, props, trigger, watch, server }) => {
  const part = (name) => element.querySelector(name);
  const [slider, formula, status, empty] = [".pg-strength", ".pg-arithmetic-formula", "[role=status]", ".pg-empty"].map(part);
  const [plain, scaled] = [part(".pg-arithmetic-answer"), part(".pg-arithmetic-scaled")];
  const captions = [...element.querySelectorAll(".pg-answer-figure .pg-slot-words")];
  let [value, resting, focus] = [null, null, null];

  const strengthWords = (strength) => {
    const size = Math.abs(strength).toFixed(2);
    const terms = "A " + (strength < 0 ? "− " : "+ ") + size + " × (C − B)";
    if (strength === 1) return say("latent.arithmetic.formula_sum", { formula: terms });
    return strength === 0 ? say("latent.arithmetic.formula_a", { formula: terms }) : terms;
  };
  const showStrength = () => {
    const words = strengthWords(Number(slider.value));
    formula.textContent = words;
    slider.setAttribute("aria-valuetext", words);
  };
  const lengths = (norms) => captions.forEach((caption, index) => (caption.textContent = say("latent.arithmetic.length", { length: norms[index].toFixed(1) })));

  const follow = latest(async ({ strength, since }) => {
    const now = value;
    const tokens = (index) => now.slots[index].items.map((item) => item.token).join(",");
    const answer = await server.follow({ model: now.model, condition: now.condition, a: tokens(0), b: tokens(1), c: tokens(2), strength });
    if (now.slots !== value.slots) return;
    empty.textContent = answer.error || "";
    if (answer.error) return;
    const bitmaps = pictures.bitmaps(answer);
    bitmaps.draw(0, plain);
    bitmaps.draw(1, scaled);
    lengths(answer.norms);
    element.dispatchEvent(new CustomEvent("pg-followed", { detail: performance.now() - since }));
  }, () => (empty.textContent = say("shared.no_answer")));

  slider.addEventListener("input", () => {
    showStrength();
    if (!value || !value.pictures) return;
    if (!value.slow && server) follow({ strength: Number(slider.value), since: performance.now() });
    clearTimeout(resting);
    resting = setTimeout(() => {
      resting = null;
      trigger("moved", { strength: Number(slider.value) });
    }, 400);
  });

  const slot = (data, index) => {
    const key = JSON.stringify([value.model, value.condition, data, Boolean(value.pictures)]);
    const there = part(".pg-slots").children[index];
    const figure = there && there.dataset.key === key ? there : buildSlot(data, index);
    figure.dataset.key = key;
    if (!value.pictures) return figure;
    pictures.bitmaps(value.pictures).draw(index, figure.querySelector(".pg-slot-mean"));
    const values = { count: data.items.length, length: value.norms[index].toFixed(1) };
    figure.querySelector(".pg-slot-words").textContent = values.count > 1 ? say("latent.arithmetic.average_length", values) : say("latent.arithmetic.length", values);
    return figure;
  };
  const buildSlot = (data, index) => {
    const figure = make("section", "pg-slot pg-slot-into");
    figure.dataset.slot = data.name;
    figure.setAttribute("aria-label", say("latent.arithmetic.slot", { slot: data.name }));
    const row = make("div", "pg-slot-items");
    const bitmaps = data.packed ? pictures.bitmaps(data.packed) : null;
    data.items.forEach((item, place) => {
      const button = make("button", "pg-slot-item");
      button.type = "button";
      button.append(pictures.bitmap(bitmaps, place, ""), make("span", "pg-slot-cross", "×"));
      button.firstChild.setAttribute("aria-hidden", "true");
      const words = say("latent.arithmetic.take_out", { picture: item.words || item.label, slot: data.name });
      Object.assign(button, { title: words });
      button.setAttribute("aria-label", words);
      button.addEventListener("click", () => {
        focus = { slot: index, place };
        trigger("remove", { slot: data.name, item: item.token });
      });
      draggable(button, item.token);
      row.append(button);
    });
    if (!data.items.length) row.append(make("p", "pg-slot-none", say("latent.arithmetic.empty_slot")));
    figure.append(make("h4", "pg-slot-title", SIGNS[data.name] + data.name));
    if (value.pictures) {
      const mean = pictures.bitmap(pictures.bitmaps(value.pictures), index, say("latent.arithmetic.mean_picture", { slot: data.name }));
      mean.classList.add("pg-slot-mean");
      figure.append(mean, make("p", "pg-slot-words"));
    }
    figure.append(row);
    return figure;
  };
  const into = (event) => (event.target.closest ? event.target.closest(".pg-slot-into") : null);
  const mark = (place) => element.querySelectorAll(".pg-slot-into").forEach((one) => one.classList.toggle("pg-dropping", one === place));
  const holds = (event) => event.dataTransfer && [...event.dataTransfer.types].includes(MARK);
  element.addEventListener("dragover", (event) => {
    if (!holds(event) || !into(event)) return;
    event.preventDefault();
    mark(into(event));
  });
  element.addEventListener("dragleave", (event) => holds(event) && mark(null));
  element.addEventListener("drop", (event) => {
    const place = into(event);
    if (!holds(event) || !place) return;
    event.preventDefault();
    mark(null);
    trigger("put", { slot: place.dataset.slot, item: event.dataTransfer.getData(MARK) });
  });
  part(".pg-arithmetic-end").addEventListener("click", () => trigger("end", {}));
  part(".pg-arithmetic-empty").addEventListener("click", () => trigger("empty", {}));
  part(".pg-arithmetic-example").addEventListener("click", () => trigger("example", {}));

  const draw = () => {
    value = given(props);
    part(".pg-arithmetic-body").hidden = !value;
    empty.textContent = "";
    if (!value) return;
    element.classList.toggle("pg-smooth", value.smooth);
    const slots = part(".pg-slots");
    settle(slots, value.slots.map(slot));
    if (focus) {
      const rest = slots.children[focus.slot].querySelectorAll(".pg-slot-item");
      if (rest.length) rest[Math.min(focus.place, rest.length - 1)].focus();
      focus = null;
    }
    const ready = Boolean(value.pictures);
    slider.disabled = part(".pg-arithmetic-end").disabled = !ready;
    part(".pg-answers-two").classList.toggle("pg-not-yet", !ready);
    if (resting === null && !follow.isWaiting()) {
      slider.value = value.strength;
      if (ready) {
        const bitmaps = pictures.bitmaps(value.pictures);
        bitmaps.draw(3, plain);
        bitmaps.draw(4, scaled);
        lengths(value.norms.slice(3));
      }
    }
    if (!ready) {
      captions.forEach((caption) => (caption.textContent = say("latent.arithmetic.waiting")));
      [plain, scaled].forEach((canvas) => canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height));
    }
    showStrength();
    part(".pg-arithmetic-words").textContent = value.words || "";
    part(".pg-arithmetic-lengths").textContent = value.lengths || "";
    part(".pg-arithmetic-lengths-chart").replaceChildren(...(value.lengths_chart ? [histogram(value.lengths_chart)] : []));
    status.textContent = value.words || "";
    part(".pg-arithmetic-near").classList.toggle("pg-not-yet", !value.near);
    if (value.near) part(".pg-arithmetic-near").replaceChildren(...value.near.map((strip) => pictures.strip(strip)));
  };
  watch("value", draw);
  draw();
};

export const picturePicker = ({ element, props, trigger, watch }) => {
  const grid = element.querySelector(".pg-picture-picker-thumbs");
  const chosenWords = element.querySelector(".pg-picture-picker-chosen");
  let [thumbs, items, chosen] = [[], [], null];

  const choose = (index) => {
    chosen = index;
    thumbs.forEach((thumb, place) => thumb.setAttribute("aria-pressed", String(place === index)));
    setPlace(thumbs, index ?? 0);
    chosenWords.textContent = index === null ? say("latent.arithmetic.picker.none_chosen") : say("latent.points.chosen", { picture: items[index].words });
  };
  const put = (slot) => {
    if (chosen === null) chosenWords.textContent = say("latent.arithmetic.picker.choose_first");
    else trigger("put", { slot, item: items[chosen].token });
  };
  element.querySelectorAll("[data-slot]").forEach((button) => button.addEventListener("click", () => put(button.dataset.slot)));
  grid.addEventListener("click", (event) => {
    const thumb = event.target.closest(".pg-thumb");
    if (thumb) choose(thumbs.indexOf(thumb));
  });
  grid.addEventListener("keydown", (event) => {
    const place = thumbs.indexOf(document.activeElement);
    if (place < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const slot = event.key.toUpperCase();
    if (["A", "B", "C"].includes(slot)) {
      event.preventDefault();
      choose(place);
      if (!event.repeat) put(slot);
    }
  });
  roving(grid, () => thumbs, { row: inFirstRow, moved: (_, index) => choose(index) });
  let shown = "";
  const draw = () => {
    const value = given(props);
    // The same sheet again, after the first picture is put into a stored sum: the choice stays.
    if (value && JSON.stringify(value) === shown) return;
    shown = JSON.stringify(value || "");
    items = (value && value.items) || [];
    element.querySelector(".pg-empty").textContent = value && !items.length ? value.empty : "";
    if (!value) return;
    const bitmaps = pictures.bitmaps(value);
    element.classList.toggle("pg-smooth", bitmaps.width > 40);
    thumbs = items.map((item, index) => {
      const thumb = make("button", "pg-thumb");
      thumb.type = "button";
      const canvas = pictures.bitmap(bitmaps, index, "");
      canvas.setAttribute("aria-hidden", "true");
      thumb.append(canvas, make("span", "pg-thumb-label", item.label));
      thumb.setAttribute("aria-label", item.words);
      thumb.title = item.words;
      draggable(thumb, item.token);
      return thumb;
    });
    grid.replaceChildren(...thumbs);
    choose(null);
  };
  watch("value", draw);
  draw();
};
