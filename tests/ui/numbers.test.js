// Numbers as people read them.
import assert from "node:assert/strict";
import { test } from "node:test";

import { percent, short } from "../../playground/ui/numbers.js";

test("a share has as many digits as it needs, and is never rounded to 0 or 100", () => {
  const shares = [null, undefined, 0, 0.0000004, 0.00004, 0.0012345, 0.1234, 0.9994, 0.9996, 1];
  const texts = ["–", "–", "0.000 %", "< 0.001 %", "0.004 %", "0.12 %", "12.3 %", "99.9 %", "> 99.9 %", "100.0 %"];
  assert.deepEqual(shares.map(percent), texts);
});

test("a number has three digits, and an exponent only if it is very large or very small", () => {
  const numbers = [0, 5, 5731, 1.4949, -0.0012345, 0.00005, 1e11, 1e12];
  const texts = ["0", "5", "5,730", "1.49", "-0.00123", "5.0e-5", "100,000,000,000", "1.0e+12"];
  assert.deepEqual(numbers.map(short), texts);
});
