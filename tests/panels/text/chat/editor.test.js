// The box that edits a turn, and what tells that a turn has changed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { deed } from "../../../../playground/panels/text/chat/editor.js";

test("Enter saves, Shift+Enter breaks the line, Escape cancels, and a composed character is not sent", () => {
  assert.equal(deed("Enter", false, false), "save");
  assert.equal(deed("Enter", true, false), "");
  assert.equal(deed("Enter", false, true), "");
  assert.equal(deed("Escape", false, false), "cancel");
  assert.equal(deed("a", false, false), "");
});
