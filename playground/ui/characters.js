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
