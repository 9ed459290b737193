// Small pictures: bytes in base64, drawn on canvases at their own size and enlarged by the style.
import { make } from "./dom.js";

// packed: {"pixels": base64 of N x height x width x channels bytes, "width", "height", "channels"}.
export const bitmaps = (packed) => {
  const { width, height, channels } = packed;
  const text = atob(packed.pixels || "");
  const size = width * height * channels;
  const level = (index, x, y, channel) => text.charCodeAt(index * size + (y * width + x) * channels + (channels === 1 ? 0 : channel));
  const draw = (index, canvas) => {
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    const image = context.createImageData(width, height);
    for (let y = 0, at = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1, at += 4) {
        for (let channel = 0; channel < 3; channel += 1) image.data[at + channel] = level(index, x, y, channel);
        image.data[at + 3] = 255;
      }
    }
    context.putImageData(image, 0, 0);
    return canvas;
  };
  return { width, height, channels, count: Math.floor(text.length / size), draw, level };
};

export const bitmap = (source, index, words) => {
  const canvas = document.createElement("canvas");
  canvas.className = "pg-bitmap";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", words);
  return index < source.count ? source.draw(index, canvas) : canvas;
};

// A row of pictures under a title: {"title", "packed", "labels"}.
export const strip = (row) => {
  const block = make("div", "pg-strip");
  const figures = make("div", "pg-strip-row");
  const source = bitmaps(row.packed);
  row.labels.forEach((label, index) => {
    const figure = make("figure", "pg-figure");
    figure.append(bitmap(source, index, (row.title || "") + " " + label), make("figcaption", "", label));
    figures.append(figure);
  });
  if (row.title) block.append(make("p", "pg-strip-title", row.title));
  block.append(figures);
  return block;
};

export const factRows = (rows) => {
  const list = make("dl", "pg-facts");
  (rows || []).forEach((row) => list.append(make("dt", "", row.name), make("dd", "", row.text)));
  return list;
};
