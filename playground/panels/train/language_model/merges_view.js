// Byte-pair merges: a passage in boxes, one for each token, after as many merges as the slider says.
(() => {
  const playground = (window.playground = window.playground || {});
  const SHOWN = 120; // merges in the list at first, and more each time
  const decoder = new TextDecoder("utf-8", { fatal: true });

  // Bytes as people read them: the text, or hexadecimal in angles where they are no whole character.
  const readable = (bytes) => {
    try {
      return playground.visible(decoder.decode(Uint8Array.from(bytes)));
    } catch {
      return "⟨" + [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ") + "⟩";
    }
  };
  const ofHex = (hex) => (hex.match(/../g) || []).map((pair) => parseInt(pair, 16));
  // How many characters bytes begin: those that do not go on with another one.
  const begun = (bytes) => bytes.filter((byte) => (byte & 0xc0) !== 0x80).length;

  playground.merges = (element, props, trigger, watch) => {
    const { make, given } = playground;
    const part = (name) => element.querySelector(".pg-merges" + name);
    const [slider, now, counts, text, list, more] = ["-slider", "-now", "-counts", "-text", "-list", "-more"].map(part);
    const play = part("-play");
    let [value, at, shown, totals, timer, id] = [null, 0, SHOWN, [], 0, ""];

    const sign = (merge) => readable(ofHex(merge[0])) + " + " + readable(ofHex(merge[1])) + " → " + readable(ofHex(merge[0] + merge[1]));
    // The passage's tokens after `count` merges: [bytes, whether the last merge made it].
    const tokens = (count) => {
      const found = [];
      let [begin, fresh] = [0, false];
      value.bytes.forEach((_, place) => {
        const gone = place < value.gone.length ? value.gone[place] : 0;
        if (gone && gone === count) fresh = true;
        if (place + 1 < value.bytes.length && gone && gone <= count) return;
        found.push([value.bytes.slice(begin, place + 1), fresh]);
        [begin, fresh] = [place + 1, false];
      });
      return found;
    };
    const drawText = () => {
      const made = tokens(at);
      text.replaceChildren(...made.flatMap(([bytes, fresh]) => {
        const box = make("span", "pg-merges-token" + (fresh ? " pg-merges-fresh" : ""), readable(bytes));
        box.dataset.size = Math.min(4, bytes.length);
        return bytes.includes(10) ? [box, make("br")] : [box];
      }));
      const characters = begun(value.bytes);
      const each = (characters / made.length).toFixed(2);
      const whole = totals[at];
      counts.textContent = `This passage: ${made.length.toLocaleString("en")} tokens for ${characters.toLocaleString("en")} characters, ${each} characters a token. `
        + `Whole training text: ${whole.toLocaleString("en")} tokens, ${(value.characters / whole).toFixed(2)} characters a token.`;
    };
    const draw = () => {
      slider.value = at;
      const merge = value.merges[at - 1];
      now.textContent = merge
        ? `Merge ${at.toLocaleString("en")} of ${value.merges.length.toLocaleString("en")}: ${sign(merge)}, seen ${merge[2].toLocaleString("en")} times`
        : "Before any merge: every byte is a token of its own";
      slider.setAttribute("aria-valuetext", now.textContent);
      drawText();
      list.querySelectorAll("[aria-current]").forEach((button) => button.removeAttribute("aria-current"));
      const row = list.children[at - 1];
      if (row) row.firstChild.setAttribute("aria-current", "true");
    };
    const go = (count) => {
      at = Math.max(0, Math.min(value.merges.length, count));
      draw();
    };
    const drawList = () => {
      list.replaceChildren(...value.merges.slice(0, shown).map((merge, index) => {
        const row = make("li");
        const button = make("button", "pg-merges-merge");
        button.type = "button";
        button.append(make("span", "pg-number", String(index + 1)), make("span", "pg-merges-made", readable(ofHex(merge[0] + merge[1]))));
        button.append(make("span", "pg-merges-seen", merge[2].toLocaleString("en") + "×"));
        button.setAttribute("aria-label", `Merge ${index + 1}: ${sign(merge)}, seen ${merge[2]} times`);
        button.title = sign(merge);
        button.addEventListener("click", () => go(index + 1));
        row.append(button);
        return row;
      }));
      more.hidden = shown >= value.merges.length;
    };
    const rest = () => {
      clearInterval(timer);
      timer = 0;
      play.textContent = "Play";
    };
    slider.addEventListener("input", () => {
      rest();
      go(Number(slider.value));
    });
    part("-back").addEventListener("click", () => go(at - 1));
    part("-on").addEventListener("click", () => go(at + 1));
    more.addEventListener("click", () => {
      shown += 10 * SHOWN;
      drawList();
      draw();
    });
    // From the start (or from here), ever faster: the first merges change most.
    play.addEventListener("click", () => {
      if (timer) {
        rest();
        return;
      }
      if (at >= value.merges.length) go(0);
      play.textContent = "Stop";
      timer = setInterval(() => {
        if (!element.isConnected || at >= value.merges.length) rest();
        else go(at + Math.max(1, Math.floor(at / 25)));
      }, 180);
    });
    const open = () => {
      value = given(props);
      element.querySelector(".pg-merges").hidden = !value;
      if (!value) rest();
      if (!value) return;
      totals = [value.tokens];
      value.merges.forEach((merge, index) => totals.push(totals[index] - merge[3]));
      slider.max = value.merges.length;
      if (value.id !== "passage" && (value.id !== id || value.learning)) { // another passage: the same merges, the same place
        if (value.id !== id) shown = SHOWN;
        id = value.id;
        at = value.merges.length;
      }
      at = Math.min(at, value.merges.length);
      drawList();
      draw();
    };
    watch("value", open);
    open();
  };
})();
