// A result that is still shown follows the tests that come after it.
import assert from "node:assert/strict";
import { test } from "node:test";

const { correct, corrected } = await import("../../playground/ui/corrected_verdicts.js");

const CHANCE = { name: "Chance", text: "p = 0.020 corrected", kind: "chance" };
const fine = {
  id: "a", verdict: "consistent", rows: [{ name: "Method", text: "By hand." }, CHANCE], session: "1 comparison.",
  file: { n: 8, verdict: "consistent", adjusted_p: 0.02 },
};
const chart = { id: "a", title: "Holds: consistent", titles: { consistent: "Holds: consistent", "cannot tell": "Holds: cannot tell" } };

test("nothing changes before another test, and never what is of no visit", () => {
  assert.equal(corrected(fine), fine);
  assert.equal(corrected(null), null);
  correct(JSON.stringify({ session: "", results: {} }));
  assert.equal(corrected(chart), chart);
});

test("a later test corrects verdict, p, count, title and file of a result", () => {
  const results = { a: { verdict: "cannot tell", adjusted_p: 0.06, chance: "p = 0.060 corrected" } };
  correct(JSON.stringify({ session: "3 comparisons.", results }));
  const now = corrected(fine);
  assert.equal(now.verdict, "cannot tell");
  assert.deepEqual(now.rows.map((row) => row.text), ["By hand.", "p = 0.060 corrected"]);
  assert.equal(now.session, "3 comparisons.");
  assert.deepEqual(now.file, { n: 8, verdict: "cannot tell", adjusted_p: 0.06 });
  assert.equal(corrected(chart).title, "Holds: cannot tell");
  assert.equal(fine.verdict, "consistent", "the value itself stays");
  assert.deepEqual(corrected({ ...fine, id: "other" }), { ...fine, id: "other" });
});
