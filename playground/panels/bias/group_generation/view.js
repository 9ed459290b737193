// Each group's distinctive words, and the texts. Words and texts come from a model: set them as text, never as HTML.
import { make } from "../../../ui/dom.js";
import { say } from "../../../ui/say.js";
import { given } from "../../../ui/value.js";

export const groupWords = ({ element, props, watch }) => {
  const root = element.querySelector(".pg-group-words");
  const list = (group) => {
    const box = make("section", "pg-group-box");
    const lines = make("ol");
    lines.append(...group.words.map((word) => {
      const line = make("li", word.holds ? "pg-holds" : "");
      line.append(make("span", "", (word.holds ? "● " : "○ ") + word.text), make("span", "pg-hint", word.note));
      return line;
    }));
    const noWords = make("p", "pg-hint", say("bias_texts.group_generation.no_words"));
    box.append(make("h4", "", group.name), group.words.length ? lines : noWords);
    return box;
  };
  const draw = () => {
    const value = given(props);
    root.hidden = !value;
    if (!value) return;
    root.querySelector(".pg-group-lists").replaceChildren(...value.groups.map(list));
    root.querySelector(":scope > .pg-hint").textContent = value.hint;
  };
  watch("value", draw);
  draw();
};

export const groupTexts = ({ element, props, watch }) => {
  const root = element.querySelector(".pg-group-texts");
  const choice = root.querySelector("select");
  const MOST = 60;
  const line = (text) => {
    const node = make("li");
    const words = make("p");
    words.append(make("span", "pg-prompt-part", text.prompt), make("strong", "", text.text));
    const note = make("p", "pg-hint", text.note + " ");
    if (text.query) {
      const link = make("a", "", say("bias_texts.group_generation.open"));
      note.append(Object.assign(link, { href: "?" + text.query, target: "_blank" }));
    }
    node.append(words, note);
    return node;
  };
  const draw = () => {
    const value = given(props);
    root.hidden = !value;
    if (!value) return;
    const names = [say("bias_texts.group_generation.all_groups"), ...value.groups];
    if ([...choice.options].map((option) => option.text).join("\n") !== names.join("\n")) {
      choice.replaceChildren(...names.map((name, index) => new Option(name, String(index - 1))));
    }
    const wanted = Number(choice.value);
    const texts = value.texts.filter((text) => wanted < 0 || text.group === wanted);
    root.querySelector("[role=status]").textContent =
      texts.length > MOST
        ? say("bias_texts.group_generation.first", { most: MOST, count: texts.length })
        : say("bias_texts.group_generation.count", { count: texts.length });
    root.querySelector("ol").replaceChildren(...texts.slice(0, MOST).map((text) => line(text)));
    root.querySelector(".pg-empty").textContent = value.texts.length ? "" : value.empty || "";
  };
  choice.addEventListener("change", draw);
  watch("value", draw);
  draw();
};
