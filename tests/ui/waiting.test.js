// What a press says while it has no answer.
import assert from "node:assert/strict";
import { test } from "node:test";

import { addSentences } from "../../playground/ui/say.js";
import { waitingFor } from "../../playground/ui/waiting.js";

test("a press says its own place in line and about how long, or that it works", () => {
  addSentences({
    "shared.outcome.working": "Working.",
    "shared.outcome.in_line": { one: "Behind one", other: "Behind {count}" },
    "shared.outcome.about": "{line}: about {seconds} s",
  });
  const places = [[0, null], [1, null], [3, 19.6], [2, 0.2]].map(([before, seconds]) => ({ before, seconds }));
  assert.deepEqual(places.map(waitingFor), ["Working.", "Behind one", "Behind 3: about 20 s", "Behind 2"]);
});
