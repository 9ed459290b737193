// Stored results: shown while a panel has none of its own.
import assert from "node:assert/strict";
import { test } from "node:test";

const listeners = {};
globalThis.document = {
  documentElement: { classList: { add() {}, remove() {} } },
  addEventListener: (name, listener) => (listeners[name] = listener),
};
globalThis.setTimeout = () => 0; // nothing here waits
const { drawingBegins, fill, isUntouched, showsStored } = await import("../../playground/ui/stored_results.js");

const QUIET = '{"tone":"quiet","text":""}';

test("a panel is untouched as it opens, and not with a result or a notice", () => {
  const views = [null, "", '{"empty":"Nothing measured yet."}', '{"rows":[]}', '{"tokens":[],"empty":""}'];
  assert.ok(isUntouched(5, [...views, "tab=text", null]));
  assert.ok(isUntouched(5, [...views, "tab=text", QUIET]));
  assert.ok(!isUntouched(5, [...views, "tab=text", '{"tone":"error","text":"No model."}']));
  for (const result of ['{"rows":[1]}', '{"words":["nurse"]}', '{"tokens":[1],"empty":""}', '{"target":{"pixels":""}}']) {
    assert.ok(!isUntouched(2, [null, result, null]), result);
  }
});

test("a view's value may be an object", () => {
  assert.ok(!isUntouched(1, [{ rows: [1] }, null]));
  assert.ok(isUntouched(2, [{ rows: [] }, null, { tone: "quiet", text: "" }]));
});

test("a panel shows what was stored until a view has another value", () => {
  const stored = JSON.stringify(['{"rows":[1],"model":"a"}', null, "An example"]);
  assert.ok(showsStored(stored, 2, [{ rows: [1], model: "a" }, '{"rows":[9]}', null]));
  assert.ok(!showsStored(stored, 2, ['{"rows":[1],"model":"b"}', null, "An example"]));
  assert.ok(!showsStored(stored, 2, [null, null, "An example"]));
  assert.ok(!showsStored("", 2, [null, null, null]));
});

const same = { __type__: "update" };

test("a stored result fills an untouched panel, and keeps what it does not name", () => {
  const stored = JSON.stringify(['{"rows":[1]}', null, "An example"]);
  assert.deepEqual(fill("a", stored, 1, 0, [null, "own link", null]), ['{"rows":[1]}', same, "An example"]);
  assert.deepEqual(fill("a", stored, 1, 0, ['{"rows":[2]}', "link", null]), [same, same, same]);
  assert.deepEqual(fill("a", "", 1, 0, [null, "link", null]), [same, same, same]);
  assert.deepEqual(fill("a", stored, 1, 1, [null, "", null]).at(-1), { __type__: "update", open: false });
  assert.deepEqual(fill("a", "", 1, 1, [null, "", null]).at(-1), same);
});

test("a stored result that comes after a drawing has begun changes nothing", () => {
  const stored = JSON.stringify(['{"rows":[1]}', "An example"]);
  assert.deepEqual(drawingBegins("draws", [1, 2]), [1, 2]);
  assert.deepEqual(fill("draws", stored, 1, 0, [null, null]), [same, same]);
  assert.deepEqual(fill("other", stored, 1, 0, [null, null]), ['{"rows":[1]}', "An example"]);
});

test("a setting that a visitor has changed since the panel came to the front stays", () => {
  const stored = JSON.stringify(['{"rows":[1]}', "its link", "An example"]);
  listeners.input({});
  assert.deepEqual(fill("a", stored, 1, 0, [null, "own link", null]), ['{"rows":[1]}', same, "An example"]);
  listeners.click({ target: { closest: () => ({}) } });
  assert.deepEqual(fill("a", stored, 1, 0, [null, "own link", null]), ['{"rows":[1]}', "its link", "An example"]);
});
