// The page of a training run.
import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = { addEventListener() {} };
const { previewUnlessStarted, remarksGo } = await import("../../playground/ui/run.js");

const view = (...runs) => JSON.stringify({ runs: runs.map((run) => ({ family: "gan", run })) });
const SKIPS = [{ __type__: "update" }, { __type__: "update" }];

test("a preview replaces an example and another preview, never a run that a visitor started meanwhile", () => {
  const preview = ["notice", "an untrained model"];
  for (const shown of [view("recorded-toy_2d"), view("", "", ""), view(), null]) {
    assert.deepEqual(previewUnlessStarted(preview, shown, 2), preview);
  }
  assert.deepEqual(previewUnlessStarted(preview, view("20261130-c0ffee"), 2), SKIPS);
  assert.deepEqual(previewUnlessStarted(null, view("recorded-toy_2d"), 2), SKIPS);
});

test("a remark goes with the choice that it was about, and stays beside a visitor's run", () => {
  assert.deepEqual(remarksGo(undefined, 2), [null, null]);
  assert.equal(remarksGo(JSON.stringify({ run: "recorded-image_model" }), 1), null);
  assert.deepEqual(remarksGo(JSON.stringify({ run: "20261130-c0ffee" }), 1), SKIPS[0]);
});
