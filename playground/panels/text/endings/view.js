// The fan of endings as nested lists. Data is set with textContent only.
import { visible } from "../../../ui/characters.js";
import { make } from "../../../ui/dom.js";
import { percent } from "../../../ui/numbers.js";
import { say } from "../../../ui/say.js";
import { given } from "../../../ui/value.js";

/** Where the mark of what was to be expected is on a bar of `count` texts, in percent. `reach`: texts that came here. */
export const expectedPlace = (node, reach, count) =>
  (node.sampled_probability === null ? null : (100 * node.sampled_probability * reach) / count);

export const endings = ({ element, props, watch }) => {
  const [legend, prompt, tree] = [".pg-endings-legend", ".pg-endings-prompt", ".pg-endings-tree"].map((name) => element.querySelector(name));

  const drawNode = (node, reach, count) => {
    const item = make("li", "pg-ending");
    const head = make("div", "pg-ending-head");
    const track = make("span", "pg-track");
    const bar = make("span", "pg-bar");
    bar.style.inlineSize = (100 * node.count) / count + "%";
    track.append(bar);
    const expected = expectedPlace(node, reach, count);
    if (expected !== null) {
      const tick = make("span", "pg-tick");
      tick.style.insetInlineStart = Math.min(100, expected) + "%";
      track.append(tick);
    }
    const numbers = [say("text.endings.share", { came: node.count, count: reach })];
    if (node.probability !== null) numbers.push(say("text.endings.model", { probability: percent(node.probability) }));
    if (node.sampled_probability !== null) numbers.push(say("text.endings.sampler", { probability: percent(node.sampled_probability) }));
    if (node.count === 1) numbers.push(say("text.endings.whole", { seed: node.seeds[0] }));
    head.append(track, make("span", "pg-number", numbers.join(" · ")));
    item.append(head, make("p", "pg-ending-text", visible(node.text).replaceAll("·", " ").trimStart()));
    if (node.children.length) item.append(drawList(node.children, node.count, count));
    return item;
  };
  const drawList = (nodes, reach, count) => {
    const list = make("ul", "pg-ending-list");
    list.append(...nodes.map((node) => drawNode(node, reach, count)));
    return list;
  };

  const draw = () => {
    const value = given(props);
    legend.hidden = !value;
    prompt.textContent = value ? value.prompt : say("text.endings.empty");
    tree.replaceChildren(...(value ? [drawList(value.tree, value.texts, value.count)] : []));
  };
  watch("value", draw);
  draw();
};
