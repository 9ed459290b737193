// Characters of tokens.
import assert from "node:assert/strict";
import { test } from "node:test";

import { restOfWord } from "../../playground/ui/characters.js";

test("a fragment is completed to its word, on both sides, and a whole word or a sign is not", () => {
  const texts = ["A", " gover", "n", "ess", ",", " Br", "indle", "mark", ".", " E", "ira"];
  assert.deepEqual(restOfWord(texts, 1), ["", "ness"]);
  assert.deepEqual(restOfWord(texts, 2), ["gover", "ess"]);
  assert.deepEqual(restOfWord(texts, 6), ["Br", "mark"]);
  assert.deepEqual(restOfWord(texts, 10), ["E", ""]);
  [0, 4, 8].forEach((index) => assert.deepEqual(restOfWord(texts, index), ["", ""]));
});
