// The nearest of many points, against a search through all of them.
import assert from "node:assert/strict";
import { test } from "node:test";

import { nearestIn } from "../../playground/ui/nearest.js";

// A linear congruential generator (Numerical Recipes' constants): the same points in every run.
const random = ((state) => () => (state = (1664525 * state + 1013904223) % 2 ** 32) / 2 ** 32)(7);

test("the nearest point within reach that is accepted is found, or none", () => {
  const points = Float32Array.from({ length: 2000 }, () => random() * 10 - 5);
  const find = nearestIn(points, [-5, -5], 10);
  let none = 0;
  for (let turn = 0; turn < 300; turn += 1) {
    const [x, y, reach] = [random() * 12 - 6, random() * 12 - 6, random() * 0.6];
    const takes = (at) => at % 3 !== 0;
    let [best, square] = [-1, reach * reach];
    for (let at = 0; at < points.length / 2; at += 1) {
      const own = (points[2 * at] - x) ** 2 + (points[2 * at + 1] - y) ** 2;
      if (takes(at) && own < square) [best, square] = [at, own];
    }
    assert.equal(find(x, y, reach, takes), best);
    none += best < 0;
  }
  assert.ok(none > 10 && none < 290);
});
