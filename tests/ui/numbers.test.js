// Numbers as people read them.
import assert from "node:assert/strict";
import { test } from "node:test";

import { fixed, percent, short, size, withMinus } from "../../playground/ui/numbers.js";

test("a share has as many digits as it needs, and is never rounded to 0 or 100", () => {
  const shares = [null, undefined, 0, 0.0000004, 0.00004, 0.0012345, 0.1234, 0.9994, 0.9996, 1];
  const texts = ["–", "–", "0 %", "< 0.001 %", "0.004 %", "0.12 %", "12.3 %", "99.9 %", "> 99.9 %", "100 %"];
  assert.deepEqual(shares.map(percent), texts);
});

test("a size has the unit that people use, as in Python", () => {
  const sizes = [0, 850, 46080, 999600, 9940000, 13400000, 2147483648, 5.6e12];
  const texts = ["0 bytes", "850 bytes", "46 kB", "1 MB", "9.9 MB", "13 MB", "2.1 GB", "5.6 TB"];
  assert.deepEqual(sizes.map(size), texts);
});

test("a number has three digits, and a power of ten only if it is very large or very small", () => {
  const numbers = [0, 5, 5731, 1.4949, -0.0012345, 0.00005, 1e11, 1e12];
  const texts = ["0", "5", "5,730", "1.49", "−0.00123", "5 × 10⁻⁵", "100,000,000,000", "10¹²"];
  assert.deepEqual(numbers.map(short), texts);
});

test("a negative number has a real minus sign, and a rounded zero none", () => {
  assert.equal(short(-0.7), "−0.7");
  assert.equal(short(-1e13), "−1 × 10¹³");
  assert.deepEqual([-0.71, 0.71, -0.001, 0].map((value) => fixed(value, 1)), ["−0.7", "0.7", "0.0", "0.0"]);
  assert.deepEqual([-0.71, 0.71, -0.001].map((value) => fixed(value, 1, true)), ["−0.7", "+0.7", "+0.0"]);
  assert.equal(withMinus("-12 - 3"), "−12 - 3");
});
