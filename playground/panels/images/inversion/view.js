// The reconstructions of one picture by several models, side by side.
import { make } from "../../../ui/dom.js";
import { bitmap, bitmaps, factRows, strip } from "../../../ui/picture_card.js";
import { say } from "../../../ui/say.js";
import { shape } from "../../../ui/svg.js";
import { given } from "../../../ui/value.js";

// The Gaussian of every latent dimension: its mean as a dot, two deviations each way as a line, N(0, 1) as a band.
const gaussian = (mean, deviation) => {
  const svg = shape("svg", { viewBox: "0 0 " + mean.length * 6 + " 96", preserveAspectRatio: "none", class: "pg-inversion-gaussian", role: "img" });
  svg.setAttribute("aria-label", say("images.inversion.gaussian_name", { count: mean.length }));
  const y = (value) => 48 - Math.max(-4, Math.min(4, value)) * 11;
  svg.append(shape("rect", { x: 0, y: y(1), width: mean.length * 6, height: y(-1) - y(1), fill: "currentColor", opacity: 0.08 }));
  mean.forEach((value, index) => {
    const x = index * 6 + 3;
    svg.append(shape("line", { x1: x, x2: x, y1: y(value - 2 * deviation[index]), y2: y(value + 2 * deviation[index]), stroke: "var(--pg-accent)", "stroke-width": 2 }));
    svg.append(shape("rect", { x: x - 1.5, y: y(value) - 1.5, width: 3, height: 3, fill: "var(--pg-warm)" }));
  });
  return svg;
};

export const inversion = ({ element, props, watch }) => {
  const list = element.querySelector(".pg-inversion");
  const figure = (packed, words) => {
    const whole = make("figure", "");
    whole.append(bitmap(bitmaps(packed), 0, words), make("figcaption", "", words));
    return whole;
  };
  const answer = (one, target) => {
    const block = make("section", "pg-inversion-answer");
    const pair = make("div", "pg-pair");
    pair.append(figure(target, say("shared.picture.yours")), figure(one.packed, say("images.inversion.answer")));
    block.append(make("h4", "", one.title), pair, factRows(one.rows));
    if (one.mean) {
      const caption = make("p", "pg-strip-title", say("images.inversion.gaussian"));
      block.append(caption, gaussian(one.mean, one.deviation));
    }
    if (one.strip) block.append(strip(one.strip));
    return block;
  };
  const draw = () => {
    const value = given(props);
    list.replaceChildren(...((value && value.answers) || []).map((one) => answer(one, value.target)));
    list.setAttribute("aria-busy", String(Boolean(value) && !value.done));
  };
  watch("value", draw);
  draw();
};
