// What a chart of a training says of the numbers that it leaves out.
import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = { addEventListener: () => {}, getElementById: () => null };
globalThis.window = { addEventListener: () => {} };
const { addSentences } = await import("../../playground/ui/say.js");
const { cutWords } = await import("../../playground/ui/training_curves.js");

test("what all charts leave out is one line", () => {
  addSentences({
    "shared.curves.cut": "Beyond: {charts}.",
    "shared.curves.both_cut": "{title} {lowest} to {peak}",
    "shared.curves.lowest_cut": "{title} low {number}",
    "shared.curves.peak_cut": "{title} high {number}",
  });
  const cut = (title, lowest, peak) => ({ title, lowest, peak });
  assert.equal(cutWords([cut("a", "1", "9"), cut("b", "", ""), cut("c", "1", ""), cut("d", "", "9")]), "Beyond: a 1 to 9; c low 1; d high 9.");
  assert.equal(cutWords([cut("b", "", "")]), "");
});
