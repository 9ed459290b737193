// The coloured text as a PNG, with its recipe inside (an iTXt chunk: PNG specification, third edition, 11.3.3.4).
import { say } from "./say.js";
import { flowing, isJudged, levelOf, scales } from "./token_chip.js";

const WIDTH = 1000;
const MARGIN = 40;
const LINE = 38;
const HEIGHT = 24;
// Browsers draw no canvas higher than 32,767 pixels: longer texts are cut, and the picture says so.
const ROWS = 800;
const FONT = "20px system-ui, sans-serif";
const SMALL = "14px system-ui, sans-serif";

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

// The PNG's bytes with an iTXt chunk before the last chunk (IEND, 12 bytes): the keyword, NUL, compression flag and
// method 0, an empty language tag and an empty translated keyword.
const withRecipe = (bytes, recipe) => {
  const encoder = new TextEncoder();
  const [keyword, text] = [encoder.encode("iTXtplayground-recipe"), encoder.encode(recipe)];
  const chunk = new Uint8Array(4 + keyword.length + 5 + text.length + 4);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, chunk.length - 12);
  chunk.set(keyword, 4);
  chunk.set(text, 4 + keyword.length + 5);
  view.setUint32(chunk.length - 4, crc(chunk.subarray(4, -4)));
  const whole = new Uint8Array(bytes.length + chunk.length);
  whole.set(bytes.subarray(0, -12));
  whole.set(chunk, bytes.length - 12);
  whole.set(bytes.subarray(-12), bytes.length - 12 + chunk.length);
  return whole;
};

// Words with their tokens. Lines break between words, and inside a word only if it is wider than a line.
const wordsOf = (tokens) => {
  const words = [];
  tokens.forEach((token) => {
    flowing(token).split("\n").forEach((line, index) => {
      if (index) words.push({ newline: true });
      (line.match(/\s+|\S{1,50}/gu) || []).forEach((text) => {
        const last = words[words.length - 1];
        const space = /^\s/.test(text);
        if (space) words.push({ space: true, parts: [{ token, text }] });
        else if (last && last.parts && !last.space && last.parts.length < 40) last.parts.push({ token, text });
        else words.push({ parts: [{ token, text }] });
      });
    });
  });
  return words;
};

// The place of each piece of text, {token, text, x, row, width}, and the number of rows.
const layout = (context, tokens, room) => {
  const boxes = [];
  let [x, row, wrapped] = [0, 0, false];
  const down = (soft) => ([x, row, wrapped] = [0, row + 1, soft]);
  wordsOf(tokens).forEach((word) => {
    if (word.newline) return down(false);
    const widths = word.parts.map((part) => context.measureText(part.text).width);
    const whole = widths.reduce((sum, width) => sum + width, 0);
    if (x > 0 && x + whole > room) down(true);
    if (word.space && wrapped && x === 0) return null;
    return word.parts.forEach((part, index) => {
      if (x > 0 && x + widths[index] > room) down(true);
      boxes.push({ ...part, space: Boolean(word.space), x, row, width: widths[index] });
      x += widths[index];
    });
  });
  return { boxes: boxes.filter((box) => box.row < ROWS), rows: Math.min(row + 1, ROWS), cut: row >= ROWS };
};

// Lines of plain text that fit into a width.
const wrapped = (context, text, room) => {
  const lines = [""];
  text.split(" ").forEach((word) => {
    const longer = lines[lines.length - 1] + (lines[lines.length - 1] ? " " : "") + word;
    if (context.measureText(longer).width <= room || !lines[lines.length - 1]) lines[lines.length - 1] = longer;
    else lines.push(word);
  });
  return lines;
};

// The colours of the page as it is now, light or dark.
const coloursNow = () => {
  const styles = getComputedStyle(document.body);
  const colour = (name) => styles.getPropertyValue(name).trim();
  const [level, line] = [[0, 1, 2, 3, 4].map((index) => colour("--pg-level-" + index)), colour("--pg-line")];
  return {
    level, line, ink: [0, 1, 2, 3].map(() => colour("--body-text-color")).concat(colour("--pg-ink-4")),
    paper: colour("--background-fill-primary"), text: colour("--body-text-color"),
    faint: colour("--pg-faint"), accent: colour("--pg-accent"),
  };
};

