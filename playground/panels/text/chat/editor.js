// A box in place of a text: Enter saves, Shift+Enter breaks the line, Escape cancels.
import { make } from "../../../ui/dom.js";
import { say } from "../../../ui/say.js";

/** What a key does in the box: "save", "cancel" or nothing. */
export const deed = (key, shift, composing) => {
  if (key === "Escape") return "cancel";
  return key === "Enter" && !shift && !composing ? "save" : "";
};

/**
 * The box, to be put in the text's place.
 * @param {string} text
 * @param {string} label
 * @param {Function} save called with the new text
 * @param {Function} cancel puts the text back
 */
export const editor = (text, label, save, cancel) => {
  const box = make("div", "pg-turn-editor");
  const area = make("textarea", "");
  area.value = text;
  area.rows = 2;
  area.setAttribute("aria-label", label);
  const act = { save: () => area.value.trim() && save(area.value), cancel };
  area.addEventListener("keydown", (event) => {
    const what = deed(event.key, event.shiftKey, event.isComposing);
    if (!what) return;
    event.preventDefault();
    event.stopPropagation();
    act[what]();
  });
  const row = make("p", "pg-turn-tools");
  [["save", "text.chat.save"], ["cancel", "text.chat.cancel"]].forEach(([what]) => {
    const one = make("button", "pg-button", what === "save" ? say("text.chat.save") : say("text.chat.cancel"));
    one.type = "button";
    one.addEventListener("click", act[what]);
    row.append(one);
  });
  row.append(make("span", "pg-turn-caption", say("text.chat.editing_info")));
  box.append(area, row);
  return box;
};
