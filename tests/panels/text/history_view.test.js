// The texts that the browser keeps: the newest first, each link once, and nothing that cannot be read.
import assert from "node:assert/strict";
import { test } from "node:test";
import { added, readEntries } from "../../../playground/panels/text/history_view.js";

const entry = (query) => ({ query, prompt: "p", text: "t" });

test("a text comes first, replaces the same link, and the oldest go", () => {
  const two = added(added([], entry("a")), entry("b"));
  assert.deepEqual(two.map((one) => one.query), ["b", "a"]);
  assert.deepEqual(added(two, entry("a")).map((one) => one.query), ["a", "b"]);
  const many = Array.from({ length: 60 }, (_, place) => entry("q" + place)).reduce(added, []);
  assert.equal(many.length, 40);
  assert.equal(many[0].query, "q59");
});

test("what cannot be read is left out", () => {
  assert.deepEqual(readEntries(""), []);
  assert.deepEqual(readEntries('{"query": "a"}'), []);
  assert.deepEqual(readEntries(JSON.stringify([entry("a"), null, { query: 7 }])), [entry("a")]);
});
