// Presses during a run.
import assert from "node:assert/strict";
import { test } from "node:test";

import { begins } from "../../playground/ui/busy.js";

test("a second press begins nothing until the run has ended, and other runs do not matter", () => {
  const runs = new Set();
  assert.equal(begins(runs, "run"), true);
  assert.equal(begins(runs, "run"), false);
  assert.equal(begins(runs, "other"), true);
  runs.delete("run");
  assert.equal(begins(runs, "run"), true);
});
