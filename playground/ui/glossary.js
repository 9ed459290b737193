// The glossary: all terms of the page with a sentence each, and the panel that shows them. Loaded when it is first asked for.
import { make } from "./dom.js";
import { say } from "./say.js";

// The sentence of a term -> the title of the panel that shows it.
const SHOWN_IN = {
  "glossary.adapter": "train.fine_tuning.title",
  "glossary.attention": "text.generate.title",
  "glossary.batch": "train.toy_2d.title",
  "glossary.beam_search": "text.beam_search.title",
  "glossary.bias": "bias.sentence_pair.title",
  "glossary.bit": "text.score.title",
  "glossary.chat_template": "text.generate.title",
  "glossary.checkpoint": "train.runs.title",
  "glossary.classifier": "images.comparison.title",
  "glossary.condition": "images.grid.title",
  "glossary.context_window": "text.score.title",
  "glossary.cosine": "latent.words.title",
  "glossary.decoder": "latent.traversal.title",
  "glossary.decoder_only": "text.generate.title",
  "glossary.diffusion_model": "images.denoising.title",
  "glossary.direction": "latent.directions.title",
  "glossary.discriminator": "train.toy_2d.title",
  "glossary.effect_size": "bias.weat.title",
  "glossary.elbo": "images.comparison.title",
  "glossary.embedding": "latent.words.title",
  "glossary.encoder": "latent.map.title",
  "glossary.encoder_decoder": "bias.translation.title",
  "glossary.energy": "train.fine_tuning.title",
  "glossary.entanglement": "latent.directions.title",
  "glossary.entropy": "text.generate.title",
  "glossary.epoch": "train.language_model.title",
  "glossary.fine_tuning": "train.fine_tuning.title",
  "glossary.flow": "train.toy_2d.title",
  "glossary.frechet": "images.comparison.title",
  "glossary.gan": "train.toy_2d.title",
  "glossary.generator": "train.toy_2d.title",
  "glossary.gradient": "train.toy_2d.title",
  "glossary.great_circle": "latent.walk.title",
  "glossary.greedy": "text.compare.title",
  "glossary.guidance": "images.denoising.title",
  "glossary.held_out": "train.language_model.title",
  "glossary.interpolation": "latent.walk.title",
  "glossary.interval": "bias.template_sweep.title",
  "glossary.inversion": "images.inversion.title",
  "glossary.jensen_shannon": "train.toy_2d.title",
  "glossary.kernel_distance": "images.comparison.title",
  "glossary.kl": "latent.traversal.title",
  "glossary.language_model": "text.generate.title",
  "glossary.latent_space": "latent.seed_plane.title",
  "glossary.learning_rate": "train.failure_lab.title",
  "glossary.logit": "text.generate.title",
  "glossary.logit_bias": "text.generate.title",
  "glossary.lora": "train.fine_tuning.title",
  "glossary.loss": "train.toy_2d.title",
  "glossary.min_p": "text.generate.title",
  "glossary.mode_collapse": "train.failure_lab.title",
  "glossary.n_gram": "train.language_model.title",
  "glossary.near_copy": "images.comparison.title",
  "glossary.noise": "images.denoising.title",
  "glossary.null": "bias.weat.title",
  "glossary.optimizer": "train.toy_2d.title",
  "glossary.overfitting": "train.failure_lab.title",
  "glossary.pca": "latent.map.title",
  "glossary.permutation": "bias.weat.title",
  "glossary.perplexity": "text.score.title",
  "glossary.pixel": "images.draw.title",
  "glossary.precision_recall": "images.comparison.title",
  "glossary.prior": "latent.map.title",
  "glossary.probability": "text.generate.title",
  "glossary.prompt": "text.generate.title",
  "glossary.quantization": "text.compare.title",
  "glossary.recipe": "text.generate.title",
  "glossary.reconstruction": "images.inversion.title",
  "glossary.repetition_penalty": "text.generate.title",
  "glossary.sampler": "text.generate.title",
  "glossary.scheduler": "images.denoising.title",
  "glossary.seed": "images.draw.title",
  "glossary.softmax": "text.generate.title",
  "glossary.stereotype": "bias.benchmarks.title",
  "glossary.step": "images.denoising.title",
  "glossary.surprisal": "text.score.title",
  "glossary.system_prompt": "text.generate.title",
  "glossary.t_sne": "latent.map.title",
  "glossary.temperature": "text.generate.title",
  "glossary.token": "text.generate.title",
  "glossary.tokenizer": "text.score.title",
  "glossary.top_k": "text.generate.title",
  "glossary.top_p": "text.generate.title",
  "glossary.transformer": "train.language_model.title",
  "glossary.truncation": "images.draw.title",
  "glossary.vae": "train.image_model.title",
  "glossary.weat": "bias.weat.title",
  "glossary.weight": "train.runs.title",
};

/** A sentence of the catalogue as {forms, meaning}: "token, tokens: a word …". */
export const parse = (sentence) => {
  const at = sentence.indexOf(": ");
  return { forms: sentence.slice(0, at).split(", "), meaning: sentence.slice(at + 2, at + 3).toUpperCase() + sentence.slice(at + 3) };
};

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
// A form with two capitals or more is an abbreviation, and p is a letter: only exact spelling counts.
const isExact = (form) => form.length === 1 || /[A-Z].*[A-Z]/.test(form);
const pattern = (form) => new RegExp(`(?<![\\p{L}\\p{N}-])${escaped(form)}(?![\\p{L}\\p{N}-])`, isExact(form) ? "u" : "iu");

