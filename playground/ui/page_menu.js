// The menu of the panel in front: to print it, or to embed it in another page, without the frame around it.
import { say } from "./say.js";

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

if (new URLSearchParams(window.location.search).has(EMBED)) document.documentElement.classList.add("pg-embed");

document.addEventListener("click", (event) => {
  const button = event.target.closest && event.target.closest(".pg-menu button, .pg-whole");
  const menu = document.querySelector(".pg-menu[open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
  if (!button) return;
  if (button.matches(".pg-whole")) button.href = addressOf(window.location.href, false);
  else if (button.matches(".pg-copy-embed")) copyEmbed();
  else {
    menu.open = false;
    window.print();
  }
}, { capture: true });
