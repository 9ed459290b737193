// Short links, with a server of three lines.
import assert from "node:assert/strict";
import { test } from "node:test";

import { addSentences } from "../../playground/ui/say.js";
import { shorten, shortLink } from "../../playground/ui/short_link.js";

addSentences({ "shared.short_link.nothing": "Nothing.", "shared.short_link.kept": "Kept." });

const LONG = "http://host/app/images?tab=images&seed=3";
const serve = (answer) => {
  const asked = [];
  globalThis.document = { baseURI: "http://host/app/" };
  globalThis.fetch = async (url, options) => {
    asked.push([url.href, options.method, options.body]);
    return { json: async () => answer };
  };
  return asked;
};

test("a link is shortened by the server below the site's root", async () => {
  const asked = serve({ id: "abcdefgh" });
  assert.equal(await shorten(LONG), "http://host/app/s/abcdefgh");
  assert.deepEqual(asked, [["http://host/app/s", "POST", "tab=images&seed=3"]]);
});

test("a refusal is the server's sentence, and the long link stays", async () => {
  serve({ detail: "No room." });
  const [link, notice] = await shortLink(LONG);
  assert.equal(link, LONG);
  assert.deepEqual(JSON.parse(notice), { text: "No room.", tone: "error" });
});

test("nothing is asked for an empty box, or a link that is short", async () => {
  const asked = serve({ id: "abcdefgh" });
  assert.equal((await shortLink(""))[0], "");
  assert.equal((await shortLink("http://host/app/s/abcdefgh"))[0], "http://host/app/s/abcdefgh");
  assert.deepEqual(asked, []);
});
