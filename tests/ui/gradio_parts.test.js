import assert from "node:assert/strict";
import test from "node:test";

globalThis.document = { addEventListener: () => {} };
const { tabAt } = await import("../../playground/ui/gradio_parts.js");

test("arrow keys move along a row of tabs and around its ends", () => {
  const tabs = ["a", "b", "c"];
  assert.equal(tabAt(tabs, 0, "ArrowRight"), "b");
  assert.equal(tabAt(tabs, 2, "ArrowRight"), "a");
  assert.equal(tabAt(tabs, 0, "ArrowLeft"), "c");
  assert.equal(tabAt(tabs, 1, "Home"), "a");
  assert.equal(tabAt(tabs, 1, "End"), "c");
});

test("other keys, and keys outside of the row, lead nowhere", () => {
  for (const key of ["ArrowDown", "ArrowUp", "Enter", "x"]) assert.equal(tabAt(["a", "b"], 0, key), null);
  assert.equal(tabAt(["a", "b"], -1, "ArrowRight"), null);
});
