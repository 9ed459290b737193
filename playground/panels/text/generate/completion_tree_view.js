// The tree of endings: a row for each, indented under its parent. Data is set as text only.
import { visible } from "../../../ui/characters.js";
import { make } from "../../../ui/dom.js";
import { moveFocus } from "../../../ui/roving.js";
import { say } from "../../../ui/say.js";
import { given } from "../../../ui/value.js";

// A length limit needs no mention: it was the visitor's setting.
const endings = { eos: "text.completion_tree.ended", context: "text.caption.context", stopped: "text.caption.stopped", stop_sequence: "text.caption.stop_sequence" };

// Branches in depth-first order, each with its depth. A branch whose parent was removed is a root.
const depthFirst = (branches) => {
  const rows = [];
  const visit = (branch, level) => {
    rows.push({ branch, level });
    branches.filter((child) => child.parent === branch.id).forEach((child) => visit(child, level + 1));
  };
  const ids = new Set(branches.map((branch) => branch.id));
  branches.filter((branch) => branch.parent === null || !ids.has(branch.parent)).forEach((branch) => visit(branch, 0));
  return rows;
};

export const completionTree = ({ element, props, trigger, watch }) => {
  const list = element.querySelector(".pg-completion-tree");

  const where = (branch) => {
    if (branch.fork === null) return say("text.completion_tree.root");
    const position = { position: branch.fork + 1 };
    return branch.part === "prompt"
      ? say("text.completion_tree.prompt_fork", position)
      : say("text.completion_tree.fork", position);
  };

  const row = ({ branch, level }) => {
    const item = make("li", "pg-branch" + (branch.current ? " pg-current" : ""));
    item.setAttribute("role", "treeitem");
    item.setAttribute("aria-level", level + 1);
    item.setAttribute("aria-selected", String(branch.current));
    item.tabIndex = branch.current ? 0 : -1;
    item.dataset.branch = branch.id;
    item.style.setProperty("--level", Math.min(level, 6));
    item.append(make("span", "pg-branch-sign", where(branch)));
    if (branch.word) item.append(make("b", "pg-branch-word", visible(branch.word)));
    const rest = branch.word ? branch.text.slice(branch.word.length) : branch.text;
    item.append(make("span", "pg-branch-text", rest.slice(0, 400).replace(/\s+/g, " ").slice(0, 160)));
    const length = say("text.caption.tokens", { count: branch.count });
    const ending = endings[branch.finish_reason];
    item.append(make("span", "pg-branch-count", ending ? length + ", " + say(ending) : length));
    return item;
  };

  const draw = () => {
    const rows = depthFirst((given(props) || {}).branches || []);
    const hadFocus = list.contains(document.activeElement);
    list.replaceChildren(...rows.map(row));
    if (!rows.length) {
      const nothing = make("li", "pg-empty", say("text.completion_tree.empty"));
      nothing.setAttribute("role", "none");
      list.append(nothing);
    }
    const entry = list.querySelector('[tabindex="0"]') || list.querySelector(".pg-branch");
    if (entry) entry.tabIndex = 0;
    if (entry && hadFocus) entry.focus();
  };

  const walk = (item) => trigger("walk", { branch: Number(item.dataset.branch) });
  // The item that a key moves to, by the tree pattern of WAI-ARIA: left to the parent, right to the first child.
  const target = (item, key) => {
    const items = [...list.querySelectorAll(".pg-branch")];
    const place = items.indexOf(item);
    const level = (other) => Number(other.getAttribute("aria-level"));
    if (key === "ArrowDown") return items[place + 1];
    if (key === "ArrowUp") return items[place - 1];
    if (key === "Home") return items[0];
    if (key === "End") return items[items.length - 1];
    if (key === "ArrowRight") return items.slice(place + 1, place + 2).find((other) => level(other) > level(item));
    if (key === "ArrowLeft") return items.slice(0, place).reverse().find((other) => level(other) < level(item));
    return null;
  };
  list.addEventListener("click", (event) => {
    const item = event.target.closest(".pg-branch");
    if (item) walk(item);
  });
  list.addEventListener("keydown", (event) => {
    const item = event.target.closest(".pg-branch");
    if (!item) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      walk(item);
      return;
    }
    const next = target(item, event.key);
    if (next === null) return;
    event.preventDefault();
    if (!next) return;
    moveFocus(item, next);
  });
  watch("value", draw);
  draw();
};
