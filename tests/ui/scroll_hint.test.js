// What says that it scrolls.
import assert from "node:assert/strict";
import { test } from "node:test";

import { addSentences } from "../../playground/ui/say.js";
import { scrollSentence } from "../../playground/ui/scroll_hint.js";

addSentences({ "shared.scroll.sideways": "sideways", "shared.scroll.down": "down" });

test("only a box that hides something says so, and sideways comes first", () => {
  const box = (scrollWidth, scrollHeight) => ({ scrollWidth, scrollHeight, clientWidth: 300, clientHeight: 200 });
  assert.deepEqual([box(300, 200), box(301, 201), box(300, 500), box(900, 500)].map(scrollSentence), ["", "", "down", "sideways"]);
});
