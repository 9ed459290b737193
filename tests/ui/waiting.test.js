// What a press says while it has no answer.
import assert from "node:assert/strict";
import { test } from "node:test";

import { addSentences } from "../../playground/ui/say.js";
import { waitingFor } from "../../playground/ui/waiting.js";

test("a press says how many runs are in line, or that it works", () => {
  addSentences({
    "shared.outcome.working": "Working.",
    "shared.outcome.in_line": { one: "One is in line.", other: "{count} are in line." },
  });
  assert.deepEqual([0, 1, 3].map(waitingFor), ["Working.", "One is in line.", "3 are in line."]);
});
