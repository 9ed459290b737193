// A visit's file, and the links of a visit: whole, damaged, hostile.
import assert from "node:assert/strict";
import { test } from "node:test";

import { keptEntries, recall, remember, replaceEntries } from "../../playground/ui/browser_store.js";
import { addSentences } from "../../playground/ui/say.js";
import { readVisit, visitText } from "../../playground/ui/visit.js";
import { keepLink, readLinks, visitLinks } from "../../playground/ui/visit_links.js";

addSentences(Object.fromEntries(["no_visit", "other_version", "too_large"].map((name) => ["shared.visit." + name, name])));

const store = (room = Infinity) => {
  const kept = {};
  const size = () => Object.values(kept).reduce((sum, text) => sum + text.length, 0);
  Object.defineProperties(kept, {
    getItem: { value: (key) => kept[key] ?? null },
    removeItem: { value: (key) => delete kept[key] },
    setItem: {
      value: (key, text) => {
        if (size() - (kept[key]?.length ?? 0) + text.length > room) throw new Error("full");
        kept[key] = text;
      },
    },
  });
  globalThis.window = { localStorage: kept };
  return kept;
};
const NOW = new Date("2026-11-30T05:00:00Z");

test("a visit survives its file", () => {
  const entries = { "bias-log": "[]", texts: "é \u2028", links: "{}" };
  assert.deepEqual(readVisit(visitText(entries, "tab=text&prompt=a", NOW)), { query: "tab=text&prompt=a", entries });
});

test("what is no visit is refused with a sentence", () => {
  const visit = (changes) => JSON.stringify({ ...JSON.parse(visitText({ texts: "[]" }, "tab=text", NOW)), ...changes });
  for (const text of ["", "null", "[]", "{}", visit({ format: "x" }), visit({ entries: null }), visit({ entries: ["a"] }),
    visit({ entries: { "../a": "b" } }), visit({ entries: { texts: 3 } }),
    visit({ entries: Object.fromEntries(Array.from({ length: 99 }, (_, index) => ["a" + index, ""])) })]) {
    assert.throws(() => readVisit(text), { message: "no_visit" }, text);
  }
  assert.throws(() => readVisit(visit({ version: 2 })), { message: "other_version" });
  assert.throws(() => readVisit(visit({ entries: { texts: "x".repeat(4_000_001) } })), { message: "too_large" });
  for (const query of ["prompt=a", "javascript:alert(1)", 7, "tab=text&a=" + "x".repeat(9000)]) assert.equal(readVisit(visit({ query })).query, "");
});

test("a visit replaces the one before, edits included, and never the token that steers trainings", () => {
  const kept = store();
  Object.assign(kept, { "playground-owner": "secret", "playground-edits": "[1]", other: "stays" });
  remember("texts", "[]");
  assert.deepEqual(keptEntries(), { texts: "[]", edits: "[1]" });
  assert.ok(replaceEntries({ endings: "abc", edits: "[2]" }));
  assert.deepEqual({ ...kept }, { "playground-owner": "secret", "playground-edits": "[2]", other: "stays", "playground-visit-endings": "abc" });
});

test("a visit for which there is no room changes nothing", () => {
  const kept = store(20);
  remember("texts", "[1,2,3]");
  const before = { ...kept };
  assert.ok(!replaceEntries({ texts: "x", endings: "y".repeat(30) }));
  assert.deepEqual({ ...kept }, before);
});

test("a panel's last link is kept, and a damaged list is none", () => {
  store();
  keepLink("text", "score", "tab=text&panel=score&seed=1");
  keepLink("text", "score", "tab=text&panel=score&seed=2");
  keepLink("text", "chat", "no link");
  assert.deepEqual(visitLinks(), [{ tab: "text", panel: "score", query: "tab=text&panel=score&seed=2" }]);
  assert.ok(recall("links"));
  for (const text of ["", "[", "null", '{"a b": 3}']) assert.deepEqual(readLinks(text), {});
});