/** Where a term is first named in a text: [start, end], or null. The longest form counts. */
export const find = (text, forms) => {
  for (const form of [...forms].sort((a, b) => b.length - a.length)) {
    const found = pattern(form).exec(text);
    if (found) return [found.index, found.index + found[0].length];
  }
  return null;
};

/** The terms whose name or meaning contains what somebody types; those whose name begins with it come first. */
export const search = (terms, typed) => {
  const wanted = typed.trim().toLowerCase();
  const rank = ({ forms, meaning }) => {
    const names = forms.map((form) => form.toLowerCase());
    if (names.some((name) => name.startsWith(wanted))) return 0;
    return names.some((name) => name.includes(wanted)) ? 1 : meaning.toLowerCase().includes(wanted) ? 2 : 3;
  };
  return [0, 1, 2].flatMap((value) => terms.filter((term) => rank(term) === value));
};

/** All terms as {title, forms, meaning}, by their names. title: key of the title of the panel that shows it. */
export const terms = () =>
  Object.entries(SHOWN_IN)
    .map(([key, title]) => ({ title, ...parse(say(key)) }))
    .sort((a, b) => a.forms[0].localeCompare(b.forms[0]));

// A panel of this page is brought to the front, and keeps what it shows; another tab's page is opened by its link.
const leadTo = (title, close) => {
  const [tab, name] = title.split(".");
  const link = make("a", "pg-glossary-link", say("shared.glossary.see", { panel: say(title) }));
  const base = document.querySelector(`.pg-pages a[data-tab="${tab}"]`);
  if (!base) return null; // the site was started without this tab
  link.href = base.getAttribute("href") + "?" + new URLSearchParams({ tab, panel: name });
  link.addEventListener("click", (event) => {
    const button = document.getElementById(`${tab}-${name}-button`);
    if (!button) return;
    event.preventDefault();
    close();
    button.click();
  });
  return link;
};

const entry = (term, close) => {
  const [name, ...others] = term.forms;
  const box = make("div", "pg-glossary-entry");
  const title = make("dt", "", name);
  if (others.length) title.append(make("span", "pg-hint", ` ${others.join(", ")}`));
  const text = make("dd", "", term.meaning + " ");
  const link = leadTo(term.title, close);
  if (link) text.append(link);
  box.append(title, text);
  return box;
};

const panelText = () => {
  const isShown = (node) => node.getClientRects().length > 0;
  const panels = [...document.querySelectorAll("#page-tabs [role=tabpanel]")].filter(isShown);
  return panels.length ? (panels[1] || panels[0]).textContent : ""; // the first is the tab, with the names of its panels
};

let dialog = null;
const build = () => {
  const all = terms();
  dialog = make("dialog", "pg-glossary");
  const close = () => dialog.close();
  const title = make("h2", "", say("shared.glossary.title"));
  const box = make("input", "pg-glossary-search");
  Object.assign(box, { type: "search", placeholder: say("shared.glossary.search"), autocomplete: "off" });
  box.setAttribute("aria-label", say("shared.glossary.search"));
  const shut = make("button", "pg-button", say("shared.glossary.close"));
  shut.addEventListener("click", close);
  const list = make("div", "pg-glossary-list");
  const part = (heading, found) => {
    if (!found.length) return [];
    const names = make("dl");
    names.append(...found.map((term) => entry(term, close)));
    return [make("h3", "", heading), names];
  };
  const draw = () => {
    const typed = box.value.trim();
    const text = panelText();
    const here = all.filter(({ forms }) => find(text, forms));
    const found = search(all, typed);
    list.replaceChildren(...(typed
      ? part(say("shared.glossary.found", { count: found.length }), found)
      : [...part(say("shared.glossary.here"), here), ...part(say("shared.glossary.all"), all.filter((term) => !here.includes(term)))]));
    if (typed && !found.length) list.replaceChildren(make("p", "pg-hint", say("shared.glossary.none")));
    list.scrollTop = 0;
  };
  box.addEventListener("input", draw);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return; // by default it only empties the box
    event.preventDefault();
    close();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  const head = make("div", "pg-glossary-head");
  head.append(title, shut);
  dialog.append(head, box, list);
  document.querySelector(".gradio-container").append(dialog);
  return (typed) => {
    box.value = typed;
    draw();
    dialog.showModal();
    box.focus();
  };
};

let show = null;
/**
 * Opens the glossary.
 * @param {string} [typed] what is searched for at first
 */
export const open = (typed = "") => {
  show ??= build();
  show(typed);
};

// Cuts a text into the texts and the buttons of the terms that it names first.
const withTerms = (text, left) => {
  const found = left
    .map((term) => ({ term, place: find(text, term.forms) }))
    .filter(({ place }) => place)
    .sort((a, b) => a.place[0] - b.place[0] || b.place[1] - a.place[1])[0];
  if (!found) return [text];
  const [start, end] = found.place;
  const button = make("button", "pg-term", text.slice(start, end));
  button.title = found.term.meaning;
  button.addEventListener("click", (event) => {
    event.preventDefault(); // inside a <summary>
    open(found.term.forms[0]);
  });
  left.splice(left.indexOf(found.term), 1);
  return [text.slice(0, start), button, ...withTerms(text.slice(end), left)];
};

/** Makes each term that a text of ours names a button, where it is named first. element: no script writes into it. */
export const markTerms = (element) => {
  const left = terms();
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) if (!walker.currentNode.parentElement.closest("strong, button")) texts.push(walker.currentNode);
  texts.forEach((node) => node.replaceWith(...withTerms(node.data, left)));
};
