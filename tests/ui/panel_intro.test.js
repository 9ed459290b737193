import assert from "node:assert/strict";
import { test } from "node:test";

import { startsOpen } from "../../playground/ui/panel_intro.js";

test("an introduction is open at the first visit on a wide screen, and when the visitor has opened it", () => {
  assert.ok(startsOpen(undefined, false));
  assert.ok(!startsOpen(undefined, true));
  assert.ok(!startsOpen("seen", false));
  assert.ok(!startsOpen("shut", false));
  assert.ok(startsOpen("open", true));
});
