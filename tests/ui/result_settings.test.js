// A result of other settings: waiting at first, with the server's line, then plainly of earlier settings.
import assert from "node:assert/strict";
import { test } from "node:test";

const styles = { textContent: "" };
const node = () => ({ textContent: "", setAttribute() {}, classList: { add() {} } });
globalThis.document = {
  createElement: node,
  head: { appendChild: () => styles },
  body: { appendChild: node },
  getElementById: () => null,
};
globalThis.CSS = { escape: (text) => text };
globalThis.window = { gradio_config: { root: "" } };
const timers = [];
globalThis.setTimeout = (act) => timers.push(act);
globalThis.clearTimeout = (timer) => (timers[timer - 1] = () => {});
let line = 0;
globalThis.fetch = async () => ({ ok: true, json: async () => ({ before: line, seconds: line ? 19.6 : null }) });
const { compareSettings } = await import("../../playground/ui/result_settings.js");
const { addSentences, say } = await import("../../playground/ui/say.js");
addSentences({
  "shared.outcome.earlier": "earlier", "shared.outcome.waiting": "on its way",
  "shared.outcome.waiting_in_line": { one: "behind {count}", other: "behind {count}" }, "shared.outcome.about": "{line}: {seconds} s",
});
const next = () => timers.at(-1)();
const compare = (value, patience) => compareSettings(["view"], ["model"], '{"model":"a"}', [value], patience);
const shows = (key, values) => styles.textContent.includes(JSON.stringify(say(key, values)));

test("a result that is asked for is of earlier settings at once, and not when they are back", () => {
  compare("b", 0);
  assert.ok(shows("shared.outcome.earlier"));
  compare("a", 0);
  assert.equal(styles.textContent, "");
});

test("a result that follows its settings waits, says its own place in line, and is of earlier settings if none comes", async () => {
  compare("b", 3000);
  assert.equal(styles.textContent, "", "a quick result needs no sign");
  line = 2;
  await next();
  assert.ok(styles.textContent.includes(JSON.stringify("behind 2: 20 s")));
  line = 0;
  await next();
  assert.ok(shows("shared.outcome.waiting"));
  await next();
  assert.ok(shows("shared.outcome.earlier"));
});

test("a result that arrives meanwhile is not covered by an answer that comes late", async () => {
  compare("a", 3000);
  compare("b", 3000);
  const late = next();
  compare("a", 3000);
  await late;
  assert.equal(styles.textContent, "");
});
