// The tree of a beam search: a column for each step, and a line from each token to its parent.
import { visible } from "../../../ui/characters.js";
import { make } from "../../../ui/dom.js";
import { moveFocus } from "../../../ui/roving.js";
import { fixed } from "../../../ui/numbers.js";
import { say } from "../../../ui/say.js";
import { shape } from "../../../ui/svg.js";
import { given } from "../../../ui/value.js";

const COLUMN = 132;
const ROW = 46;

export const beamSearch = ({ element, props, watch }) => {
  const root = element.querySelector(".pg-beam");
  const [tree, lines, path, results] = [".pg-beam-tree", ".pg-beam-lines", ".pg-beam-path", ".pg-beam-results"].map((name) => root.querySelector(name));
  const nodes = new Map();
  let drawn = 0;
  let current = null;

  const minus = (value, digits) => value.toFixed(digits).replace("-", "−");
  const stateOf = (node) =>
    say(node.finished ? "text.beam_search.finished" : node.kept ? "text.beam_search.kept" : "text.beam_search.pruned");
  // The nodes from the root to a node.
  const pathTo = (id) => {
    const steps = [];
    for (let node = nodes.get(id); node; node = nodes.get(node.parent)) steps.unshift(node);
    return steps;
  };

  const showPath = (node) => {
    const steps = pathTo(node.node);
    if (!steps.length) return;
    path.textContent = say("text.beam_search.path", {
      text: steps.map((step) => step.text).join(""),
      state: stateOf(node),
      terms: steps.map((step) => minus(step.logprob, 2)).join(" + ").replace(/\+ −/g, "− "),
      total: minus(steps.reduce((sum, step) => sum + step.logprob, 0), 2),
      score: minus(node.score, 3),
    });
    tree.querySelectorAll(".pg-on-path").forEach((other) => other.classList.remove("pg-on-path"));
    steps.forEach((step) => {
      step.box.classList.add("pg-on-path");
      if (step.line) step.line.classList.add("pg-on-path");
    });
  };

  const addStep = (step, column) => {
    step.forEach((candidate, row) => {
      const box = make("button", "pg-node" + (candidate.kept ? "" : " pg-pruned") + (candidate.finished ? " pg-finished" : ""));
      box.type = "button";
      box.tabIndex = column + row ? -1 : 0;
      box.style.insetInlineStart = column * COLUMN + 8 + "px";
      box.style.insetBlockStart = row * ROW + 8 + "px";
      box.append(make("span", "pg-node-text", (candidate.kept ? "" : "✕ ") + visible(candidate.text)));
      box.append(make("span", "pg-node-score", minus(candidate.score, 2)));
      box.setAttribute("aria-label", say("text.beam_search.node", {
        step: column + 1,
        token: visible(candidate.text),
        state: stateOf(candidate),
        score: fixed(candidate.score, 2),
      }));
      const node = { ...candidate, box, column, row, line: null };
      nodes.set(candidate.node, node);
      box.addEventListener("pointerover", () => showPath(node));
      box.addEventListener("focus", () => showPath(node));
      box.addEventListener("keydown", (event) => move(event, node));
      tree.append(box);
      const parent = nodes.get(candidate.parent);
      if (!parent) return;
      const [x1, y1] = [parent.column * COLUMN + 112, parent.row * ROW + 26];
      const [x2, y2] = [column * COLUMN + 8, row * ROW + 26];
      const d = `M${x1},${y1} C${x1 + 14},${y1} ${x2 - 14},${y2} ${x2},${y2}`;
      const line = shape("path", { d, class: "pg-line" + (candidate.kept ? "" : " pg-pruned") });
      node.line = line;
      lines.append(line);
    });
  };

  const move = (event, node) => {
    const all = [...nodes.values()];
    const near = (column) => all.filter((other) => other.column === column).sort((a, b) => Math.abs(a.row - node.row) - Math.abs(b.row - node.row))[0];
    const next = {
      ArrowLeft: () => nodes.get(node.parent),
      ArrowRight: () => all.find((other) => other.parent === node.node && other.kept) || near(node.column + 1),
      ArrowUp: () => all.find((other) => other.column === node.column && other.row === node.row - 1),
      ArrowDown: () => all.find((other) => other.column === node.column && other.row === node.row + 1),
    }[event.key];
    const target = next && next();
    if (!next) return;
    event.preventDefault();
    if (!target) return;
    moveFocus(node.box, target.box);
  };

  const reset = () => {
    nodes.clear();
    drawn = 0;
    current = null;
    tree.querySelectorAll(".pg-node").forEach((node) => node.remove());
    lines.replaceChildren();
    results.replaceChildren();
    path.textContent = say("text.beam_search.empty");
  };

  const draw = () => {
    const value = given(props);
    if (!value || value.steps.length < drawn || (current && value.steps.length && value.steps[0][0].id !== current)) reset();
    if (!value) return;
    if (drawn === 0 && value.steps.length) path.textContent = say("text.beam_search.hint");
    value.steps.slice(drawn).forEach((step, index) => addStep(step, drawn + index));
    drawn = value.steps.length;
    current = drawn ? value.steps[0][0].id : null;
    const rows = Math.max(1, ...value.steps.map((step) => step.length));
    const [width, height] = [drawn * COLUMN + 8, rows * ROW + 12];
    tree.style.inlineSize = width + "px";
    tree.style.blockSize = (drawn ? height : 0) + "px";
    lines.setAttribute("width", width);
    lines.setAttribute("height", height);
    const best = new Set(value.best);
    nodes.forEach((node) => {
      node.box.classList.toggle("pg-best", best.has(node.node));
      if (node.line) node.line.classList.toggle("pg-best", best.has(node.node));
    });
    results.replaceChildren(...value.results.map((result) => {
      const item = make("li", "");
      item.append(make("span", "pg-result-text", result.text), make("span", "pg-number", say("text.beam_search.score", { score: minus(result.score, 3) })));
      return item;
    }));
  };
  watch("value", draw);
  reset();
  draw();
};
