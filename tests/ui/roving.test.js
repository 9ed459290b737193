// Arrow keys among many nodes, without a page.
import assert from "node:assert/strict";
import { test } from "node:test";

import { arrowStep, inFirstRow, roving, setPlace } from "../../playground/ui/roving.js";

test("keys move by one or by a row, and others do not", () => {
  const keys = ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "Home", "End", "a"];
  assert.deepEqual(keys.map((key) => arrowStep(key, 4)), [1, -1, 4, -4, -Infinity, Infinity, 0]);
});

test("the focus and the place in the tab order move together and stop at the ends", () => {
  const nodes = Array.from({ length: 7 }, (_, index) => ({
    tabIndex: index ? -1 : 0,
    offsetTop: Math.floor(index / 3) * 50,
    focus() { globalThis.document.activeElement = this; },
  }));
  globalThis.document = { activeElement: nodes[0] };
  const seen = [];
  let press;
  const place = { addEventListener: (_, listener) => (press = listener) };
  roving(place, () => nodes, { row: inFirstRow, moved: (node, index) => seen.push([nodes.indexOf(node), index]) });
  const keys = ["ArrowDown", "ArrowRight", "End", "ArrowDown", "ArrowUp", "Home", "ArrowLeft"];
  const places = keys.map((key) => {
    press({ key, preventDefault: () => {} });
    assert.deepEqual(nodes.filter((node) => node.tabIndex === 0), [globalThis.document.activeElement]);
    return nodes.indexOf(globalThis.document.activeElement);
  });
  assert.deepEqual(places, [3, 4, 6, 6, 3, 0, 0]);
  assert.deepEqual(seen, places.map((index) => [index, index]));
  press({ key: "ArrowRight", ctrlKey: true, preventDefault: () => assert.fail() });
  delete globalThis.document;
});

test("one of many nodes is in the tab order", () => {
  const nodes = [{}, {}, {}];
  setPlace(nodes, 1);
  assert.deepEqual(nodes.map((node) => node.tabIndex), [-1, 0, -1]);
});
