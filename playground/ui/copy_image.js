// A result as a picture: what is on the page, drawn by the browser itself, onto the clipboard or as a file.
import { make } from "./dom.js";
import { say } from "./say.js";

const LARGEST_SIDE = 8000; // pixels, as browsers draw them
const MOST_NODES = 6000;
const MARGIN = 12;

const isSeen = (node) => node.checkVisibility() && node.getBoundingClientRect().height > 0;

/** The results of the panel in front that are on the page: [{title, node}]. */
export const seenResults = () => {
  const panel = [...document.querySelectorAll("#page-tabs .tabitem")].filter(isSeen).at(-1);
  const sections = [...(panel?.querySelectorAll("section[aria-label]") ?? [])];
  const drawn = (node) => node.querySelector("canvas, svg, table, dl, [class*=chip], [class*=bar]");
  return sections.filter((node) => isSeen(node) && drawn(node)).map((node) => ({ title: node.getAttribute("aria-label"), node }));
};

const styled = (node, copy) => {
  const style = getComputedStyle(node);
  copy.setAttribute("style", [...style].map((name) => `${name}:${style.getPropertyValue(name)}`).join(";"));
};

// A copy that needs no style sheet: each node with its computed style, each canvas as a picture.
const standalone = (node) => {
  const copy = node.cloneNode(true);
  const [originals, copies] = [node, copy].map((one) => [one, ...one.querySelectorAll("*")]);
  if (originals.length > MOST_NODES) throw new Error(say("shared.copy_image.too_large"));
  originals.forEach((one, place) => {
    const other = copies[place];
    styled(one, other);
    other.removeAttribute("id");
    if (one instanceof HTMLCanvasElement && one.width && one.height) {
      const picture = make("img");
      picture.setAttribute("style", other.getAttribute("style"));
      picture.src = one.toDataURL();
      other.replaceWith(picture);
    } else if (one instanceof HTMLInputElement) {
      other.setAttribute("value", one.value);
      other.toggleAttribute("checked", one.checked);
    } else if (one instanceof HTMLOptionElement) other.toggleAttribute("selected", one.selected);
  });
  copy.style.margin = "0";
  return copy;
};

const loaded = (address) => new Promise((done, failed) => {
  const picture = new Image();
  picture.onload = () => done(picture);
  picture.onerror = () => failed(new Error(say("shared.copy_image.failed")));
  picture.src = address;
});

/**
 * A part of the page as a PNG, twice as sharp as the screen's pixels where that is not too large.
 * @param {Element} node
 * @returns {Promise<Blob>}
 */
export const imageOf = async (node) => {
  const { width, height } = node.getBoundingClientRect();
  const [wide, high] = [width + 2 * MARGIN, height + 2 * MARGIN].map(Math.ceil);
  if (Math.max(wide, high) > LARGEST_SIDE) throw new Error(say("shared.copy_image.too_large"));
  const text = new XMLSerializer().serializeToString(standalone(node));
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${high}"><foreignObject x="${MARGIN}" y="${MARGIN}" width="${width}" height="${height}">${text}</foreignObject></svg>`;
  const picture = await loaded("data:image/svg+xml;charset=utf-8," + encodeURIComponent(drawing));
  const scale = Math.max(wide, high) > LARGEST_SIDE / 2 ? 1 : 2;
  const canvas = make("canvas");
  canvas.width = wide * scale;
  canvas.height = high * scale;
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  context.fillStyle = getComputedStyle(document.body).backgroundColor;
  context.fillRect(0, 0, wide, high);
  context.drawImage(picture, 0, 0);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
};

/**
 * Copies a result as a picture, or saves it where the browser does not let the page copy.
 * @returns {Promise<string>} what happened, as a sentence
 */
export const copyImage = async ({ node, title }) => {
  const image = await imageOf(node);
  try {
    await navigator.clipboard.write([new ClipboardItem({ "image/png": image })]);
    return say("shared.copy_image.copied");
  } catch {
    const link = make("a");
    link.href = URL.createObjectURL(image);
    link.download = title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60) + ".png";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    return say("shared.copy_image.saved");
  }
};