// The line under a chip: none, dotted, thin, thick, double, as in page.css.
const underline = (context, level, colours, x, bottom, width) => {
  context.fillStyle = level === 4 ? colours.ink[4] : colours.line;
  if (level === 1) for (let dot = 0; dot + 1 <= width; dot += 3) context.fillRect(x + dot, bottom - 1, 1.5, 1);
  if (level === 2) context.fillRect(x, bottom - 1, width, 1);
  if (level === 3) context.fillRect(x, bottom - 3, width, 3);
  if (level === 4) [4, 1.5].forEach((height) => context.fillRect(x, bottom - height, width, 1.5));
};

const chip = (context, level, colours, x, top, width, height) => {
  context.fillStyle = colours.level[level];
  context.beginPath();
  context.roundRect(x, top, width, height, [4, 4, 0, 0]);
  context.fill();
  underline(context, level, colours, x, top + height, width);
};

const drawText = (context, boxes, colours, scale) => {
  context.font = FONT;
  boxes.forEach(({ token, text, x, row, width, space }) => {
    const top = MARGIN + row * LINE;
    const level = token.read || !isJudged(token) ? null : levelOf(scale, token);
    if (level !== null && !(space && !/^\s+$/.test(token.text))) {
      chip(context, level, colours, MARGIN + x + 0.5, top, Math.max(1, width - 1), HEIGHT + 4);
    }
    context.fillStyle = token.read ? colours.faint : colours.ink[level || 0];
    context.fillText(text, MARGIN + x, top + 20);
    if (token.forced && !space) {
      context.fillStyle = colours.accent;
      context.beginPath();
      context.arc(MARGIN + x + 5, top - 4, 3, 0, 7);
      context.fill();
    }
  });
};

const drawFoot = (context, notes, colours, scale, top, forced) => {
  context.font = SMALL;
  let x = MARGIN;
  const words = (text) => {
    context.fillStyle = colours.faint;
    context.fillText(text, x, top + 15);
    x += context.measureText(text).width + 12;
  };
  words(scales[scale].title);
  scales[scale].names.forEach((name, index) => {
    const level = scales[scale].levels[index];
    const width = context.measureText(name).width + 16;
    chip(context, level, colours, x, top, width, 24);
    context.fillStyle = colours.ink[level];
    context.fillText(name, x + 8, top + 15);
    x += width + 8;
  });
  if (forced) {
    context.fillStyle = colours.accent;
    context.beginPath();
    context.arc(x + 12, top + 10, 3, 0, 7);
    context.fill();
    x += 22;
    words(say("shared.tokens.forced"));
  }
  context.fillStyle = colours.faint;
  notes.forEach((line, index) => context.fillText(line, MARGIN, top + 52 + index * 20));
};

const save = (bytes, filename) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
  link.download = filename;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};

// value: that of the token view, with a "caption".  recipe: JSON text. Resolves once the download has started.
export const picture = async (value, recipe, filename) => {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  const room = WIDTH - 2 * MARGIN;
  const scale = value.scale || "probability";
  context.font = FONT;
  const read = (value.prompt || []).filter((token) => !token.special).map((token) => ({ ...token, read: true }));
  const { boxes, rows, cut } = layout(context, [...read, ...value.tokens], room);
  context.font = SMALL;
  const notes = [...(cut ? [say("shared.token.picture_cut")] : []), value.caption || ""];
  const lines = notes.flatMap((note) => wrapped(context, note, room));
  const foot = MARGIN + rows * LINE + 16;
  const height = foot + 52 + lines.length * 20 + MARGIN - 20;
  const sharpness = height < 8000 ? 2 : 1;
  canvas.width = WIDTH * sharpness;
  canvas.height = height * sharpness;
  context.scale(sharpness, sharpness);
  const colours = coloursNow();
  context.fillStyle = colours.paper;
  context.fillRect(0, 0, WIDTH, height);
  drawText(context, boxes, colours, scale);
  drawFoot(context, lines, colours, scale, foot, value.tokens.some((token) => token.forced));
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  save(withRecipe(new Uint8Array(await blob.arrayBuffer()), recipe), filename);
};
