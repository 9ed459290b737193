// Settings as a link's query.
import assert from "node:assert/strict";
import { test } from "node:test";

import { settingsQueries, settingsQuery, typedQueries } from "../../playground/ui/query.js";

const NAMES = ["prompt", "temperature", "top_a"];

test("a query holds all settings but empty ones and those at their default", () => {
  assert.equal(settingsQuery({ tab: "text" }, NAMES, { top_a: 0 }, ["a & b", 0.7, 0]), "tab=text&prompt=a+%26+b&temperature=0.7");
  assert.equal(settingsQuery({ tab: "text" }, NAMES, { top_a: 0 }, ["", null, 0.5]), "tab=text&top_a=0.5");
});

test("several panels have a query each, and one panel has one alone", () => {
  const panels = [{ tab: "text" }, { tab: "text", panel: "score" }];
  assert.deepEqual(settingsQueries(panels, ["seed"], {}, [3]), ["tab=text&seed=3", "tab=text&panel=score&seed=3"]);
  assert.equal(settingsQueries(panels.slice(1), ["seed"], {}, [3]), "tab=text&panel=score&seed=3");
});

test("a text box changes the queries only while the visitor writes", () => {
  const writing = (is) => (globalThis.document = { activeElement: { matches: () => is } });
  const panels = [{ tab: "a" }, { tab: "b" }];
  writing(true);
  assert.deepEqual(typedQueries(panels, ["x"], {}, ["old", "older", "1"]), ["tab=a&x=1", "tab=b&x=1"]);
  assert.equal(typedQueries(panels.slice(1), ["x"], {}, ["old", "1"]), "tab=b&x=1");
  writing(false);
  assert.deepEqual(typedQueries(panels, ["x"], {}, ["old", "older", "1"]), ["old", "older"]);
  assert.equal(typedQueries(panels.slice(1), ["x"], {}, ["old", "1"]), "old");
  delete globalThis.document;
});
