// What a chart of a training says of the numbers that it leaves out.
import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = { addEventListener: () => {}, getElementById: () => null };
globalThis.window = { addEventListener: () => {} };
const { addSentences } = await import("../../playground/ui/say.js");
const { cutWords } = await import("../../playground/ui/training_curves.js");

test("both extremes are said in one sentence", () => {
  addSentences({
    "shared.curves.both_cut": "Not shown: {lowest} and {peak}.",
    "shared.curves.lowest_cut": "Not shown: low {number}.",
    "shared.curves.peak_cut": "Not shown: high {number}.",
  });
  assert.equal(cutWords("1", "9"), "Not shown: 1 and 9.");
  assert.equal(cutWords("1", ""), "Not shown: low 1.");
  assert.equal(cutWords("", "9"), "Not shown: high 9.");
  assert.equal(cutWords("", ""), "");
});
