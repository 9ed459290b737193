import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = { addEventListener: () => {}, getElementById: () => null };
const { find, parse, search } = await import("../../playground/ui/glossary.js");

test("a sentence of the catalogue has a term's forms and its meaning", () => {
  assert.deepEqual(parse("token, tokens: a word: or a piece of one."), {
    forms: ["token", "tokens"],
    meaning: "A word: or a piece of one.",
  });
});

test("a term is found as a whole word, and abbreviations only as they are spelled", () => {
  assert.deepEqual(find("Each Token counts", ["token", "tokens"]), [5, 10]);
  assert.deepEqual(find("Two tokens", ["token", "tokens"]), [4, 10]);
  assert.equal(find("a tokenizer", ["token", "tokens"]), null);
  assert.equal(find("it began", ["GAN"]), null);
  assert.equal(find("a pan", ["p"]), null);
  assert.equal(find("P. Smith", ["p", "p-value"]), null);
  assert.deepEqual(find("a p-value", ["p", "p-value"]), [2, 9]);
  assert.equal(find("pre-seed", ["seed"]), null);
});

test("a search finds names before meanings", () => {
  const terms = [
    { forms: ["loss"], meaning: "How wrong a seed is." },
    { forms: ["re-seed"], meaning: "x" },
    { forms: ["seed", "seeds"], meaning: "y" },
  ];
  assert.deepEqual(search(terms, "SEED").map(({ forms }) => forms[0]), ["seed", "re-seed", "loss"]);
  assert.deepEqual(search(terms, "nothing"), []);
});
