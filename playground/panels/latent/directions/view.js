// Sliders that move a picture along directions of latent space, and the table of what else changes.
import { make } from "../../../ui/dom.js";
import { latest } from "../../../ui/latest.js";
import * as pictures from "../../../ui/picture_card.js";
import { say } from "../../../ui/say.js";
import { sayThatItScrolls } from "../../../ui/scroll_hint.js";
import { given } from "../../../ui/value.js";
import { speedMeter } from "../speed.js";

const STORAGE_KEY = "playground-edits";
const MOST_EDITS = 40;
const FARTHEST = 3;

// A visitor's own edits, in their browser; without storage, which a private window may refuse, they last as long as the page.
let pageEdits = [];
const savedEdits = () => {
  try {
    const edits = JSON.parse(window.localStorage.getItem(STORAGE_KEY) || "[]");
    return Array.isArray(edits) ? edits.filter((one) => one && typeof one.name === "string" && one.moves) : [];
  } catch {
    return pageEdits;
  }
};
const saveEdits = (edits) => {
  pageEdits = edits;
  try {
    window.localStorage.setItem(STORAGE_KEY, JSON.stringify(edits));
  } catch {
    return;
  }
};

export const directions = ({ element, props, trigger, watch, server }) => {
  const part = (name) => element.querySelector(name);
  const [before, after, speed, status, empty] = [".pg-before", ".pg-after", ".pg-edit-speed", "[role=status]", ".pg-empty"].map(part);
  const [kind, number, name, editStatus] = [".pg-start-kind", ".pg-start-number", ".pg-edit-name", ".pg-edit-status"].map(part);
  const delays = speedMeter(element, speed);
  let [value, start, moves, resting, preparing] = [null, null, {}, null, false];

  const follow = latest(async ({ since }) => {
    const now = value;
    const answer = await server.apply_edit({ model: now.model, condition: now.condition, start, moves });
    if (now !== value) return;
    empty.textContent = answer.error || "";
    if (answer.prepare) {
      // The directions are not computed yet: the panel computes them, and sends a new value.
      if (!preparing) trigger("prepare", { start, moves, name: name.value });
      preparing = true;
    } else if (!answer.error) show(answer, since);
  }, () => (empty.textContent = say("shared.no_answer")));
  const show = (answer, since) => {
    const bitmaps = pictures.bitmaps(answer);
    bitmaps.draw(0, before);
    bitmaps.draw(1, after);
    part(".pg-readings").hidden = !answer.labels.length;
    readings(answer.labels);
    if (since === null) element.dispatchEvent(new CustomEvent("pg-followed", { detail: 0 }));
    else delays.add(since);
  };
  const readings = (rows) => {
    const head = make("tr");
    ["", say("latent.directions.start"), say("latent.directions.moved")].forEach((word) => head.append(make("th", "", word)));
    part(".pg-readings thead").replaceChildren(head);
    part(".pg-readings tbody").replaceChildren(...rows.map(([attribute, first, last]) => {
      const row = make("tr", first === last ? "" : "pg-changed");
      row.append(make("th", "", attribute), make("td", "", first), make("td", "", first === last ? say("latent.directions.unchanged") : "→ " + last));
      return row;
    }));
    if (!rows.length) return;
    const changes = rows.filter(([, first, last]) => first !== last)
      .map(([attribute, first, last]) => say("latent.directions.change", { attribute, before: first, after: last })).join(", ");
    after.setAttribute("aria-label", changes ? say("latent.directions.changed_label", { changes }) : say("latent.directions.unchanged_label"));
    status.textContent = changes ? say("latent.directions.changed_status", { changes }) : say("latent.directions.unchanged_status");
  };
  const update = (since = performance.now()) => {
    if (server) follow({ since });
    rest();
  };
  const rest = () => {
    clearTimeout(resting);
    resting = setTimeout(() => trigger("rested", { start, moves, name: name.value }), 400);
  };

  const lever = (one) => {
    const row = make("div", "pg-lever");
    const top = make("div", "pg-lever-top");
    const label = make("label", "pg-lever-title", one.title);
    const slider = Object.assign(make("input", "pg-scrub"), { type: "range", step: 0.05 });
    const output = make("output", "pg-lever-value");
    const caption = make("p", "pg-hint pg-lever-caption");
    slider.id = "pg-lever-" + one.choices[0].key.replace(/[^a-z0-9]+/gi, "-") + "-" + element.id;
    label.htmlFor = slider.id;
    let choice = one.choices.find((each) => each.key in moves) || one.choices[0];
    const set = () => {
      const strength = moves[choice.key] || 0;
      const far = Math.max(FARTHEST, Math.abs(strength));
      Object.assign(slider, { min: -far, max: far, value: strength });
      output.value = (strength > 0 ? "+" : strength < 0 ? "−" : "") + Math.abs(strength).toFixed(2);
      slider.setAttribute("aria-valuetext", output.value);
      caption.textContent = choice.caption;
    };
    top.append(label);
    if (one.choices.length > 1) {
      const menu = make("select", "pg-lever-word");
      menu.setAttribute("aria-label", say("latent.directions.which", { name: one.title }));
      one.choices.forEach((each) => menu.append(Object.assign(make("option", "", each.word), { value: each.key })));
      menu.value = choice.key;
      menu.addEventListener("change", () => {
        const strength = moves[choice.key] || 0;
        delete moves[choice.key];
        choice = one.choices.find((each) => each.key === menu.value);
        if (strength) moves[choice.key] = strength;
        set();
        update();
      });
      top.append(menu);
    }
    slider.addEventListener("input", () => {
      const strength = Number(slider.value);
      if (strength) moves[choice.key] = strength;
      else delete moves[choice.key];
      set();
      update();
    });
    top.append(output);
    row.append(top, slider, caption);
    set();
    return row;
  };
  const levers = () => {
    const ofComponents = (wanted) => value.levers.filter((one) => (one.group === "component") === wanted).map(lever);
    part(".pg-of-labels").replaceChildren(...ofComponents(false));
    part(".pg-of-components").replaceChildren(...ofComponents(true));
    part(".pg-of-labels-title").hidden = !part(".pg-of-labels").childElementCount;
  };
  const begin = () => {
    kind.querySelector("[value=z]").hidden = start.kind !== "z";
    kind.querySelector("[value=row]").hidden = value.last === null;
    kind.value = start.kind;
    number.hidden = start.kind === "z";
    number.value = start.number;
    if (start.kind === "row") number.max = value.last;
    else number.removeAttribute("max");
  };
  const startAt = (which, at) => {
    start = { kind: which, number: at };
    begin();
    update();
  };
  kind.addEventListener("change", () => startAt(kind.value, kind.value === "row" ? value.start.number : 0));
  number.addEventListener("change", () => startAt(kind.value, Math.max(0, Math.round(Number(number.value)) || 0)));
  part(".pg-another").addEventListener("click", () => {
    if (start.kind === "row") startAt("row", Math.floor(Math.random() * (value.last + 1)));
    else startAt("seed", start.kind === "seed" ? start.number + 1 : 0);
  });
  part(".pg-still").addEventListener("click", () => {
    moves = {};
    levers();
    update();
  });
  part(".pg-edit-end").addEventListener("click", () => trigger("end", { start, moves, name: name.value }));
  name.addEventListener("change", rest);

  const list = () => {
    const own = savedEdits().filter((one) => one.model === value.model);
    part(".pg-saved").replaceChildren(...own.map((one) => {
      const item = make("li");
      const use = Object.assign(make("button", "pg-button", one.name), { type: "button" });
      const drop = Object.assign(make("button", "pg-button", say("latent.directions.forget")), { type: "button" });
      drop.setAttribute("aria-label", say("latent.directions.forget_edit", { name: one.name }));
      use.addEventListener("click", () => {
        moves = { ...one.moves };
        name.value = one.name;
        levers();
        update();
      });
      drop.addEventListener("click", () => {
        saveEdits(savedEdits().filter((other) => other.name !== one.name || other.model !== one.model));
        list();
      });
      item.append(use, drop);
      return item;
    }));
    if (!own.length) part(".pg-saved").append(make("li", "pg-hint", say("latent.directions.none_saved")));
  };
  part(".pg-save-edit").addEventListener("click", () => {
    const words = name.value.trim();
    if (!words || !Object.keys(moves).length) {
      editStatus.textContent = words ? say("latent.directions.move_first") : say("latent.directions.name_first");
      return;
    }
    editStatus.textContent = say("latent.directions.saved", { name: words });
    saveEdits([...savedEdits().filter((one) => one.name !== words || one.model !== value.model), { name: words, model: value.model, moves: { ...moves } }].slice(-MOST_EDITS));
    list();
  });

  const draw = () => {
    value = given(props);
    part(".pg-directions-body").hidden = !value;
    if (!value) return;
    const stays = preparing && value.keep;
    preparing = false;
    if (stays) {
      update(null); // with the sliders as they are by now
      return;
    }
    empty.textContent = editStatus.textContent = "";
    start = { ...value.start };
    moves = { ...value.moves };
    name.value = value.name;
    delays.reset();
    speed.textContent = "";
    levers();
    begin();
    list();
    if (value.first && !value.first.error && !value.first.prepare) show(value.first, null);
    else if (server) follow({ since: null });
  };
  watch("value", draw);
  draw();
};

export const entanglement = ({ element, props, watch }) => {
  const draw = () => {
    const value = given(props);
    const table = element.querySelector(".pg-shares");
    element.querySelector(".pg-empty").textContent = value ? "" : say("latent.directions.nothing_counted");
    element.querySelector(".pg-entanglement-words").textContent = value ? value.words : "";
    table.replaceChildren();
    if (!value || !value.columns.length) return;
    const head = make("tr");
    head.append(make("td", "pg-corner", value.corner));
    value.columns.forEach((column) => head.append(Object.assign(make("th", "", column), { scope: "col" })));
    table.createTHead().append(head);
    const body = table.createTBody();
    value.rows.forEach((row) => {
      const line = make("tr");
      line.append(Object.assign(make("th", "", row.title), { scope: "row" }));
      row.cells.forEach((cell, index) => {
        const place = make("td", index === row.own ? "pg-own" : "", Math.round(100 * cell.share) + " %");
        place.style.setProperty("--share", cell.share);
        place.title = cell.words;
        line.append(place);
      });
      body.append(line);
    });
  };
  watch("value", draw);
  draw();
  sayThatItScrolls(element.querySelector(".pg-table-box"));
};
