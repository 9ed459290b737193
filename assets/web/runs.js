// A visitor's runs: a table to choose from, to compare, rename, take away and delete.
(() => {
  const playground = (window.playground = window.playground || {});
  const PANELS = { language: "language", lora: "tuning" };
  const PICTURES = ["avatars", "fashion", "folder"];
  const size = (bytes) => (bytes >= 1e6 ? (bytes / 1e6).toFixed(1) + " MB" : Math.ceil(bytes / 1e3) + " kB");

  playground.runs = (element, props, trigger, watch, server) => {
    const { make, owner, save, seconds } = playground;
    const part = (name) => element.querySelector(name);
    const [body, empty, said, foot] = ["tbody", ".pg-empty", ".pg-runs-said", ".pg-runs-foot"].map(part);
    const chosen = new Map();
    let [known, renaming, doomed, busy] = ["", "", "", false];

    const panelOf = (run) => PANELS[run.family] || (PICTURES.includes(run.dataset) ? "pictures" : "arena");
    const manage = async (what, run, more) => {
      if (busy) return;
      busy = true;
      said.textContent = what === "weights" ? "Packing the weights." : "";
      const answer = await server.manage({ do: what, run: run.run, owner: owner(), ...more }).catch(() => ({ error: "The server did not answer: try again." }));
      busy = false;
      said.textContent = answer.error || answer.said;
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
    const line = (run) => {
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
        doomed === run.run
          ? button("Delete it for good", () => manage("delete", run), "Delete " + run.name + " for good")
          : button("Delete", () => { doomed = run.run; known = ""; look(); }, "Delete " + run.name),
      );
      row.append(first, nameCell(run));
      row.append(make("td", "", run.family + ", " + run.dataset), make("td", "", run.status));
      row.append(make("td", "pg-number", run.step.toLocaleString("en") + " of " + run.steps.toLocaleString("en")), make("td", "pg-number", seconds(run.seconds)));
      row.append(make("td", "pg-runs-changed", run.changed), make("td", "pg-number", size(run.bytes)), acts);
      return row;
    };
    const look = async () => {
      const answer = await server.listed({ owner: owner() }).catch(() => null);
      if (!answer) return;
      const told = JSON.stringify(answer) + renaming + doomed;
      if (told === known || (renaming && known)) return;
      known = told;
      [...chosen.keys()].forEach((run) => answer.runs.some((one) => one.run === run) || chosen.delete(run));
      body.replaceChildren(...answer.runs.map(line));
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
