// Pictures labelled by hand, by two raters in turn. Labels are a visitor's words: set them as text, never as HTML.
import { make } from "../../../ui/dom.js";
import * as pictures from "../../../ui/picture_card.js";
import { recall, remember } from "../../../ui/browser_store.js";
import { inFirstRow, roving, setPlace } from "../../../ui/roving.js";
import { say } from "../../../ui/say.js";
import { given } from "../../../ui/value.js";

const RATERS = ["A", "B"];

const NAME = "bias-labels";
const MOST_KEPT = 8;

/**
 * Both raters' labels when faces are drawn: those that this browser keeps if they only add to the link's.
 * @param {string[]} linked a digit per face, "-" for none
 * @param {string[]} stored
 */
export const resumed = (linked, stored) => {
  const adds = linked.every((text, rater) => [...text].every((mark, index) => mark === "-" || mark === stored[rater]?.[index]));
  return adds && stored.some(Boolean) ? stored : linked;
};

const kept = () => JSON.parse(recall(NAME) || "{}");
const keep = (same, marks) => {
  const others = Object.entries(kept()).filter(([name]) => name !== same);
  remember(NAME, JSON.stringify(Object.fromEntries([...others, [same, marks]].slice(-MOST_KEPT))));
};

let current = null; // the marks of the faces on the page

/** Both raters' current labels, for the event that counts them: a digit per face, "-" for no label. */
export const currentMarks = (marks) => (current ? current() : marks);

export const labelling = ({ element, props, watch }) => {
  const root = element.querySelector(".pg-labelling");
  const part = (name) => root.querySelector(name);
  const [faces, labels, raters] = [part(".pg-labelling-faces"), part(".pg-labelling-labels"), part(".pg-labelling-raters")];
  const state = { run: "", rater: 0, at: 0, marks: [[], []], labels: [], count: 0 };

  current = () =>
    state.marks.map((marks) => Array.from({ length: state.count }, (_, index) => marks[index] || "-").join("")).join("|");

  const word = (mark) => (mark ? state.labels[mark - 1] : say("bias_texts.image_bias.faces.not_labelled"));
  const drawStatus = () => {
    const values = { labelled: state.marks[state.rater].filter(Boolean).length, total: state.count };
    part(".pg-labelling-status").textContent =
      say("bias_texts.image_bias.faces.status", { rater: RATERS[state.rater], ...values });
  };
  const paint = () => {
    const marks = state.marks[state.rater];
    setPlace([...faces.children], state.at);
    setPlace([...raters.children], state.rater);
    [...faces.children].forEach((button, index) => {
      button.classList.toggle("pg-here", index === state.at);
      const values = { number: index + 1, label: word(marks[index]) };
      button.setAttribute("aria-label", say("bias_texts.image_bias.faces.face", values));
      button.lastChild.textContent = marks[index] ? `${marks[index]} ${word(marks[index])}` : "·";
    });
    [...raters.children].forEach((button, index) => button.setAttribute("aria-checked", String(index === state.rater)));
    drawStatus();
  };
  const go = (index, focus) => {
    state.at = Math.max(0, Math.min(state.count - 1, index));
    paint();
    if (focus) faces.children[state.at].focus();
  };
  const mark = (number) => {
    if (number > state.labels.length) return;
    state.marks[state.rater][state.at] = number;
    keep(state.same, current());
    go(number ? state.at + 1 : state.at, faces.contains(document.activeElement));
  };
  roving(faces, () => [...faces.children], { row: inFirstRow, moved: (_, index) => go(index, true) });
  faces.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !/^[0-3]$/.test(event.key)) return;
    mark(Number(event.key));
    event.preventDefault();
  });
  const choose = (index, focus) => {
    Object.assign(state, { rater: index, at: 0 });
    paint();
    if (focus) raters.children[index].focus();
  };
  raters.addEventListener("keydown", (event) => {
    if (!/^Arrow/.test(event.key)) return;
    choose(1 - state.rater, true);
    event.preventDefault();
  });
  const begin = (value) => {
    const bitmaps = pictures.bitmaps(value);
    const linked = value.marks || ["", ""];
    const old = resumed(linked, (kept()[value.same] || "|").split("|")).map((text) => [...text].map((one) => Number(one) || 0));
    Object.assign(state, { run: value.run, same: value.same, rater: 0, at: 0, marks: [old[0] || [], old[1] || []], count: bitmaps.count });
    faces.replaceChildren(...Array.from({ length: bitmaps.count }, (_, index) => {
      const button = make("button", "pg-labelling-face");
      button.type = "button";
      const canvas = pictures.bitmap(bitmaps, index, "");
      canvas.setAttribute("aria-hidden", "true");
      button.append(canvas, make("span", "pg-labelling-mark", "·"));
      button.addEventListener("click", () => go(index, true));
      return button;
    }));
    raters.replaceChildren(...RATERS.map((name, index) => {
      const button = make("button", "pg-button", say("bias_texts.image_bias.faces.rater", { rater: name }));
      button.type = "button";
      button.setAttribute("role", "radio");
      button.addEventListener("click", () => choose(index, false));
      return button;
    }));
  };
  const draw = () => {
    const value = given(props);
    part(".pg-labelling-body").hidden = !value || !value.pixels;
    part(".pg-empty").textContent = value && !value.pixels ? value.empty || "" : "";
    if (!value || !value.pixels) return;
    state.labels = value.labels;
    if (value.run !== state.run) begin(value);
    labels.replaceChildren(...value.labels.map((label, index) => {
      const button = make("button", "pg-button", `${index + 1} ${label}`);
      button.type = "button";
      button.addEventListener("click", () => mark(index + 1));
      return button;
    }));
    paint();
  };
  watch("value", draw);
  draw();
};
