// The gender that each occupation gets in translation: a table to sort and filter.
import { make } from "../../../ui/dom.js";
import { percent } from "../../../ui/numbers.js";
import { say } from "../../../ui/say.js";
import { sayThatItScrolls } from "../../../ui/scroll_hint.js";
import { given } from "../../../ui/value.js";

const GENDERS = ["he", "she", "none"];

export const genderTable = ({ element, props, trigger, watch }) => {
  const root = element.querySelector(".pg-genders");
  const part = (name) => root.querySelector(".pg-genders-" + name);
  const [wording, order, filter, find] = ["wording", "order", "filter", "find"].map(part);
  const [head, body] = [part("table").querySelector("thead"), part("table").querySelector("tbody")];
  let value = null;
  let direction = null;

  const answer = (row, gender) =>
    row.answers.find((one) => one.gender === gender && one.wording === Number(wording.value));
  const description = (one) => {
    const values = { text: one.text, share: percent(one.feminine), translation: one.translation };
    const sentences = [say("bias_texts.translation.answer", values)];
    if (one.followed === false) sentences.push(say("bias_texts.translation.answer_not_followed"));
    else if (one.followed) sentences.push(say("bias_texts.translation.answer_followed"));
    else if (!one.counts) sentences.push(say("bias_texts.translation.answer_not_counted"));
    return sentences.join(" ");
  };
  const cell = (row, gender) => {
    const one = answer(row, gender);
    const box = make("td", "pg-gender-cell");
    box.dataset.label = value.columns[gender];
    if (!one) {
      box.append(make("span", "pg-hint", "–"));
      return box;
    }
    const mark = !one.counts ? "○" : one.followed === true ? "✓" : one.followed === false ? "✗" : "";
    const button = make("button", "pg-gender-button" + (one.followed === false ? " pg-gender-not" : ""));
    button.type = "button";
    const track = make("span", "pg-share-track");
    const fill = make("span", "pg-share-fill");
    fill.style.width = 100 * one.feminine + "%";
    track.append(fill);
    const line = make("span", "pg-gender-line");
    line.append(make("span", "pg-gender-mark", mark), track, make("span", "pg-number", percent(one.feminine)));
    button.append(line, make("span", "pg-gender-text", one.translation));
    button.setAttribute("aria-label", description(one));
    button.title = one.text;
    button.addEventListener("click", () => trigger("pick", { text: one.text, direction: value.direction }));
    box.append(button);
    return box;
  };
  const keeps = (row) => {
    const words = (row.name + " " + row.forms).toLowerCase();
    if (!words.includes(find.value.trim().toLowerCase())) return false;
    if (filter.value === "all") return true;
    const one = answer(row, filter.value);
    if (!one || !one.counts) return false;
    return filter.value === "none" ? one.feminine > 0.5 : one.followed === false;
  };
  const show = () => {
    const share = (row) => {
      const one = answer(row, order.value);
      return one ? one.feminine : -1;
    };
    const rows = value.rows.filter(keeps);
    if (order.value !== "name") rows.sort((a, b) => share(b) - share(a));
    const top = make("tr");
    top.append(...[value.name, ...GENDERS.map((gender) => value.columns[gender])].map((text) => {
      const heading = make("th", "", text);
      heading.scope = "col";
      return heading;
    }));
    head.replaceChildren(top);
    body.replaceChildren(...rows.map((row) => {
      const line = make("tr");
      const name = make("th", "", row.name);
      name.scope = "row";
      name.append(make("span", "pg-gender-forms", row.forms));
      line.append(name, ...GENDERS.map((gender) => cell(row, gender)));
      return line;
    }));
    const sentences = [say("bias_texts.translation.shown", { count: rows.length })];
    if (value.rows.length < value.total) {
      const counts = { measured: value.rows.length, total: value.total };
      sentences.push(say("bias_texts.translation.measured_so_far", counts));
    }
    part("count").textContent = sentences.join(" ");
  };
  const draw = () => {
    value = given(props);
    const some = Boolean(value && value.rows && value.rows.length);
    part("body").hidden = !some;
    root.querySelector(".pg-empty").textContent = !some && value ? value.empty || "" : "";
    if (!some) return;
    if (direction !== value.direction) {
      direction = value.direction;
      wording.replaceChildren(...value.wordings.map((text, index) => Object.assign(make("option", "", text), { value: String(index) })));
    }
    show();
  };
  [wording, order, filter].forEach((select) => select.addEventListener("change", show));
  find.addEventListener("input", show);
  sayThatItScrolls(part("scroll"));
  watch("value", draw);
  draw();
};
