// The order of the sampler's stages, and the arithmetic behind a token's bar.
import assert from "node:assert/strict";
import { test } from "node:test";

import { workingOf } from "../../../playground/panels/text/generate/sampler_rows.js";
import { movedStage } from "../../../playground/panels/text/stage_order_view.js";
import { addSentences } from "../../../playground/ui/say.js";

addSentences({ "sampler.view.cut": "Cut.", "sampler.view.not_sent": "Not sent." });

test("a stage moves to another place and the others keep their order", () => {
  const names = ["a", "b", "c", "d"];
  assert.deepEqual(movedStage(names, 0, 2), ["b", "c", "a", "d"]);
  assert.deepEqual(movedStage(names, 3, 0), ["d", "a", "b", "c"]);
  assert.deepEqual(movedStage(names, 1, 1), names);
  assert.deepEqual(names, ["a", "b", "c", "d"]);
});

test("the working ends where the token is cut, and checks out on a calculator", () => {
  const entry = (id, logit, normalizer) => ({ id, logit, probability: Math.exp(logit - normalizer), working: `w${logit}` });
  const whole = Math.log(Math.exp(2) + Math.exp(1));
  const stages = [
    { active: true, entries: [entry(7, 2, whole), entry(8, 1, whole)], ghosts: [], kept_count: 2, log_normalizer: whole },
    { active: false, entries: [], ghosts: [], kept_count: 0, log_normalizer: 0 },
    { active: true, entries: [entry(7, 2, 2)], ghosts: [{ id: 8, working: "1 < 2" }], kept_count: 1, log_normalizer: 2 },
  ];
  assert.deepEqual(workingOf(stages, 0, 7), ["w2", `exp(2.000 − ${whole.toFixed(3)}) = 73.1 %`]);
  assert.deepEqual(workingOf(stages, 2, 8), ["w1", `exp(1.000 − ${whole.toFixed(3)}) = 26.9 %`, "1 < 2", "Cut."]);
  assert.deepEqual(workingOf(stages, 2, 9), ["Cut."]);
});
