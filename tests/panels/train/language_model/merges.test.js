// Byte-pair merges of a passage, against merging by hand.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { clean, cut, tokensAfter } from "../../../../playground/panels/train/language_model/merges_view.js";

test("each merge joins the pieces whose border it removes, and says so once", () => {
  // "abab": merge 1 is a + b, merge 2 is ab + ab.
  const passage = { bytes: [97, 98, 97, 98], gone: [1, 2, 1] };
  assert.deepEqual(tokensAfter(passage, 0), [[[97], false], [[98], false], [[97], false], [[98], false]]);
  assert.deepEqual(tokensAfter(passage, 1), [[[97, 98], true], [[97, 98], true]]);
  assert.deepEqual(tokensAfter(passage, 2), [[[97, 98, 97, 98], true]]);
  assert.deepEqual(tokensAfter(passage, 3), [[[97, 98, 97, 98], false]]);
});

test("the page cuts a passage as the tokenizer does", async () => {
  const { passages } = JSON.parse(await readFile(new URL("passages.json", import.meta.url), "utf8"));
  for (const { merges, text, bytes, gone } of passages) assert.deepEqual(cut(text, merges), { bytes, gone });
  assert.equal(clean("  a\r\nb\u0007é "), "a\nbé");
});
