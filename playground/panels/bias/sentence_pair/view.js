// Every word of two sentences' blanks against each other: the scatter plot, its controls, and the words beside it.
import { bytesOf } from "../../../ui/arrays.js";
import { visible } from "../../../ui/characters.js";
import { make } from "../../../ui/dom.js";
import { percent } from "../../../ui/numbers.js";
import { say } from "../../../ui/say.js";
import { given } from "../../../ui/value.js";
import { sentencePairScatter } from "./scatter.js";

const chance = (log) => percent(Math.exp(log));
const times = (change) => {
  const factor = Math.exp(Math.abs(change));
  return factor >= 9.95 ? Math.round(factor).toLocaleString("en") : factor.toFixed(1);
};
const unpack = (text) => {
  const bytes = bytesOf(text);
  return Float32Array.from(new Uint16Array(bytes.buffer), (number) => -number / 2000);
};

export const sentencePair = ({ element, props, watch }) => {
  const part = (name) => element.querySelector(name);
  const canvas = part(".pg-sentence-pair-canvas");
  const search = part(".pg-sentence-pair-search");
  let lower = null; // the words in lower case, once they have been searched
  const plot = { value: null, a: null, b: null, at: null, all: false, followed: new Map() };
  plot.label = (index) => visible(plot.value.words[index]).replace(/^·/, "␣");
  const chart = sentencePairScatter(canvas, plot);
  const change = (index) => plot.a[index] - plot.b[index];
  const changeText = (index) => {
    if (Math.abs(change(index)) < 0.0049) return say("bias.sentence_pair.chart.equally_likely");
    const factor = times(change(index));
    if (change(index) > 0) return say("bias.sentence_pair.chart.likelier_in_a", { factor });
    return say("bias.sentence_pair.chart.likelier_in_b", { factor });
  };

  const describe = () => {
    const { at } = plot;
    const card = part(".pg-sentence-pair-card");
    const button = card.querySelector("button");
    button.hidden = at === null;
    card.querySelector("h4").textContent = at === null ? say("bias.sentence_pair.chart.point") : plot.label(at);
    card.querySelector("p").textContent = at === null
      ? say("bias.sentence_pair.chart.point_hint")
      : say("bias.sentence_pair.chart.card", { a: chance(plot.a[at]), b: chance(plot.b[at]), change: changeText(at) });
    button.textContent = at !== null && plot.followed.has(plot.value.words[at])
      ? say("bias.sentence_pair.chart.unfollow")
      : say("bias.sentence_pair.chart.follow");
  };
  const choose = (index) => {
    if (index === plot.at || index === null) return;
    plot.at = index;
    describe();
    chart.redraw(false);
  };
  const follow = (word) => {
    if (plot.followed.has(word)) plot.followed.delete(word);
    else plot.followed.set(word, null);
    describe();
    listFollowed();
    chart.redraw(false);
  };
  const followedRow = (word) => {
    const row = make("tr");
    const name = make("th", "", visible(word));
    name.scope = "row";
    const index = plot.value.words.indexOf(word);
    const cells = index < 0
      ? ["–", "–", say("bias.sentence_pair.chart.absent")]
      : [chance(plot.a[index]), chance(plot.b[index]), changeText(index)];
    const remove = make("button", "pg-link-button", say("bias.sentence_pair.chart.remove"));
    remove.type = "button";
    remove.setAttribute("aria-label", say("bias.sentence_pair.chart.unfollow_word", { word: visible(word) }));
    remove.addEventListener("click", () => follow(word));
    const last = make("td");
    last.append(remove);
    row.append(name, ...cells.map((text) => make("td", "", text)), last);
    return row;
  };
  const listFollowed = () => {
    part(".pg-sentence-pair-followed").hidden = !plot.followed.size;
    part(".pg-sentence-pair-followed tbody").replaceChildren(...[...plot.followed.keys()].map(followedRow));
  };
  const wordButton = (index, text) => {
    const item = make("li");
    const button = make("button", "pg-link-button", plot.label(index));
    button.type = "button";
    button.addEventListener("click", () => {
      choose(index);
      if (!plot.followed.has(plot.value.words[index])) follow(plot.value.words[index]);
    });
    item.append(button, make("span", "pg-hint", " " + text));
    return item;
  };
  const listEdges = () => {
    const [one, other] = plot.value.names;
    const titles = [say("bias.sentence_pair.chart.most_a", { name: one }), say("bias.sentence_pair.chart.most_b", { name: other })];
    ["a", "b"].forEach((side, number) => {
      const head = part(".pg-sentence-pair-edges .pg-side-" + side);
      head.textContent = titles[number];
      const factor = (index) => say("bias.sentence_pair.chart.factor", { factor: times(change(index)) });
      const words = plot.value.edges[number].slice(0, 10).map((index) => wordButton(index, factor(index)));
      head.nextElementSibling.replaceChildren(...words);
    });
  };
  const find = () => {
    const query = search.value.trim().toLowerCase();
    lower = lower || plot.value.words.map((word) => word.toLowerCase());
    const ranked = [];
    for (let index = 0; query && index < lower.length && ranked.length < 400; index++) {
      const where = lower[index].indexOf(query);
      if (where >= 0) ranked.push([lower[index] === query ? 0 : where === 0 ? 1 : 2, index]);
    }
    ranked.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
    const matches = ranked.slice(0, 8).map(([, index]) => wordButton(index, changeText(index)));
    if (query && !matches.length) matches.push(make("li", "pg-hint", say("bias.sentence_pair.chart.no_match")));
    part(".pg-sentence-pair-matches").replaceChildren(...matches);
    if (ranked.length) choose(ranked[0][1]);
  };
  search.addEventListener("input", find);
  search.addEventListener("keydown", (event) => {
    const first = part(".pg-sentence-pair-matches button");
    if (event.key === "Enter" && first) first.click();
  });
  part(".pg-sentence-pair-card button").addEventListener("click", () => plot.at !== null && follow(plot.value.words[plot.at]));

  canvas.addEventListener("pointermove", (event) => choose(chart.nearest(event)));
  canvas.addEventListener("click", (event) => {
    const index = chart.nearest(event);
    choose(index);
    // A finger cannot hover: it looks first, and follows with the button.
    if (index !== null && event.pointerType !== "touch") follow(plot.value.words[index]);
  });
  canvas.addEventListener("keydown", (event) => {
    const direction = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
    if (event.key === "Enter" && plot.at !== null) follow(plot.value.words[plot.at]);
    else if (direction) choose(chart.neighbour(direction));
    else return;
    event.preventDefault();
  });

  const press = (name, on) => part(name).setAttribute("aria-pressed", String(on));
  const turn = (end) => {
    press(".pg-sentence-pair-plain", !end);
    press(".pg-sentence-pair-turned", Boolean(end));
    chart.rotate(end);
  };
  part(".pg-sentence-pair-plain").addEventListener("click", () => turn(0));
  part(".pg-sentence-pair-turned").addEventListener("click", () => turn(1));
  const zoom = (all) => {
    plot.all = all;
    press(".pg-sentence-pair-likely", !all);
    press(".pg-sentence-pair-all", all);
    chart.redraw();
  };
  part(".pg-sentence-pair-likely").addEventListener("click", () => zoom(false));
  part(".pg-sentence-pair-all").addEventListener("click", () => zoom(true));

  // The places of the followed words in a former comparison.
  const keepPlaces = (old) => {
    [...plot.followed.keys()].forEach((word) => {
      const index = old.value.words.indexOf(word);
      plot.followed.set(word, index < 0 ? null : [old.a[index], old.b[index]]);
    });
  };
  const draw = () => {
    const next = given(props);
    part(".pg-sentence-pair-body").hidden = !next || !next.words;
    part(".pg-empty").textContent = (next && next.empty) || "";
    if (!next || !next.words) return;
    if (plot.value && plot.value.run !== next.run) keepPlaces(plot);
    Object.assign(plot, { value: next, a: unpack(next.a), b: unpack(next.b), at: null });
    lower = null;
    const [one, other] = next.sentences;
    part(".pg-sentence-pair-texts").replaceChildren(
      make("span", "pg-side-a", say("bias.sentence_pair.chart.sentence_a", { sentence: one })),
      make("span", "pg-side-b", say("bias.sentence_pair.chart.sentence_b", { sentence: other })));
    part(".pg-sentence-pair-scale").textContent = next.scale;
    part(".pg-sentence-pair-zoom").hidden = next.likely >= next.words.length;
    part(".pg-sentence-pair-all").textContent = say("bias.sentence_pair.chart.all_count", { count: next.words.length });
    search.value = "";
    part(".pg-sentence-pair-matches").replaceChildren();
    if (next.likely >= next.words.length) plot.all = false;
    describe();
    listEdges();
    listFollowed();
    chart.redraw();
  };
  watch("value", draw);
  draw();
};
