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
  const sentenceOf = (key, values) => {
    const sentence = window.playgroundSentences[key];
    if (sentence === undefined) throw new Error("the catalogue has no sentence " + key);
    return typeof sentence === "string" ? sentence : values.count === 1 ? sentence.one : sentence.other;
  };
  playground.say = (key, values = {}) =>
    sentenceOf(key, values).replace(/\{(\w+)(:,)?\}/g, (_, name, commas) =>
      commas ? Number(values[name]).toLocaleString("en") : String(values[name]));
  // The same in a node, where some of the values are nodes themselves, such as a number in bold.
  playground.sayInto = (node, key, values) => {
    node.append(...sentenceOf(key, values).split(/(\{\w+\})/).map((part) => (/^\{\w+\}$/.test(part) ? values[part.slice(1, -1)] : part)));
    return node;
  };
  // Makes nodes the children of a place, in this order. One that is in place is not touched: a node that is inserted
  // again between press and release gets no click, and loses the keyboard's focus.
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

  // A number with three digits as people read it: 5,730, 1.49, 0.0012; never with an exponent above one.
  playground.short = (number) => {
    const rounded = Number(Number(number).toPrecision(3));
    const size = Math.abs(rounded);
    if (size >= 1e12 || (size !== 0 && size < 0.0001)) return rounded.toExponential(1);
    return rounded.toLocaleString("en", { maximumSignificantDigits: 3 });
  };

  // A view's value. It is sent as text, because Gradio deep-copies every value at each step of any stream. Parsed once.
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

  // Invisible characters as signs, for a token outside of flowing text.
  playground.visible = (text, bytes) => {
    if (!text && bytes) return "⟨" + bytes + "⟩";
    return text
      .replace(/ /g, "·")
      .replace(/\r?\n/g, "↵")
      .replace(/\t/g, "⇥")
      .replace(/[\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, (character) =>
        "⟨" + character.codePointAt(0).toString(16).padStart(4, "0") + "⟩");
  };

  // Settings as a link's query, as playground/core/recipe.py reads it. fixed: parameters that are always there, such as
  // {tab: …}.  names, values: the settings, without empty ones and those equal to defaults.
  playground.settingsQuery = (fixed, names, values, defaults) => {
    const query = new URLSearchParams(fixed);
    names.forEach((name, index) => {
      const value = values[index];
      if (name in defaults && String(value) === String(defaults[name])) return;
      if (value !== null && value !== undefined && value !== "") query.set(name, String(value));
    });
    return query.toString();
  };

  // Whether the visitor is in a text box, or in a part that fills one, so that a change to it is theirs.
  playground.isWriting = () => Boolean(document.activeElement && document.activeElement.matches("textarea, .pg-writes-text *"));

  // The tabs (see script_data in panel_links.py): {tab: {first, names, keys}}. names: present and former panel names ->
  // present name.  keys: the settings of a link that may hold one.
  const TABS = window.playgroundTabs || {};
  const panelOf = (tab, query) => {
    const { first, names, keys } = TABS[tab];
    const named = keys.map((key) => query.get(key)).find(Boolean) || first;
    return names[named] || named;
  };

  // The page's tab and its panel in front: at first the link's, then the visitor's choice. Only that panel writes to the
  // address bar.
  playground.openingQuery = window.location.search.slice(1);
  const asked = new URLSearchParams(playground.openingQuery);
  const front = window.playgroundTab || asked.get("tab");
  const panels = Object.fromEntries(Object.entries(TABS).map(([tab, { first }]) => [tab, first]));
  if (front in TABS) panels[front] = panelOf(front, asked);
  let touched = false;
  ["pointerdown", "keydown", "click"].forEach((name) => window.addEventListener(name, () => (touched = true), { capture: true, once: true }));
  playground.toPanel = (tab, panel, query) => {
    // Gradio selects the first panel before the one that the link names: nobody chose that.
    if (!(tab === front && panel !== panels[tab] && !touched)) panels[tab] = panel;
    return query ? playground.showQuery(query) : "";
  };
  // The tab that the visitor clicked last: Gradio also reports tabs as selected that it opens itself.
  let clickedTab = "";
  document.addEventListener("click", (event) => {
    const tab = event.target.closest && event.target.closest("[role=tab]");
    if (tab) clickedTab = tab.id;
  }, { capture: true });
  playground.isClicked = (elemId) => clickedTab === elemId + "-button";

  // While the page's link is being read nothing can be clicked: it would act on settings that the link will replace.
  const hasLink = [...asked.keys()].some((name) => !name.startsWith("__"));
  const LONGEST_INERT = 20000; // milliseconds
  if (hasLink && front) {
    document.addEventListener("DOMContentLoaded", () => {
      document.body.inert = true;
      setTimeout(() => (document.body.inert = false), LONGEST_INERT); // if the server never answers
    });
  }
  let opening = true;
  const makeUsable = () => {
    document.body.inert = false;
    if (opening) closeDrawer();
    opening = false;
  };
  // After a link or a file was read. hasRecipe: whether settings follow.
  playground.recipeIsRead = (hasRecipe) => {
    if (hasRecipe) clickedTab = "";
    else makeUsable();
  };
  playground.recipeIsRestored = makeUsable;
  // Whether the panel in front was chosen, by the visitor or a link: Gradio opens the first one itself.
  playground.isChosen = (tab, panel) => {
    const isFirst = tab in TABS && TABS[tab].first === panel;
    return !isFirst || (touched && !document.body.inert);
  };

  const isInFront = (query) => {
    const tab = query.get("tab") || front;
    return tab === front && (!(tab in TABS) || panelOf(tab, query) === panels[tab]);
  };

  // A tab's link after the query of one of its panels has changed: the link is that of the panel in front.
  playground.linkOf = (query, link) => (query && isInFront(new URLSearchParams(query)) ? playground.showQuery(query) : link);

  const remembered = (tab) => "playground-link-" + tab;
  // Puts the query into the address bar if its panel is in front, without loading anything. Returns the whole link.
  playground.showQuery = (query) => {
    const theme = new URLSearchParams(window.location.search).get("__theme");
    const kept = theme ? (query ? "&" : "") + "__theme=" + encodeURIComponent(theme) : "";
    const address = window.location.pathname + (query || kept ? "?" + query + kept : "");
    if (isInFront(new URLSearchParams(query)) && address.length <= 8200) {
      window.history.replaceState(null, "", address);
      if (touched || asked.size > 0) window.sessionStorage.setItem(remembered(front), query);
    }
    return window.location.origin + window.location.pathname + (query ? "?" + query : "");
  };

  // When a page is left, Gradio ends its streams and reports them as errors.
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

  // A page restored from the browser's back/forward cache has lost its streams.
  window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());

  // A link to another tab's page opens it as it was last seen in this window, in the same theme.
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

  // On a narrow screen the sampler's settings are a drawer at the bottom, closed at first.
  const narrow = () => window.innerWidth < 900;
  const closeDrawer = () => {
    const open = document.querySelector(".pg-drawer button.label-wrap.open");
    if (narrow() && open) open.click();
  };

  // On a narrow screen results are below the settings: scroll to them.
  playground.goTo = (selector) => {
    const place = document.querySelector(selector);
    if (narrow() && place) place.scrollIntoView({ block: "start", behavior: "smooth" });
  };

  // Hands a file that is dropped on a part of the page to an upload button, as if it had been chosen there.
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

  // Downloads a file: {"name", "text"} or {"name", "base64", "type"}, or {"name", "picture", "recipe"}, drawn as a PNG.
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
