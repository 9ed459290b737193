// Arrays in base64, as Python packs them.
import assert from "node:assert/strict";
import { test } from "node:test";

import { bytesOf, unpackArray } from "../../playground/ui/arrays.js";

test("a packed array has its numbers and its shape", () => {
  const data = Buffer.from(Float32Array.of(0.5, -2, 1e6, 0).buffer).toString("base64");
  const array = unpackArray({ data, dtype: "float32", shape: [2, 2] });
  assert.deepEqual([...array], [0.5, -2, 1e6, 0]);
  assert.deepEqual(array.shape, [2, 2]);
  assert.deepEqual([...bytesOf("AP8Q")], [0, 255, 16]);
});
