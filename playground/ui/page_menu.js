// The menu: to print or embed the panel in front, to copy its results as pictures, and to save, open or forget the visit.
import { startAgain } from "./browser_store.js";
import { make } from "./dom.js";
import { say } from "./say.js";
import { visitLinks } from "./visit_links.js";

const EMBED = "__embed";

/** The address of a page with or without its frame. */
export const addressOf = (address, embedded) => {
  const url = new URL(address);
  url.searchParams.delete(EMBED);
  if (embedded) url.searchParams.set(EMBED, "1");
  return url.toString();
};

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

/** HTML that embeds the panel of an address. */
export const embedCode = (address, title) =>
  `<iframe src="${escaped(addressOf(address, true))}" title="${escaped(title)}" width="100%" height="900" loading="lazy"></iframe>`;

const answer = (text) => (document.querySelector(".pg-menu [role=status]").textContent = text);
const copyEmbed = async () => {
  try {
    await navigator.clipboard.writeText(embedCode(window.location.href, document.title));
    answer(say("shared.page.embed_copied"));
  } catch {
    answer(say("shared.page.no_clipboard"));
  }
};

const print = (menu) => {
  menu.open = false;
  window.print();
};

const saveVisit = async () => {
  const [{ visitFile }, { save }] = await Promise.all([import("./visit.js"), import("./download.js")]);
  await save(JSON.stringify(visitFile()));
  answer(say("shared.visit.saved"));
};

const openVisit = () => {
  const input = make("input");
  input.type = "file";
  input.accept = ".json,application/json";
  input.addEventListener("change", async () => {
    const visit = await import("./visit.js");
    await visit.openVisit(input.files[0]).catch((error) => answer(error.message));
  });
  input.click();
};

const ACTIONS = { "pg-print": print, "pg-copy-embed": copyEmbed, "pg-save-visit": saveVisit, "pg-open-visit": openVisit, "pg-start-again": startAgain };

// What the menu lists of the panel in front and of the visit, when it is opened.
const listItem = (node) => {
  const item = make("li");
  item.append(node);
  return item;
};
const copyButton = (result, copyImage) => {
  const button = make("button", "pg-button", result.title);
  button.type = "button";
  button.addEventListener("click", () => copyImage(result).then(answer, (error) => answer(error.message)));
  return listItem(button);
};
const visitLink = ({ tab, panel, query }) => {
  const titles = JSON.parse(document.getElementById("pg-constants")?.textContent || "{}").titles || {};
  const link = make("a", "", [titles[tab]?.[""] || tab, titles[tab]?.[panel] || panel].join(": "));
  link.href = "./?" + query;
  return listItem(link);
};
const fillMenu = async (menu) => {
  answer("");
  const lists = Object.fromEntries(["images", "links"].map((name) => [name, menu.querySelector(`.pg-menu-${name}`)]));
  const { seenResults, copyImage } = await import("./copy_image.js");
  lists.images.replaceChildren(...seenResults().map((result) => copyButton(result, copyImage)));
  lists.links.replaceChildren(...visitLinks().map(visitLink));
  Object.values(lists).forEach((list) => list.parentElement.toggleAttribute("hidden", !list.childElementCount));
};
globalThis.document?.addEventListener("toggle", (event) => event.target.matches?.(".pg-menu[open]") && fillMenu(event.target), { capture: true });

if (new URLSearchParams(window.location.search).has(EMBED)) document.documentElement.classList.add("pg-embed");

document.addEventListener("click", (event) => {
  const button = event.target.closest && event.target.closest(".pg-menu button, .pg-whole");
  const menu = document.querySelector(".pg-menu[open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
  if (!button) return;
  if (button.matches(".pg-whole")) button.href = addressOf(window.location.href, false);
  else Object.entries(ACTIONS).find(([name]) => button.classList.contains(name))?.[1](menu);
}, { capture: true });
