// Scales, ticks and paths of charts.
import assert from "node:assert/strict";
import { test } from "node:test";

import { clamp, decades, linear, linesOfNames, logarithmic, means, pathThrough, roundTicks, ticksBetween } from "../../playground/ui/chart.js";

test("a scale draws its ends at its ends and the middle in the middle, also upside down", () => {
  const up = linear(2, 4, 100, 20);
  assert.deepEqual([2, 3, 4, 5].map(up), [100, 60, 20, -20]);
  const powers = logarithmic(1, 10000, 0, 400);
  [1, 10, 100, 10000].forEach((number, index) => assert.ok(Math.abs(powers(number) - [0, 100, 200, 400][index]) < 1e-9));
  assert.deepEqual([-1, 3, 9].map((number) => clamp(number, 0, 5)), [0, 3, 5]);
});

test("ticks are round numbers between the ends", () => {
  assert.deepEqual(decades(0.03, 30), [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20]);
  assert.deepEqual(roundTicks(23), [0, 5, 10, 15, 20]);
  assert.deepEqual(roundTicks(6), [0, 1, 2, 3, 4, 5, 6]);
  assert.deepEqual(ticksBetween(0.0622, 0.859), [0.2, 0.4, 0.6, 0.8]);
  assert.deepEqual(ticksBetween(-0.277, 0.363), [-0.2, 0, 0.2]);
  assert.deepEqual(ticksBetween(1.14, 1.41), [1.2, 1.3, 1.4]);
  [[0.0187, 0.434], [3, 4], [-1e-6, 1e-6], [0.675, 0.817], [999, 1001]].forEach(([low, high]) => {
    const ticks = ticksBetween(low, high);
    assert.ok(ticks.length >= 2 && ticks.length <= 6 && ticks[0] >= low && ticks.at(-1) <= high, String(ticks));
  });
  [0.5, 7, 61, 299, 3000].forEach((highest) => {
    const ticks = roundTicks(highest);
    assert.ok(ticks[0] === 0 && ticks.length <= 7 && ticks.at(-1) <= highest);
  });
});

test("a name that would cover the one before it goes to the next line", () => {
  const names = [{ from: 0, to: 40 }, { from: 10, to: 60 }, { from: 50, to: 90 }, { from: 55, to: 95 }, { from: 70, to: 99 }];
  assert.deepEqual(linesOfNames(names), [0, 1, 0, 2, 1]);
});

test("a long line is thinned to means of neighbours, which keep its mean", () => {
  const points = Array.from({ length: 1000 }, (_, index) => [index, index % 2 ? 10 : 0]);
  const thinned = means(points, 250);
  assert.equal(thinned.length, 250);
  assert.deepEqual(thinned[0], [3, 5]);
  assert.deepEqual(thinned.at(-1), [999, 5]);
  assert.deepEqual(means(points.slice(0, 5), 250), points.slice(0, 5));
  assert.deepEqual(means([], 10), []);
});

test("a path moves to its first point and draws lines to the others", () => {
  assert.equal(pathThrough([[0, 1], [1, 3]], linear(0, 1, 10, 20), linear(0, 4, 40, 0)), "M10.0 30.0L20.0 10.0");
  assert.equal(pathThrough([], Number, Number), "");
});
