// The sentences of playground/catalogue. Each script is served with those that it names (see script_modules.py).

const sentences = new Map();

/**
 * Adds sentences, before the script that names them runs.
 * @param {Object<string, string|{one: string, other: string}>} some
 */
export const addSentences = (some) => Object.entries(some).forEach(([key, sentence]) => sentences.set(key, sentence));

const sentenceOf = (key, values) => {
  const sentence = sentences.get(key);
  if (sentence === undefined) throw new Error("no script is served with the sentence " + key);
  return typeof sentence === "string" ? sentence : values.count === 1 ? sentence.one : sentence.other;
};

// Numbers have a real minus sign.
const textOf = (value) => (typeof value === "number" ? String(value).replace(/^-/, "−") : String(value));

/**
 * A sentence with its {names} replaced: {n:,} is a number with commas, and `count` chooses between the forms of a
 * sentence that has two. See core/catalogue.py.
 * @param {string} key
 * @param {Object<string, string|number>} [values]
 */
export const say = (key, values = {}) =>
  sentenceOf(key, values).replace(/\{(\w+)(:,)?\}/g, (_, name, commas) =>
    commas ? Number(values[name]).toLocaleString("en").replace(/^-/, "−") : textOf(values[name]));

/**
 * The same in a node, where some of the values are nodes themselves, such as a number in bold. Returns the node.
 * @param {Element} node
 * @param {string} key
 * @param {Object<string, string|Node>} values
 */
export const sayInto = (node, key, values) => {
  node.append(...sentenceOf(key, values).split(/(\{\w+\})/).map((part) => (/^\{\w+\}$/.test(part) ? values[part.slice(1, -1)] : part)));
  return node;
};
