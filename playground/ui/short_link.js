// Short links that the server keeps: see short_links.py. The base of every page is the site's root.
import { say } from "./say.js";

const said = (text, tone) => JSON.stringify({ text, tone });

/**
 * A link's short form, which the server is asked to keep.
 * @param {string} link the long link
 * @returns {Promise<string>} rejects with the server's sentence
 */
export const shorten = async (link) => {
  const query = new URL(link, document.baseURI).search.slice(1);
  const answer = await fetch(new URL("s", document.baseURI), { method: "POST", body: query });
  const { id, detail } = await answer.json();
  if (!id) throw new Error(detail);
  return new URL("s/" + id, document.baseURI).href;
};

/**
 * For the link's box: the short form of a long link, copied if the browser lets the page copy.
 * @param {string} link what the box holds
 * @returns {Promise<string[]>} its new value, and a notice as JSON
 */
export const shortLink = async (link) => {
  if (!link) return [link, said(say("shared.short_link.nothing"), "warning")];
  if (!new URL(link, document.baseURI).search) return [link, said(say("shared.short_link.kept"), "quiet")];
  try {
    const short = await shorten(link);
    const copied = await navigator.clipboard.writeText(short).then(() => true, () => false);
    return [short, said(copied ? say("shared.short_link.copied") : say("shared.short_link.kept"), "ok")];
  } catch (error) {
    return [link, said(error instanceof TypeError ? say("shared.short_link.no_answer") : error.message, "error")];
  }
};
