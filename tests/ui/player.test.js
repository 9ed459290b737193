// Films, with a clock that the test moves.
import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { player } from "../../playground/ui/player.js";
import { addSentences } from "../../playground/ui/say.js";

addSentences({ "shared.play": "Play", "shared.pause": "Pause" });
globalThis.MutationObserver = class {
  observe() {}
};
globalThis.document = { body: {} };
mock.timers.enable({ apis: ["setInterval"] });

const film = (more) => {
  const [slider, button, painted] = [{ value: 0, max: 3 }, {}, []];
  const playing = player({ element: {}, slider, button, paint: () => painted.push(Number(slider.value)), wait: () => 100, ...more });
  return { slider, button, painted, ...playing };
};

test("a film plays its frames once and begins again from the start", () => {
  const { slider, button, painted, start, isPlaying } = film({});
  slider.value = 1;
  start();
  assert.ok(isPlaying() && button.textContent === "Pause");
  mock.timers.tick(1000);
  assert.deepEqual(painted, [2, 3]);
  assert.ok(!isPlaying() && button.textContent === "Play");
  start();
  mock.timers.tick(250);
  assert.deepEqual(painted, [2, 3, 0, 1, 2]);
});

test("a loop goes on until it is stopped", () => {
  const { painted, start, stop } = film({ loops: () => true });
  start();
  mock.timers.tick(500);
  stop();
  mock.timers.tick(500);
  assert.deepEqual(painted, [1, 2, 3, 0, 1]);
});

test("frames may be skipped, but never the last", () => {
  const { painted, start, isPlaying } = film({ next: (frame) => frame + 2 });
  start();
  mock.timers.tick(1000);
  assert.deepEqual(painted, [2, 3]);
  assert.ok(!isPlaying());
});
