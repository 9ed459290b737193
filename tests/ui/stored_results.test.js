// Stored results: whether a panel still has none of its own.
import assert from "node:assert/strict";
import { test } from "node:test";

import { areEmpty } from "../../playground/ui/stored_results.js";

test("a panel is empty as it opens, and not with a result", () => {
  assert.ok(areEmpty([null, "", '{"empty":"Nothing measured yet."}', '{"rows":[]}', '{"tokens":[],"empty":""}']));
  assert.ok(!areEmpty([null, '{"rows":[1]}']));
  assert.ok(!areEmpty(['{"words":["nurse"]}']));
  assert.ok(!areEmpty(['{"tokens":[1],"empty":""}']));
});
