// What ends with a view, with a page and a clock that the test moves.
import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { isSeen, lifetime, onResize, onTheme } from "../../playground/ui/lifetime.js";

const observers = [];
class Observer {
  constructor(changed) {
    Object.assign(this, { changed, on: true });
    observers.push(this);
  }
  observe(...what) { this.what = what; }
  disconnect() { this.on = false; }
}
Object.assign(globalThis, { MutationObserver: Observer, ResizeObserver: Observer, document: { body: {}, hidden: false } });
mock.timers.enable({ apis: ["setTimeout"] });
const removal = () => observers.find((one) => one.on && one.what[1]?.subtree).changed([{ removedNodes: [{}] }]);
const node = () => ({ isConnected: true, getClientRects: () => [{}] });

test("a view's signal aborts when it has left the page, and not while it is only moved", () => {
  const [stays, leaves] = [node(), node()];
  const signals = [stays, leaves].map(lifetime);
  assert.equal(lifetime(leaves), signals[1]);
  leaves.isConnected = false;
  removal();
  leaves.isConnected = true; // put in another place
  mock.timers.tick(1000);
  assert.ok(!signals[1].aborted);
  leaves.isConnected = false;
  removal();
  mock.timers.tick(1000);
  assert.deepEqual(signals.map((one) => one.aborted), [false, true]);
});

test("observers of a view's size and of the theme end with it", () => {
  const place = node();
  let drawn = 0;
  onResize(place, () => (drawn += 1));
  onTheme(place, () => (drawn += 1));
  const own = observers.slice(-2);
  own.forEach((one) => one.changed([]));
  assert.equal(drawn, 2);
  place.isConnected = false;
  removal();
  mock.timers.tick(1000);
  assert.deepEqual(own.map((one) => one.on), [false, false]);
});

test("a view is seen while it has a place in a page that is not hidden", () => {
  const place = node();
  assert.ok(isSeen(place));
  globalThis.document.hidden = true;
  assert.ok(!isSeen(place));
  globalThis.document.hidden = false;
  assert.ok(!isSeen({ ...place, getClientRects: () => [] }) && !isSeen({ ...place, isConnected: false }));
});
