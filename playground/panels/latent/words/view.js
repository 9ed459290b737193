// The two answers to a sum of words, and a walk step by step.
import { make } from "../../../ui/dom.js";
import { fixed } from "../../../ui/numbers.js";
import { say } from "../../../ui/say.js";
import { given } from "../../../ui/value.js";

// Labels with bars, nearest first. A bar's length is a cosine: 1 is the whole width.
const nearList = (list, items) => {
  list.replaceChildren(
    ...items.map((item, index) => {
      const line = make("li", "pg-near" + (item.own ? " pg-near-own" : ""));
      const bar = make("span", "pg-near-bar");
      // The number has its own room beside the bar.
      bar.style.inlineSize = "calc((100% - 64px) * " + Math.max(0, Math.min(1, item.cosine)) + ")";
      const label = make("span", "pg-near-label", item.label);
      if (item.own) label.append(make("span", "pg-near-sign", " " + say("latent.words.own")));
      line.append(bar, make("span", "pg-near-rank", String(index + 1)), label, make("span", "pg-number", fixed(item.cosine, 3)));
      return line;
    }),
  );
};
export { nearList };
const cells = (row, texts) => {
  texts.forEach((text) => row.append(make("td", "", text)));
  return row;
};

export const wordSum = ({ element, props, watch }) => {
  const part = (name) => element.querySelector(name);
  const draw = () => {
    const value = given(props);
    part(".pg-words-sum-body").hidden = !value;
    if (!value) return;
    part(".pg-words-sum-title").textContent = value.title;
    part(".pg-why").textContent = value.why;
    nearList(part(".pg-usual ol"), value.usual);
    nearList(part(".pg-honest ol"), value.honest);
    part(".pg-inputs tbody").replaceChildren(
      ...value.inputs.map((one) => cells(make("tr"), [one.sign + " " + one.label, fixed(one.cosine, 3), say("latent.words.rank", { rank: one.rank, size: value.size })])),
    );
  };
  watch("value", draw);
  draw();
};

export const wordWalk = ({ element, props, watch }) => {
  const part = (name) => element.querySelector(name);
  const slider = part(".pg-scrub");
  let [value, run] = [null, null];

  const paint = () => {
    const at = Number(slider.value);
    const step = value.steps[at];
    const values = { step: at + 1, steps: value.steps.length, stop: step.stop, length: step.length.toFixed(2), nearest: step.honest[0].label };
    part(".pg-frame-place").textContent = step.stop ? say("latent.words.place_stop", values) : say("latent.words.place", values);
    slider.setAttribute("aria-valuetext", part(".pg-frame-place").textContent);
    nearList(part(".pg-honest ol"), step.honest);
    nearList(part(".pg-usual ol"), step.dropped);
    element.querySelectorAll("tbody tr").forEach((row, index) => row.classList.toggle("pg-now", index === at));
  };
  const draw = () => {
    value = given(props);
    part(".pg-words-walk-body").hidden = !value;
    if (!value) return;
    slider.max = value.steps.length - 1;
    if (value.run !== run) slider.value = 0;
    run = value.run;
    part(".pg-why").textContent = value.why;
    part("tbody").replaceChildren(
      ...value.steps.map((step, index) => {
        const other = step.dropped[0];
        const row = make("tr", step.stop ? "pg-stop" : "");
        row.addEventListener("click", () => {
          slider.value = index;
          paint();
        });
        return cells(row, [
          index + 1 + (step.stop ? " ●" : ""), step.length.toFixed(2), step.honest[0].label, fixed(step.honest[0].cosine, 3),
          other ? other.label : "–", other ? fixed(other.cosine, 3) : "–",
        ]);
      }),
    );
    paint();
  };
  slider.addEventListener("input", paint);
  watch("value", draw);
  draw();
};
