import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = { addEventListener: () => {} };
globalThis.window = { location: { search: "" } };
const { addressOf, embedCode } = await import("../../playground/ui/page_menu.js");

test("an address gets and loses its frame, and nothing else", () => {
  const address = "http://localhost:7860/images?tab=images&panel=grid&prompt=a%20%22b%22";
  assert.ok(addressOf(address, true).endsWith("&__embed=1"));
  assert.equal(addressOf(addressOf(address, true), false), new URL(address).toString().replaceAll("%20", "+"));
  assert.equal(addressOf(addressOf(address, true), true), addressOf(address, true));
});

test("the code to embed holds no HTML of the address or the title", () => {
  const code = embedCode('http://localhost/?prompt=%3Cscript%3E"', 'A "<b>" title');
  assert.ok(!code.includes("<script") && !code.includes("<b>"));
  assert.equal(code.match(/"/g).length, 10);
});
