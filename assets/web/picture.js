// The coloured text as a PNG, with its recipe inside (an iTXt chunk: PNG specification, third edition, 11.3.3.4).
(() => {
  const playground = (window.playground = window.playground || {});
  const WIDTH = 1000;
  const MARGIN = 32;
  const LINE = 34;

  const table = Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
    return value >>> 0;
  });
  const crc = (bytes) => {
    let value = 0xffffffff;
    bytes.forEach((byte) => (value = table[(value ^ byte) & 255] ^ (value >>> 8)));
    return (value ^ 0xffffffff) >>> 0;
  };

  // The PNG's bytes with a text chunk put in before its last chunk (IEND, 12 bytes).
  const withRecipe = (bytes, recipe) => {
    const encoder = new TextEncoder();
    const body = new Uint8Array([...encoder.encode("iTXtplayground-recipe"), 0, 0, 0, 0, 0, ...encoder.encode(recipe)]);
    const chunk = new Uint8Array(body.length + 8);
    const view = new DataView(chunk.buffer);
    view.setUint32(0, body.length - 4);
    chunk.set(body, 4);
    view.setUint32(body.length + 4, crc(body));
    const whole = new Uint8Array(bytes.length + chunk.length);
    whole.set(bytes.subarray(0, -12));
    whole.set(chunk, bytes.length - 12);
    whole.set(bytes.subarray(-12), bytes.length - 12 + chunk.length);
    return whole;
  };

  // Where each piece of text goes: words are not broken unless a token is wider than a line.
  const layout = (context, tokens) => {
    const boxes = [];
    let [x, y] = [MARGIN, 0];
    tokens.forEach((token) => {
      (token.text || (token.bytes ? "⟨" + token.bytes + "⟩" : "")).split("\n").forEach((piece, index) => {
        if (index) [x, y] = [MARGIN, y + 1];
        [...(piece.match(/.{1,60}/gsu) || [""])].forEach((part) => {
          const width = context.measureText(part).width;
          if (x + width > WIDTH - MARGIN && x > MARGIN) [x, y] = [MARGIN, y + 1];
          boxes.push({ token, part, x, y, width });
          x += width;
        });
      });
    });
    return { boxes, rows: y + 1 };
  };

  playground.picture = (value, recipe, filename) => {
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d");
    const font = "20px system-ui, sans-serif";
    context.font = font;
    const prompt = (value.prompt || []).filter((token) => !token.special);
    const { boxes, rows } = layout(context, [...prompt.map((token) => ({ ...token, probability: null })), ...value.tokens]);
    const styles = getComputedStyle(document.querySelector(".pg-tokens") || document.body);
    const colour = (level) => styles.getPropertyValue("--pg-level-" + level).trim() || "#ddd";
    const dark = document.body.classList.contains("dark");
    canvas.width = WIDTH * 2;
    canvas.height = (MARGIN * 2 + rows * LINE + 80) * 2;
    context.scale(2, 2);
    context.fillStyle = dark ? "#10141a" : "#ffffff";
    context.fillRect(0, 0, WIDTH, canvas.height);
    const scale = playground.tokenScales.probability;
    context.font = font;
    boxes.forEach(({ token, part, x, y, width }) => {
      const top = MARGIN + y * LINE;
      if (token.probability !== null) {
        context.fillStyle = colour(scale.level(token));
        context.fillRect(x, top, width, LINE - 6);
      }
      context.fillStyle = dark ? "#f0f2f5" : "#16181d";
      context.fillText(part, x, top + 21);
    });
    const foot = MARGIN + rows * LINE + 24;
    context.font = "14px system-ui, sans-serif";
    let x = MARGIN;
    scale.names.forEach((name, level) => {
      const width = context.measureText(name).width + 16;
      context.fillStyle = colour(level);
      context.fillRect(x, foot - 15, width, 21);
      context.fillStyle = dark ? "#f0f2f5" : "#16181d";
      context.fillText(name, x + 8, foot);
      x += width + 8;
    });
    context.fillText(value.caption || "", MARGIN, foot + 28, WIDTH - 2 * MARGIN);
    return new Promise((done) => canvas.toBlob(async (blob) => {
      const bytes = withRecipe(new Uint8Array(await blob.arrayBuffer()), recipe);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
      link.download = filename;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
      done();
    }, "image/png"));
  };
})();
