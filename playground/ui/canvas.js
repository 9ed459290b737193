// A picture to paint on, pixel by pixel.
import { say } from "./say.js";
import { given } from "./value.js";

const MOST_UNDONE = 50;

export const paint = ({ element, props, trigger, watch }) => {
  const [canvas, colour, size, clear, place] = [".pg-canvas", ".pg-colour", ".pg-brush", ".pg-clear", ".pg-paint-place"].map((name) => element.querySelector(name));
  const [eraser, undo] = [".pg-eraser", ".pg-undo"].map((name) => element.querySelector(name));
  // base: the picture as it came, which the eraser brings back.  before: the pictures before each stroke.
  const state = { width: 16, height: 16, channels: 3, levels: new Uint8ClampedArray(16 * 16 * 3).fill(255), base: null, before: [], x: 0, y: 0, down: false };
  state.base = state.levels.slice();

  const repaint = () => {
    const { width, height, channels, levels } = state;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    const image = context.createImageData(width, height);
    for (let at = 0; at < width * height; at += 1) {
      for (let channel = 0; channel < 3; channel += 1) image.data[4 * at + channel] = levels[at * channels + (channels === 1 ? 0 : channel)];
      image.data[4 * at + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  };
  const ink = () => {
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.value.slice(at, at + 2), 16));
    return state.channels === 1 ? [Math.round(0.299 * red + 0.587 * green + 0.114 * blue)] : [red, green, blue];
  };
  const erases = () => eraser.getAttribute("aria-pressed") === "true";
  const remember = () => {
    state.before = [...state.before, state.levels.slice()].slice(-MOST_UNDONE);
    undo.disabled = false;
  };
  const dab = (x, y) => {
    const wide = Number(size.value);
    const from = -Math.floor((wide - 1) / 2);
    for (let row = y + from; row < y + from + wide; row += 1) {
      for (let column = x + from; column < x + from + wide; column += 1) {
        if (row < 0 || column < 0 || row >= state.height || column >= state.width) continue;
        const first = (row * state.width + column) * state.channels;
        const levels = erases() ? state.base.subarray(first, first + state.channels) : ink();
        levels.forEach((level, channel) => (state.levels[first + channel] = level));
      }
    }
  };
  const line = (x, y) => {
    const steps = Math.max(Math.abs(x - state.x), Math.abs(y - state.y), 1);
    for (let step = 0; step <= steps; step += 1) dab(Math.round(state.x + ((x - state.x) * step) / steps), Math.round(state.y + ((y - state.y) * step) / steps));
    Object.assign(state, { x, y });
    repaint();
  };
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [Math.floor(((event.clientX - box.left) / box.width) * state.width), Math.floor(((event.clientY - box.top) / box.height) * state.height)];
  };
  const send = () => {
    let text = "";
    state.levels.forEach((level) => (text += String.fromCharCode(level)));
    trigger("drawn", { pixels: btoa(text), width: state.width, height: state.height, channels: state.channels });
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    const [x, y] = at(event);
    Object.assign(state, { x, y, down: true });
    remember();
    line(x, y);
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (state.down) line(...at(event));
  });
  const lift = () => {
    if (state.down) send();
    state.down = false;
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("keydown", (event) => {
    const [dx, dy] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key] || [];
    if (dx !== undefined) {
      state.x = Math.max(0, Math.min(state.width - 1, state.x + dx));
      state.y = Math.max(0, Math.min(state.height - 1, state.y + dy));
      place.textContent = say("shared.picture.brush_at", { row: state.y + 1, column: state.x + 1 });
      event.preventDefault();
    } else if (event.key === " " || event.key === "Enter") {
      remember();
      line(state.x, state.y);
      send();
      event.preventDefault();
    } else if ((event.ctrlKey || event.metaKey) && event.key === "z") {
      takeBack();
      event.preventDefault();
    }
  });
  const takeBack = () => {
    const levels = state.before.pop();
    if (!levels) return;
    state.levels = levels;
    undo.disabled = !state.before.length;
    repaint();
    send();
  };
  undo.addEventListener("click", takeBack);
  eraser.addEventListener("click", () => eraser.setAttribute("aria-pressed", String(!erases())));
  clear.addEventListener("click", () => {
    remember();
    for (let index = 0; index < state.levels.length; index += state.channels) ink().forEach((level, channel) => (state.levels[index + channel] = level));
    repaint();
    send();
  });
  const draw = () => {
    const value = given(props);
    if (!value) return repaint();
    const text = atob(value.pixels);
    Object.assign(state, { width: value.width, height: value.height, channels: value.channels });
    state.levels = Uint8ClampedArray.from(text, (letter) => letter.charCodeAt(0));
    Object.assign(state, { base: state.levels.slice(), before: [] });
    undo.disabled = true;
    return repaint();
  };
  watch("value", draw);
  draw();
};
