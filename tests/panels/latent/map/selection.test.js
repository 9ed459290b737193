// Points of the map that are searched for, or drawn around.
import assert from "node:assert/strict";
import { test } from "node:test";

import { holds, isAround, searchable, standsOut } from "../../../../playground/panels/latent/map/selection.js";

const attributes = [{ name: "glasses", words: ["none", "round"] }, { name: "hair colour", words: ["black", "light brown"] }];
const data = { attributes, count: 4, table: Uint8Array.from([0, 1, 1, 0, 0, 0, 1, 1]) };

test("labels are searched by the beginnings of their words, and none is no label", () => {
  const texts = [0, 1, 2, 3].map((point) => searchable(attributes, point, data.count, data.table));
  const found = (search) => texts.flatMap((text, point) => (holds(text, search) ? [point] : []));
  assert.deepEqual(found("glasses"), [1, 2]);
  assert.deepEqual(found("Glass, brown"), [2]);
  assert.deepEqual(found("lack"), []);
  assert.deepEqual(found(" "), [0, 1, 2, 3]);
});

test("a line is around what is inside it", () => {
  const line = [[0, 0], [4, 0], [4, 4], [2, 1], [0, 4]];
  const places = [[1, 1], [3, 2], [2, 3], [5, 1], [-1, 0]];
  assert.deepEqual(places.map((place) => isAround(line, ...place)), [true, true, false, false, false]);
});

test("labels that are more frequent among the chosen are named with both shares, the largest difference first", () => {
  assert.deepEqual(standsOut(data, Uint8Array.from([0, 0, 1, 1])), [{ label: "hair colour: light brown", here: 1, all: 0.5 }]);
  assert.deepEqual(standsOut(data, Uint8Array.from([0, 0, 1, 0])).map((one) => one.label), ["glasses: round", "hair colour: light brown"]);
});
