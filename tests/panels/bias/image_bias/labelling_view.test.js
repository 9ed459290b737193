// Labels that a browser keeps.
import assert from "node:assert/strict";
import { test } from "node:test";

import { resumed } from "../../../../playground/panels/bias/image_bias/labelling_view.js";

test("kept labels come back, also beside those of a link that they add to", () => {
  assert.deepEqual(resumed(["", ""], ["12-", "---"]), ["12-", "---"]);
  assert.deepEqual(resumed(["1--", "---"], ["12-", "--3"]), ["12-", "--3"]);
});

test("a link with other labels keeps its own, and so does one without kept labels", () => {
  assert.deepEqual(resumed(["2--", ""], ["12-", "---"]), ["2--", ""]);
  assert.deepEqual(resumed(["1--", ""], ["", ""]), ["1--", ""]);
});
