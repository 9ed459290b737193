// The table that is downloaded beside a measurement.
import assert from "node:assert/strict";
import { test } from "node:test";

import { csv } from "../../playground/ui/fine_print.js";

test("a table is CSV, with quotes around what needs them", () => {
  assert.equal(csv([["word", "n"], ["a, b", "-0.5"], ['so "called"', "two\nlines"]]),
    'word,n\r\n"a, b",-0.5\r\n"so ""called""","two\nlines"\r\n');
});
