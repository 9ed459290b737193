// Questions at the pointer's speed, and films, without a page.
import assert from "node:assert/strict";
import { test } from "node:test";

import { latest } from "../../playground/ui/latest.js";

// A server that answers when it is told to.
const server = () => {
  const asked = [];
  const ask = (wish) => new Promise((answer, refuse) => asked.push({ wish, answer, refuse }));
  return { asked, ask, wishes: () => asked.map((one) => one.wish) };
};
const settled = () => new Promise((done) => setImmediate(done));

test("one question is on the way, and only the newest wish is asked next", async () => {
  const { asked, ask, wishes } = server();
  const follow = latest(ask, () => assert.fail());
  [1, 2, 3].forEach(follow);
  assert.deepEqual(wishes(), [1]);
  assert.ok(follow.isWaiting());
  asked[0].answer();
  await settled();
  assert.deepEqual(wishes(), [1, 3]);
  assert.ok(!follow.isWaiting());
  asked[1].answer();
  await settled();
  follow(4);
  assert.deepEqual(wishes(), [1, 3, 4]);
});

test("after a failure the next wish is asked as usual", async () => {
  const { asked, ask, wishes } = server();
  let failures = 0;
  const follow = latest(ask, () => (failures += 1));
  follow("a");
  asked[0].refuse(new Error("gone"));
  await settled();
  assert.equal(failures, 1);
  follow("b");
  assert.deepEqual(wishes(), ["a", "b"]);
});
