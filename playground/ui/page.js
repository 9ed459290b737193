// What belongs to the whole page: how text is drawn, the link in the address bar, and downloads.
(() => {
  const playground = (window.playground = window.playground || {});

  playground.make = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  // A sentence of playground/catalogue, with its {names} replaced: {n:,} is a number with commas, and count chooses
  // between the forms of a sentence that has two. See core/catalogue.py.
  playground.say = (key, values = {}) => {
    const sentence = window.playgroundSentences[key];
    if (sentence === undefined) throw new Error("the catalogue has no sentence " + key);
    const text = typeof sentence === "string" ? sentence : values.count === 1 ? sentence.one : sentence.other;
    return text.replace(/\{(\w+)(:,)?\}/g, (_, name, commas) =>
      commas ? Number(values[name]).toLocaleString("en") : String(values[name]));
  };
  // The children of a place, in this order. One that is there already is left alone: a node that is put in anew between
  // press and release hears no click, and loses the keyboard's focus.
  playground.settle = (place, nodes) => {
    [...place.children].forEach((child) => nodes.includes(child) || child.remove());
    nodes.forEach((node, index) => place.children[index] === node || place.insertBefore(node, place.children[index] || null));
  };
  // A share as people read it: 12.3 %, 0.04 %, and never a rounded 0 or 100.
  playground.percent = (share) => {
    if (share === null || share === undefined) return "–";
    const value = share * 100;
    if (value > 0 && value < 0.001) return "< 0.001 %";
    if (value > 99.95 && value < 100) return "> 99.9 %";
    if (value >= 10) return value.toFixed(1) + " %";
    if (value >= 0.1) return value.toFixed(2) + " %";
    return value.toFixed(3) + " %";
  };

  // A view's value: it travels as text, for Gradio copies every value at every step of whatever streams, and text is
  // not copied. Parsed once.
  const parsed = new WeakMap();
  playground.given = (props) => {
    const text = props.value;
    if (typeof text !== "string") return text;
    const known = parsed.get(props);
    if (known && known.text === text) return known.value;
    const value = text ? JSON.parse(text) : null;
    parsed.set(props, { text, value });
    return value;
  };

  // What cannot be seen is drawn as a sign: used wherever a token stands alone.
  playground.visible = (text, bytes) => {
    if (!text && bytes) return "⟨" + bytes + "⟩";
    return text
      .replace(/ /g, "·")
      .replace(/\r?\n/g, "↵")
      .replace(/\t/g, "⇥")
      .replace(/[\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, (character) =>
        "⟨" + character.codePointAt(0).toString(16).padStart(4, "0") + "⟩");
  };

  // The settings as a link's query, in the words of playground/core/recipe.py. fixed: what it always has, as {tab: …};
  // names, values: the settings; empty ones are left out, and so are those that are as in defaults.
  playground.settingsQuery = (fixed, names, values, defaults) => {
    const query = new URLSearchParams(fixed);
    names.forEach((name, index) => {
      const value = values[index];
      if (name in defaults && String(value) === String(defaults[name])) return;
      if (value !== null && value !== undefined && value !== "") query.set(name, String(value));
    });
    return query.toString();
  };

  // Whether the visitor is in a box of text: then a change of it is theirs.
  playground.isWriting = () => Boolean(document.activeElement && document.activeElement.matches("textarea"));

  // What the page says of its tabs (see script_data in panel_links.py): {tab: {first, names, keys}}, where names maps
  // every name that a link may call a panel by to its present one, and keys are the settings that may hold it.
  const TABS = window.playgroundTabs || {};
  const panelOf = (tab, query) => {
    const { first, names, keys } = TABS[tab];
    const named = keys.map((key) => query.get(key)).find(Boolean) || first;
    return names[named] || named;
  };

  // The page's tab, and the panel in front: the link's at first, then the one that was chosen. The address bar is its
  // own alone.
  const asked = new URLSearchParams(window.location.search);
  const front = window.playgroundTab || asked.get("tab");
  const panels = Object.fromEntries(Object.entries(TABS).map(([tab, { first }]) => [tab, first]));
  if (front in TABS) panels[front] = panelOf(front, asked);
  let touched = false;
  ["pointerdown", "keydown", "click"].forEach((name) => window.addEventListener(name, () => (touched = true), { capture: true, once: true }));
  playground.toPanel = (tab, panel, query) => {
    // Gradio opens the first panel before it turns to the one that the link names: that was nobody's choice.
    if (!(tab === front && panel !== panels[tab] && !touched)) panels[tab] = panel;
    return query ? playground.showQuery(query) : "";
  };
  // Which of Gradio's tabs the visitor clicked last: it reports as chosen also those that it opens itself.
  let clickedTab = "";
  document.addEventListener("click", (event) => {
    const tab = event.target.closest && event.target.closest("[role=tab]");
    if (tab) clickedTab = tab.id;
  }, { capture: true });
  playground.isClicked = (elemId) => clickedTab === elemId + "-button";

  // While the page's link is read nothing can be clicked: it would act on settings that the link is about to replace.
  const hasLink = [...asked.keys()].some((name) => !name.startsWith("__"));
  const setInert = (inert) => document.body && (document.body.inert = inert);
  if (hasLink && front) document.addEventListener("DOMContentLoaded", () => setInert(true));
  // After a link or a file was read. found: whether it has a recipe, whose settings come next.
  playground.recipeIsRead = (found) => {
    if (found) clickedTab = "";
    else setInert(false);
  };
  playground.recipeIsRestored = () => setInert(false);
  // Whether a panel that has come to the front was chosen, by the visitor or by a link: Gradio opens the first itself.
  playground.isChosen = (tab, panel) => {
    const isFirst = tab in TABS && TABS[tab].first === panel;
    return !isFirst || (touched && !document.body.inert);
  };

  const isInFront = (query) => {
    const tab = query.get("tab") || front;
    return tab === front && (!(tab in TABS) || panelOf(tab, query) === panels[tab]);
  };

  // The link of a tab after the query of one of its panels has changed: it follows the panel in front.
  playground.linkOf = (query, link) => (query && isInFront(new URLSearchParams(query)) ? playground.showQuery(query) : link);

  const remembered = (tab) => "playground-link-" + tab;
  // Puts the query into the address bar, if its panel is in front, without loading anything; gives the whole link back.
  playground.showQuery = (query) => {
    const theme = new URLSearchParams(window.location.search).get("__theme");
    const kept = theme ? (query ? "&" : "") + "__theme=" + encodeURIComponent(theme) : "";
    const address = window.location.pathname + (query || kept ? "?" + query + kept : "");
    if (isInFront(new URLSearchParams(query)) && address.length <= 8200) {
      const given = touched || asked.size > 0;
      window.history.replaceState(null, "", address);
      if (given) window.sessionStorage.setItem(remembered(front), query);
    }
    return window.location.origin + window.location.pathname + (query ? "?" + query : "");
  };

  // Gradio reports as errors the streams that it ends itself when a page is left.
  window.addEventListener("beforeunload", () => {
    const report = console.error;
    const ignore = (event) => event.preventDefault();
    console.error = () => {};
    window.addEventListener("unhandledrejection", ignore);
    setTimeout(() => {
      console.error = report; // the visitor has stayed
      window.removeEventListener("unhandledrejection", ignore);
    }, 3000);
  });

  // A page that comes back as it was has no streams any more.
  window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());

  // A link to another tab's page opens it where it was left in this window, in the same theme.
  playground.toTab = (link) => {
    const query = new URLSearchParams(window.sessionStorage.getItem(remembered(link.dataset.tab)) || "");
    const theme = new URLSearchParams(window.location.search).get("__theme");
    if (theme) query.set("__theme", theme);
    const text = query.toString();
    link.search = text ? "?" + text : "";
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest(".pg-pages a");
    if (link) playground.toTab(link);
  }, { capture: true });

  // On a narrow screen the sampler's settings are a drawer at the foot: shut at first.
  const narrow = () => window.innerWidth < 900;
  playground.opened = () => {
    const shut = document.querySelector(".pg-drawer button.label-wrap.open");
    if (narrow() && shut) shut.click();
  };

  // On a narrow screen what a button makes lies below the settings: go there.
  playground.goTo = (selector) => {
    const place = document.querySelector(selector);
    if (narrow() && place) place.scrollIntoView({ block: "start", behavior: "smooth" });
  };

  // A file that is dropped anywhere on a part of the page goes to an upload button, as if it had been chosen there.
  playground.dropInto = (zone, button) => {
    const over = (event) => (event.target.closest ? event.target.closest(zone) : null);
    const hasFile = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
    const mark = (place, on) => place && place.classList.toggle("pg-dropping", on);
    document.addEventListener("dragover", (event) => {
      const place = over(event);
      if (place && hasFile(event)) event.preventDefault();
      mark(document.querySelector(zone), Boolean(place && hasFile(event)));
    });
    document.addEventListener("dragleave", (event) => event.relatedTarget || mark(document.querySelector(zone), false));
    document.addEventListener("drop", (event) => {
      const place = over(event);
      mark(document.querySelector(zone), false);
      if (!place || !hasFile(event)) return;
      event.preventDefault();
      const home = document.querySelector(button);
      const input = home && (home.querySelector("input[type=file]") || home.parentElement.querySelector("input[type=file]"));
      if (!input) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  };

  // Saves a file that the page made: {"name", "text"} or {"name", "base64", "type"} as it is, or {"name", "picture",
  // "recipe"} drawn as a PNG.
  playground.save = (message) => {
    if (!message) return;
    const file = JSON.parse(message);
    if (file.picture) {
      playground.picture(file.picture, JSON.stringify(file.recipe), file.name);
      return;
    }
    const link = document.createElement("a");
    const content = file.base64 ? Uint8Array.from(atob(file.base64), (letter) => letter.charCodeAt(0)) : file.text;
    link.href = URL.createObjectURL(new Blob([content], { type: file.type || "application/json" }));
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
})();
