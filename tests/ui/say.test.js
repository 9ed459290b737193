// Sentences, values of views, and characters that cannot be seen.
import assert from "node:assert/strict";
import { test } from "node:test";

import { visible } from "../../playground/ui/characters.js";
import { addSentences, say, sayInto } from "../../playground/ui/say.js";
import { given } from "../../playground/ui/value.js";

addSentences({
  "a.plain": "{count:,} of {total}, {count}",
  "a.forms": { one: "{count} picture", other: "{count} pictures" },
});

test("a sentence's names are replaced, and its count chooses the form", () => {
  assert.equal(say("a.plain", { count: 12345, total: "many" }), "12,345 of many, 12345");
  assert.deepEqual([0, 1, 2].map((count) => say("a.forms", { count })), ["0 pictures", "1 picture", "2 pictures"]);
  assert.throws(() => say("a.unknown"), /a\.unknown/);
});

test("values of a sentence may be nodes", () => {
  const parts = [];
  const bold = { node: true };
  sayInto({ append: (...some) => parts.push(...some) }, "a.forms", { count: bold });
  assert.deepEqual(parts, ["", bold, " pictures"]);
});

test("a view's value is parsed once for each text", () => {
  const props = { value: '{"a": [1]}' };
  assert.deepEqual(given(props), { a: [1] });
  assert.equal(given(props), given(props));
  props.value = "[2]";
  assert.deepEqual(given(props), [2]);
  props.value = "";
  assert.equal(given(props), null);
});

test("characters without a shape appear as signs", () => {
  assert.equal(visible(" a\tb\r\n"), "·a⇥b↵");
  assert.equal(visible("\u202ex\u0000"), "⟨202e⟩x⟨0000⟩");
  assert.equal(visible("", "f0 9f"), "⟨f0 9f⟩");
});
