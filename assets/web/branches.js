// The tree of endings: a row for each, indented under the one that it left.
(() => {
  const playground = (window.playground = window.playground || {});
  const endings = { eos: "ended", length: "", context: "context full", stopped: "stopped" };

  playground.branches = (element, props, trigger, watch) => {
    const list = element.querySelector(".pg-tree");
    const { make, visible } = playground;

    const draw = () => {
      const branches = (props.value || {}).branches || [];
      const depth = {};
      const ordered = [];
      const visit = (branch, level) => {
        depth[branch.id] = level;
        ordered.push(branch);
        branches.filter((child) => child.parent === branch.id).forEach((child) => visit(child, level + 1));
      };
      const ids = new Set(branches.map((branch) => branch.id));
      branches.filter((branch) => branch.parent === null || !ids.has(branch.parent)).forEach((branch) => visit(branch, 0));
      const hadFocus = list.contains(document.activeElement);
      list.replaceChildren(...ordered.map((branch) => row(branch, depth[branch.id])));
      if (!ordered.length) list.append(make("li", "pg-empty", "No text yet."));
      if (hadFocus) (list.querySelector('[tabindex="0"]') || list).focus();
    };

    const row = (branch, level) => {
      const item = make("li", "pg-branch" + (branch.current ? " pg-current" : ""));
      item.setAttribute("role", "treeitem");
      item.setAttribute("aria-level", level + 1);
      item.setAttribute("aria-selected", String(branch.current));
      item.tabIndex = branch.current ? 0 : -1;
      item.style.setProperty("--level", Math.min(level, 6));
      const sign = branch.fork === null ? "●" : "↳ " + (branch.part === "prompt" ? "prompt " : "") + (branch.fork + 1);
      item.append(make("span", "pg-branch-sign", sign));
      if (branch.word) item.append(make("b", "pg-branch-word", visible(branch.word)));
      const rest = branch.word ? branch.text.slice(branch.word.length) : branch.text;
      item.append(make("span", "pg-branch-text", rest.replace(/\s+/g, " ").slice(0, 160)));
      const ending = endings[branch.finish_reason] || "";
      item.append(make("span", "pg-branch-count", branch.count + " tokens" + (ending ? ", " + ending : "")));
      item.addEventListener("click", () => trigger("walk", { branch: branch.id }));
      item.addEventListener("keydown", (event) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          trigger("walk", { branch: branch.id });
        } else if (step) {
          event.preventDefault();
          const next = step > 0 ? item.nextElementSibling : item.previousElementSibling;
          if (next && next.matches(".pg-branch")) {
            item.tabIndex = -1;
            next.tabIndex = 0;
            next.focus();
          }
        }
      });
      return item;
    };

    watch("value", draw);
    draw();
  };
})();
