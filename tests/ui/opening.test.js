// A page that opens stays hidden until its panel has what it opens on.
import assert from "node:assert/strict";
import { mock, test } from "node:test";

const classes = new Set();
const root = { classList: { add: (name) => classes.add(name), remove: (name) => classes.delete(name) } };
globalThis.document = { documentElement: root, addEventListener: () => {}, getElementById: () => null };
globalThis.window = { location: { search: "" }, addEventListener: () => {} };
mock.timers.enable({ apis: ["setTimeout"] });
const { firstResultIsThere, settingsAreThere } = await import("../../playground/ui/opening.js");

const isHiddenAfter = (milliseconds) => {
  mock.timers.tick(milliseconds);
  return classes.has("pg-opening");
};

const open = (begins) => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  classes.add("pg-opening");
  begins();
};

test("it is hidden from the first moment, and not for ever", () => {
  assert.ok(isHiddenAfter(1000));
  assert.ok(!isHiddenAfter(20000), "the server may never answer");
});

test("where no result follows it is there as soon as its settings are", () => {
  open(() => settingsAreThere(false));
  assert.ok(!isHiddenAfter(200));
});

test("where a result follows it is there with the result, and without it if that takes long", () => {
  open(() => settingsAreThere(true));
  assert.ok(isHiddenAfter(1000));
  firstResultIsThere();
  assert.ok(!isHiddenAfter(200));
  open(() => settingsAreThere(true));
  assert.ok(!isHiddenAfter(5000));
});
