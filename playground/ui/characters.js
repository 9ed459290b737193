// Invisible characters as signs.

/**
 * A token's text outside of flowing text.
 * @param {string} text
 * @param {string} [bytes] in hexadecimal, for a token that is no whole character
 */
export const visible = (text, bytes) => {
  if (!text && bytes) return "⟨" + bytes + "⟩";
  return text
    .replace(/ /g, "·")
    .replace(/\r?\n/g, "↵")
    .replace(/\t/g, "⇥")
    .replace(/[\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, (character) =>
      "⟨" + character.codePointAt(0).toString(16).padStart(4, "0") + "⟩");
};

const LETTERS = /^[\p{L}\p{M}]+/u;
const LETTERS_AT_END = /[\p{L}\p{M}]+$/u;
const inside = (text) => text.replace(LETTERS, "") === ""; // letters alone: the word goes on at both ends

/**
 * What completes a token to its word: the letters that stand before and after it in the text.
 * @param {string[]} texts of all tokens
 * @param {number} index
 * @returns {[string, string]}
 */
export const restOfWord = (texts, index) => {
  let [before, after] = ["", ""];
  for (let at = index; at > 0 && LETTERS.test(texts[at]) && (at === index || inside(texts[at])); at -= 1) {
    const letters = texts[at - 1].match(LETTERS_AT_END);
    if (!letters) break;
    before = letters[0] + before;
  }
  for (let at = index; at < texts.length - 1 && LETTERS_AT_END.test(texts[at]) && (at === index || inside(texts[at])); at += 1) {
    const letters = texts[at + 1].match(LETTERS);
    if (!letters) break;
    after += letters[0];
  }
  return [before, after];
};
