// A translation: its pieces, what else they could have been, and where in the source each was looked for.
(() => {
  const playground = (window.playground = window.playground || {});
  const shown = (text) => (text === "" ? "(end)" : text.trim() || "␣");

  playground.translation = (element, props, trigger, watch) => {
    const { make, given, percent } = playground;
    const root = element.querySelector(".pg-translation");
    const part = (name) => root.querySelector(".pg-translation-" + name);
    const [layer, head] = [part("layer"), part("head")];
    const [top, lines] = ["thead", "tbody"].map((tag) => part("matrix").querySelector(tag));
    let value = null;
    let run = null;
    let looked = null;
    let chosen = 0;

    const choiceAt = (place) => value.choices.find((one) => one.first <= place && place <= one.last);
    const letter = (choice) => (choice.is_feminine ? "f" : "m");

    // The share of attention that a piece gave to each of the source's: of one head, or the mean of all.
    const shares = (place) => {
      const width = value.source.length;
      const count = value.pieces.length;
      const heads = head.value === "mean" ? [...Array(value.heads).keys()] : [Number(head.value)];
      return value.source.map((_, column) =>
        heads.reduce((sum, one) => sum + looked[((Number(layer.value) * value.heads + one) * count + place) * width + column], 0) /
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
      box.querySelector("h4").textContent = "“" + shown(piece.text) + "” and what else could have stood there";
      box.querySelector("ol").replaceChildren(...piece.others.map(([text, probability]) => {
        const line = make("li");
        line.append(make("span", "pg-other-text", shown(text)), bar(probability), make("span", "pg-number", percent(probability)));
        return line;
      }));
      const best = looked ? shares(chosen).map((share, column) => [share, column]).sort((a, b) => b[0] - a[0]).slice(0, 3) : [];
      part("looked").textContent = best.length
        ? "It looked most at " + best.map(([share, column]) => "“" + shown(value.source[column]) + "” " + percent(share)).join(", ") + "."
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
        const chip = make("button", "pg-piece", shown(piece.text));
        chip.type = "button";
        if (piece.text.startsWith(" ") || piece.text === "") chip.classList.add("pg-piece-first");
        if (choice) {
          chip.classList.add("pg-piece-gendered");
          if (choice.last === place) chip.append(make("sup", "", letter(choice)));
        }
        chip.setAttribute("aria-label", shown(piece.text) + ", " + percent(piece.probability) +
          (choice ? ", the other gender was possible" : ""));
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
        ? "Of the two forms, how often the feminine one, had this word been drawn again with all before it kept. Found by spelling: it may miss one, or name one that has no gender."
        : "None was found in this translation.";
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
      corner.append(make("span", "", "written ↓"), document.createElement("br"), make("span", "", "source →"));
      const row = make("tr");
      row.append(corner, ...value.source.map((text) => {
        const cell = make("th", "", shown(text));
        cell.scope = "col";
        return cell;
      }));
      top.replaceChildren(row);
      lines.replaceChildren(...value.pieces.map((piece, place) => {
        const line = make("tr");
        const name = make("th", choiceAt(place) ? "pg-piece-gendered" : "", shown(piece.text));
        name.scope = "row";
        if (choiceAt(place)) name.append(make("sup", "", letter(choiceAt(place))));
        line.append(name, ...shares(place).map((share) => {
          const cell = make("td", share > 0.55 ? "pg-dark" : "", share >= 0.095 ? String(Math.round(100 * share)) : "");
          cell.style.setProperty("--share", Math.round(100 * share) + "%");
          if (!cell.textContent) cell.setAttribute("aria-label", "below 10");
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
      looked = value.looked ? Uint8Array.from(atob(value.looked), (one) => one.charCodeAt(0)) : null;
      part("source").textContent = value.original;
      if (value.run !== run || !layer.options.length) {
        run = value.run;
        options(layer, [...Array(value.layers).keys()].map((one) => [String(one), one + 1 + " of " + value.layers]), String(value.layers - 1));
        options(head, [["mean", "mean of all"], ...[...Array(value.heads).keys()].map((one) => [String(one), String(one + 1)])], "mean");
      }
      drawChips();
      part("tip").textContent = value.done ? "Choose a piece to see what else could have stood there." + (value.choices.length ? " f, m: a word that could have had the other gender; the first of them is chosen now." : "") : "";
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
    watch("value", draw);
    draw();
  };
})();
