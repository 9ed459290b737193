// A visitor's runs: a table to choose from, to compare, rename, take away and delete.
(() => {
  const playground = (window.playground = window.playground || {});
  const PANELS = { language: "language_model", lora: "fine_tuning" };
  const PICTURES = ["avatars", "fashion", "folder"];
  const size = (bytes) => (bytes >= 1e6 ? (bytes / 1e6).toFixed(1) + " MB" : Math.ceil(bytes / 1e3) + " kB");

  playground.runs = (element, props, trigger, watch, server) => {
    const { make, owner, save, seconds } = playground;
    const part = (name) => element.querySelector(name);
    const models = part(".pg-runs-models");
    const [body, empty, said, foot] = ["tbody", ".pg-empty", ".pg-runs-said", ".pg-runs-foot"].map(part);
    const chosen = new Map();
    let [known, renaming, doomed, busy, modelsTold] = ["", "", "", false, ""];

    const panelOf = (run) => PANELS[run.family] || (PICTURES.includes(run.dataset) ? "image_model" : "toy_2d");
    const manage = async (what, run, more) => {
      if (busy) return;
      busy = true;
      said.textContent = { weights: "Packing the weights.", menu: "Putting it into the menus." }[what] || "";
      const answer = await server.manage_run({ do: what, run: run.run, owner: owner(), ...more }).catch(() => ({ error: "The server did not answer: try again." }));
      busy = false;
      said.textContent = answer.error || answer.said;
      (answer.links || []).forEach((link) => said.append(" ", linkTo(link)));
      (answer.files || []).forEach((file) => save(JSON.stringify(file)));
      [renaming, doomed, known] = ["", "", ""];
      look();
    };
    const button = (title, act, label) => {
      const node = make("button", "pg-button", title);
      node.type = "button";
      if (label) node.setAttribute("aria-label", label);
      node.addEventListener("click", act);
      return node;
    };
    const linkTo = (link) => {
      const node = make("a", "pg-button", link.title);
      node.href = "?" + link.query;
      return node;
    };
    const fits = (run) => run.family === "language" || (run.family !== "lora" && PICTURES.includes(run.dataset));
    const deleting = (id, act, name, title) => {
      if (doomed !== id) return button(title, () => doom(id), title + " " + name);
      const sure = button(title + " for good", act, title + " " + name + " for good");
      sure.classList.add("pg-runs-sure");
      return sure;
    };
    const doom = async (id) => {
      [doomed, known] = [id, ""];
      await look();
      const sure = part(".pg-runs-sure");
      if (sure) sure.focus();
    };
    const modelLine = (model) => {
      const row = make("tr");
      const name = make("th", "", model.title);
      name.scope = "row";
      name.title = model.name;
      const acts = make("td", "pg-runs-acts");
      acts.append(...model.links.map(linkTo), deleting(model.name, () => manage("take out", { run: "" }, { model: model.name }), model.title, "Take out"));
      row.append(name, make("td", "pg-number", size(model.bytes)), acts);
      return row;
    };
    const nameCell = (run) => {
      const cell = make("th");
      cell.scope = "row";
      if (renaming !== run.run) {
        cell.append(make("span", "", run.name));
        return cell;
      }
      const box = make("input", "pg-runs-name");
      box.value = run.name;
      box.maxLength = 40;
      box.setAttribute("aria-label", "New name of " + run.name);
      box.addEventListener("keydown", (event) => {
        if (event.key === "Enter") manage("rename", run, { name: box.value });
        if (event.key === "Escape") [renaming, known] = ["", ""];
      });
      cell.append(box, button("Save", () => manage("rename", run, { name: box.value })));
      setTimeout(() => box.focus(), 0);
      return cell;
    };
    const numbers = (run) => [
      run.status, run.step.toLocaleString("en") + " of " + run.steps.toLocaleString("en"), seconds(run.seconds), run.changed, size(run.bytes),
    ];
    // Rows outlive a look: what has only gone on is told in its cells.
    const lines = new Map();
    const line = (run) => {
      const key = JSON.stringify([run.name, renaming === run.run, doomed === run.run]);
      const there = lines.get(run.run);
      const one = there && there.key === key ? there : { key, ...newLine(run) };
      lines.set(run.run, one);
      numbers(run).forEach((text, place) => {
        if (one.cells[place].textContent !== text) one.cells[place].textContent = text;
      });
      return one.row;
    };
    const newLine = (run) => {
      const cells = ["", "pg-number", "pg-number", "pg-runs-changed", "pg-number"].map((kind) => make("td", kind));
      const row = make("tr");
      const pick = make("input");
      pick.type = "checkbox";
      pick.checked = chosen.has(run.run);
      pick.setAttribute("aria-label", "Compare " + run.name);
      pick.addEventListener("change", () => {
        if (pick.checked) chosen.set(run.run, run.name);
        else chosen.delete(run.run);
        trigger("compare", { runs: [...chosen].map(([one, title]) => ({ run: one, title })) });
      });
      const first = make("td");
      first.append(pick);
      const open = make("a", "pg-button", "Open");
      open.href = "?tab=train&panel=" + panelOf(run) + "&run=" + run.run;
      const acts = make("td", "pg-runs-acts");
      acts.append(
        open,
        button("Rename", () => { renaming = run.run; known = ""; look(); }, "Rename " + run.name),
        button("Curves", () => manage("curves", run), "Save the curves of " + run.name + " as CSV"),
        button("Weights", () => manage("weights", run), "Save the weights of " + run.name),
        ...(fits(run) ? [button("To the menu", () => manage("menu", run), "Put " + run.name + " into the menus of the other tabs")] : []),
        deleting(run.run, () => manage("delete", run), run.name, "Delete"),
      );
      row.append(first, nameCell(run));
      row.append(make("td", "", run.family + ", " + run.dataset), ...cells, acts);
      return { row, cells };
    };
    const look = async () => {
      const answer = await server.list_runs({ owner: owner() }).catch(() => null);
      if (!answer) return;
      const told = JSON.stringify(answer) + renaming + doomed;
      if (told === known || (renaming && known)) return;
      known = told;
      [...chosen.keys()].forEach((run) => answer.runs.some((one) => one.run === run) || chosen.delete(run));
      playground.settle(body, answer.runs.map(line));
      models.hidden = !answer.models.length;
      const modelsNow = JSON.stringify([answer.models, doomed]);
      if (modelsNow !== modelsTold) models.querySelector("tbody").replaceChildren(...answer.models.map(modelLine));
      modelsTold = modelsNow;
      part("table").hidden = !answer.runs.length;
      empty.textContent = answer.runs.length ? "" : "No runs yet: start one in another panel.";
      foot.textContent = (answer.runs.length ? "Yours take " + size(answer.bytes) + ". All runs together may take " + size(answer.most_bytes) + "; then the oldest that nobody renamed goes. " : "") + (answer.dropped.length ? "Dropped for room: " + answer.dropped.join(", ") + "." : "");
    };
    const tick = () => {
      if (!document.hidden && element.isConnected && element.getClientRects().length) look();
      setTimeout(tick, 1500);
    };
    tick();
  };
})();
