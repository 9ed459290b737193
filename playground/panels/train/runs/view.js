// A visitor's runs: a table to compare, rename, save and delete them; and their models in the menus.
import { make, settle } from "../../../ui/dom.js";
import { save } from "../../../ui/download.js";
import { isSeen, lifetime } from "../../../ui/lifetime.js";
import { owner, seconds } from "../../../ui/run.js";
import { size } from "../../../ui/numbers.js";
import { say } from "../../../ui/say.js";

const PANELS = { language: "language_model", lora: "fine_tuning" };
const PICTURES = ["avatars", "fashion", "folder"];
const STATUS = {
  queued: "shared.run.queued", running: "shared.run.running", paused: "shared.run.paused", done: "shared.run.done",
  stopped: "shared.run.stopped", failed: "shared.run.failed",
};
// What is happening during an action of some seconds.
const PROGRESS = { weights: "train.runs.packing", menu: "train.tab.adding" };

export const runs = ({ element, trigger, server }) => {
  const part = (name) => element.querySelector(name);
  const models = part(".pg-runs-models");
  const [body, empty, message, foot, tools, filter, many] = ["tbody", ".pg-empty", ".pg-runs-message", ".pg-runs-foot", ".pg-runs-tools", ".pg-runs-filter", ".pg-runs-many"].map(part);
  const chosen = new Map();
  let [known, renaming, doomed, busy, knownModels, last] = ["", "", "", false, "", null];

  const panelOf = (run) => PANELS[run.family] || (PICTURES.includes(run.dataset) ? "image_model" : "toy_2d");
  const manage = async (action, run, more) => {
    if (busy) return;
    busy = true;
    message.textContent = PROGRESS[action] ? say(PROGRESS[action]) : "";
    const answer = await server.manage_run({ do: action, run: run.run, owner: owner(), ...more }).catch(() => ({ error: say("shared.no_answer") }));
    busy = false;
    message.textContent = answer.error || answer.said;
    (answer.links || []).forEach((link) => message.append(" ", linkTo(link)));
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
  const hasMenu = (run) => run.family === "language" || (run.family !== "lora" && PICTURES.includes(run.dataset));
  // A button that asks again before it acts. words: its title and label, then those of the second press.
  const confirming = (id, act, [title, label, sureTitle, sureLabel]) => {
    if (doomed !== id) return button(title, () => doom(id), label);
    const sure = button(sureTitle, act, sureLabel);
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
    acts.append(...model.links.map(linkTo), confirming(model.name, () => manage("take out", { run: "" }, { model: model.name }), [
      say("train.runs.models.remove"), say("train.runs.models.remove_model", { model: model.title }),
      say("train.runs.models.remove_sure"), say("train.runs.models.remove_model_sure", { model: model.title }),
    ]));
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
    box.setAttribute("aria-label", say("train.runs.new_name", run));
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter") manage("rename", run, { name: box.value });
      if (event.key === "Escape") [renaming, known] = ["", ""];
    });
    cell.append(box, button(say("train.runs.save"), () => manage("rename", run, { name: box.value })));
    setTimeout(() => box.focus(), 0);
    return cell;
  };
  const compare = () => trigger("compare", { runs: [...chosen].map(([one, title]) => ({ run: one, title })) });
  // Deletes all ticked runs, one after the other.
  const deleteTicked = async () => {
    if (busy) return;
    busy = true;
    const [names, errors] = [[], []];
    for (const [run, name] of [...chosen]) {
      const answer = await server.manage_run({ do: "delete", run, owner: owner() }).catch(() => ({ error: say("shared.no_answer") }));
      if (answer.error) errors.push(answer.error);
      else {
        names.push(name);
        chosen.delete(run);
      }
    }
    busy = false;
    message.textContent = [names.length && say("train.runs.deleted_many", { names: names.join(", ") }), ...errors].filter(Boolean).join(" ");
    [doomed, known] = ["", ""];
    compare();
    look();
  };
  const drawTools = () => {
    tools.hidden = !last || !last.runs.length;
    const count = chosen.size;
    const now = `${count} ${doomed === "*"}`;
    if (many.dataset.now === now) return;
    many.dataset.now = now;
    many.replaceChildren(...(count ? [confirming("*", deleteTicked, [
      say("train.runs.delete_ticked", { count }), "", say("train.runs.delete_ticked_sure", { count }), "",
    ])] : []));
  };
  const date = (at) => new Date(1000 * at).toLocaleString("en", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const fits = (run) => {
    const words = filter.value.trim().toLowerCase();
    return !words || [run.name, run.kind, say(STATUS[run.status]), run.changed].join(" ").toLowerCase().includes(words);
  };
  filter.addEventListener("input", () => last && draw(last));
  const numbers = (run) => [
    say(STATUS[run.status]), say("train.runs.steps", run), seconds(run.seconds), run.changed, size(run.bytes),
  ];
  // Rows are kept between polls: only their numbers change.
  const lines = new Map();
  const line = (run) => {
    const key = JSON.stringify([run.name, renaming === run.run, doomed === run.run]);
    const before = lines.get(run.run);
    const one = before && before.key === key ? before : { key, ...newLine(run) };
    lines.set(run.run, one);
    numbers(run).forEach((text, place) => {
      if (one.cells[place].textContent !== text) one.cells[place].textContent = text;
    });
    return one.row;
  };
  const newLine = (run) => {
    const cells = ["pg-runs-status", "pg-number", "pg-number", "pg-runs-changed", "pg-number"].map((kind) => make("td", kind));
    const row = make("tr");
    const pick = make("input");
    pick.type = "checkbox";
    pick.checked = chosen.has(run.run);
    pick.setAttribute("aria-label", say("train.runs.compare_run", run));
    pick.addEventListener("change", () => {
      if (pick.checked) chosen.set(run.run, run.name);
      else chosen.delete(run.run);
      compare();
      drawTools();
    });
    const first = make("td");
    first.append(pick);
    const open = make("a", "pg-button", say("train.runs.open"));
    open.href = "?tab=train&panel=" + panelOf(run) + "&run=" + run.run;
    const acts = make("td", "pg-runs-acts");
    acts.append(
      open,
      button(say("train.runs.rename"), () => { renaming = run.run; known = ""; look(); }, say("train.runs.rename_run", run)),
      button(say("train.runs.curves"), () => manage("curves", run), say("train.runs.save_curves", run)),
      button(say("train.runs.weights"), () => manage("weights", run), say("train.runs.save_weights", run)),
      ...(hasMenu(run) ? [button(say("train.runs.menu"), () => manage("menu", run), say("train.runs.add_to_menu", run))] : []),
      confirming(run.run, () => manage("delete", run), [
        say("train.runs.delete"), say("train.runs.delete_run", run), say("train.runs.delete_sure"), say("train.runs.delete_run_sure", run),
      ]),
    );
    row.append(first, nameCell(run));
    row.append(make("td", "", run.kind), make("td", "pg-number", date(run.created)), ...cells, acts);
    return { row, cells };
  };
  const look = async () => {
    const answer = await server.list_runs({ owner: owner() }).catch(() => null);
    if (!answer) return;
    const now = JSON.stringify(answer) + renaming + doomed;
    if (now === known || (renaming && known)) return;
    known = now;
    [...chosen.keys()].forEach((run) => answer.runs.some((one) => one.run === run) || chosen.delete(run));
    draw(answer);
  };
  const draw = (answer) => {
    last = answer;
    const shown = answer.runs.filter(fits);
    settle(body, shown.map(line));
    drawTools();
    models.hidden = !answer.models.length;
    const modelsNow = JSON.stringify([answer.models, doomed]);
    if (modelsNow !== knownModels) models.querySelector("tbody").replaceChildren(...answer.models.map(modelLine));
    knownModels = modelsNow;
    part("table").hidden = !shown.length;
    empty.textContent = shown.length ? "" : answer.runs.length ? say("train.runs.none_fits", { words: filter.value }) : say("train.runs.empty");
    const disk = answer.runs.length ? say("train.runs.disk", { size: size(answer.bytes), most: size(answer.most_bytes) }) : "";
    const dropped = answer.dropped.length ? say("train.runs.dropped", { names: answer.dropped.join(", ") }) : "";
    foot.textContent = [disk, dropped].filter(Boolean).join(" ");
  };
  const signal = lifetime(element);
  const tick = () => {
    if (isSeen(element)) look();
    if (!signal.aborted) setTimeout(tick, 1500);
  };
  tick();
};
