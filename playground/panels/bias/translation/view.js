// A translation: its pieces, their alternatives, and the attention that each paid to the source.
import { bytesOf } from "../../../ui/arrays.js";
import { make } from "../../../ui/dom.js";
import { percent } from "../../../ui/numbers.js";
import { say } from "../../../ui/say.js";
import { sayThatItScrolls } from "../../../ui/scroll_hint.js";
import { given } from "../../../ui/value.js";

const pieceText = (text) => (text === "" ? say("bias_texts.translation.end") : text.trim() || "␣");

export const translation = ({ element, props, watch }) => {
  const root = element.querySelector(".pg-translation");
  const part = (name) => root.querySelector(".pg-translation-" + name);
  const [layer, head] = [part("layer"), part("head")];
  const [top, lines] = ["thead", "tbody"].map((tag) => part("matrix").querySelector(tag));
  let value = null;
  let run = null;
  let attention = null;
  let chosen = 0;

  const choiceAt = (place) => value.choices.find((one) => one.first <= place && place <= one.last);
  const letter = (choice) => (choice.is_feminine ? "f" : "m");

  // The share of its attention that a piece pays to each source piece: in one head, or the mean of all heads.
  const shares = (place) => {
    const width = value.source.length;
    const count = value.pieces.length;
    const heads = head.value === "mean" ? [...Array(value.heads).keys()] : [Number(head.value)];
    return value.source.map((_, column) =>
      heads.reduce((sum, one) => sum + attention[((Number(layer.value) * value.heads + one) * count + place) * width + column], 0) /
        heads.length / 255);
  };
  const bar = (share) => {
    const track = make("span", "pg-share-track");
    const fill = make("span", "pg-share-fill");
    fill.style.width = 100 * share + "%";
    track.setAttribute("aria-hidden", "true");
    track.append(fill);
    return track;
  };

  const drawPiece = () => {
    const piece = value.pieces[chosen];
    const box = part("piece");
    if (!piece) return;
    const title = { piece: pieceText(piece.text) };
    box.querySelector("h4").textContent = say("bias_texts.translation.piece_title", title);
    box.querySelector("ol").replaceChildren(...piece.others.map(([text, probability]) => {
      const line = make("li");
      line.append(make("span", "pg-other-text", pieceText(text)), bar(probability), make("span", "pg-number", percent(probability)));
      return line;
    }));
    const best = attention ? shares(chosen).map((share, column) => [share, column]).sort((a, b) => b[0] - a[0]).slice(0, 3) : [];
    const pieces = best.map(([share, column]) =>
      say("bias_texts.translation.looked_piece", {
        piece: pieceText(value.source[column]),
        share: percent(share),
      }));
    part("attention").textContent = best.length
      ? say("bias_texts.translation.looked", { pieces: pieces.join(", ") })
      : "";
  };
  const choose = (place) => {
    chosen = place;
    [...part("chips").children].forEach((chip, index) => chip.setAttribute("aria-pressed", String(index === place)));
    [...lines.children].forEach((line, index) => line.classList.toggle("pg-now", index === place));
    drawPiece();
  };
  const drawChips = () => {
    part("chips").replaceChildren(...value.pieces.map((piece, place) => {
      const choice = choiceAt(place);
      const chip = make("button", "pg-piece", pieceText(piece.text));
      chip.type = "button";
      if (piece.text.startsWith(" ") || piece.text === "") chip.classList.add("pg-piece-first");
      if (choice) {
        chip.classList.add("pg-piece-gendered");
        if (choice.last === place) chip.append(make("sup", "", letter(choice)));
      }
      const values = { piece: pieceText(piece.text), share: percent(piece.probability) };
      chip.setAttribute("aria-label", choice
        ? say("bias_texts.translation.piece_gendered", values)
        : say("bias_texts.translation.piece", values));
      chip.addEventListener("click", () => choose(place));
      return chip;
    }));
    if (!value.pieces.length) part("chips").textContent = value.text;
  };
  const drawChoices = () => {
    const box = part("choices");
    box.querySelector("tbody").replaceChildren(...value.choices.map((one) => {
      const line = make("tr");
      const [name, other, share] = [make("th"), make("td", "", one.other), make("td", "pg-share")];
      const button = make("button", "pg-link-button", one.word);
      name.scope = "row";
      button.type = "button";
      button.addEventListener("click", () => choose(one.first));
      name.append(button, make("sup", "", letter(one)));
      share.append(bar(one.feminine), make("span", "pg-number", percent(one.feminine)));
      line.append(name, other, share);
      return line;
    }));
    box.querySelector("table").hidden = !value.choices.length;
    box.querySelector("p").textContent = value.choices.length
      ? say("bias_texts.translation.choices_hint")
      : say("bias_texts.translation.no_choices");
  };
  const drawBeams = () => {
    part("beams").hidden = value.beams.length < 2;
    part("beams").querySelector("ol").replaceChildren(...value.beams.map((beam) => {
      const line = make("li");
      line.append(make("span", "pg-other-text", beam.text), make("span", "pg-number", percent(beam.probability)));
      return line;
    }));
  };
  const drawMatrix = () => {
    const corner = make("td");
    const [rowTitle, columnTitle] = [
      say("bias_texts.translation.corner_row"),
      say("bias_texts.translation.corner_column"),
    ];
    corner.append(make("span", "", rowTitle), document.createElement("br"), make("span", "", columnTitle));
    const row = make("tr");
    row.append(corner, ...value.source.map((text) => {
      const cell = make("th", "", pieceText(text));
      cell.scope = "col";
      return cell;
    }));
    top.replaceChildren(row);
    lines.replaceChildren(...value.pieces.map((piece, place) => {
      const line = make("tr");
      const name = make("th", choiceAt(place) ? "pg-piece-gendered" : "", pieceText(piece.text));
      name.scope = "row";
      if (choiceAt(place)) name.append(make("sup", "", letter(choiceAt(place))));
      line.append(name, ...shares(place).map((share) => {
        const cell = make("td", share > 0.55 ? "pg-dark" : "", share >= 0.095 ? String(Math.round(100 * share)) : "");
        cell.style.setProperty("--share", Math.round(100 * share) + "%");
        if (!cell.textContent) cell.setAttribute("aria-label", say("bias_texts.translation.below_ten"));
        return cell;
      }));
      line.addEventListener("click", () => choose(place));
      return line;
    }));
  };
  const options = (select, texts, first) => {
    select.replaceChildren(...texts.map(([key, text]) => Object.assign(make("option", "", text), { value: key })));
    select.value = first;
  };
  const draw = () => {
    value = given(props);
    const some = Boolean(value && value.pieces && (value.pieces.length || value.text));
    part("body").hidden = !some;
    root.querySelector(".pg-empty").textContent = !some && value ? value.empty || "" : "";
    root.setAttribute("aria-busy", String(some && !value.done));
    if (!some) return;
    attention = value.attention ? bytesOf(value.attention) : null;
    part("source").textContent = value.original;
    if (value.run !== run || !layer.options.length) {
      run = value.run;
      const layers = [...Array(value.layers).keys()].map((one) => {
        const values = { layer: one + 1, layers: value.layers };
        return [String(one), say("bias_texts.translation.layer_option", values)];
      });
      const heads = [...Array(value.heads).keys()].map((one) => [String(one), String(one + 1)]);
      options(layer, layers, String(value.layers - 1));
      options(head, [["mean", say("bias_texts.translation.mean_of_heads")], ...heads], "mean");
    }
    drawChips();
    const tips = value.done ? [say("bias_texts.translation.tip")] : [];
    if (value.done && value.choices.length) tips.push(say("bias_texts.translation.tip_gendered"));
    part("tip").textContent = tips.join(" ");
    part("two").hidden = part("where").hidden = !value.done;
    drawBeams();
    if (!value.done) return;
    drawChoices();
    drawMatrix();
    choose(value.choices.length ? value.choices[0].first : 0);
  };
  [layer, head].forEach((select) => select.addEventListener("change", () => {
    drawMatrix();
    choose(chosen);
  }));
  sayThatItScrolls(part("scroll"));
  watch("value", draw);
  draw();
};
