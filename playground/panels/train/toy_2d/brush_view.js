// A square to paint a distribution on, dot by dot.
import { onResize } from "../../../ui/lifetime.js";
import { say } from "../../../ui/say.js";
import { given } from "../../../ui/value.js";

const [APART, REACH, STRIDE] = [0.05, 1, 0.05]; // least distance of two dots of a stroke; half the square's side; an arrow key's step

export const brush = ({ element, props, trigger, watch }) => {
  let sending = 0;
  const [canvas, counter] = [element.querySelector(".pg-brush-canvas"), element.querySelector(".pg-brush-count")];
  let [dots, most, down, cursor, keyed] = [[], 300, false, [0, 0], false];

  const paint = () => {
    const size = canvas.clientWidth;
    if (!size) return;
    const dense = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(size * dense)) Object.assign(canvas, { width: Math.round(size * dense), height: Math.round(size * dense) });
    const style = getComputedStyle(element);
    const pen = canvas.getContext("2d");
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    pen.clearRect(0, 0, size, size);
    const [px, py] = [(x) => ((x + 1) / 2) * size, (y) => ((1 - y) / 2) * size];
    pen.strokeStyle = style.getPropertyValue("--pg-faint");
    pen.globalAlpha = 0.3;
    pen.beginPath();
    pen.moveTo(size / 2, 0);
    pen.lineTo(size / 2, size);
    pen.moveTo(0, size / 2);
    pen.lineTo(size, size / 2);
    pen.stroke();
    pen.globalAlpha = 0.55;
    pen.fillStyle = style.getPropertyValue("--pg-accent");
    for (let at = 0; at < dots.length; at += 2) {
      pen.beginPath();
      pen.arc(px(dots[at] / 100), py(dots[at + 1] / 100), 0.04 * (size / 2) * 1.5, 0, 7);
      pen.fill();
    }
    pen.globalAlpha = 1;
    if (keyed) {
      pen.strokeStyle = style.getPropertyValue("--body-text-color");
      pen.beginPath();
      pen.moveTo(px(cursor[0]) - 8, py(cursor[1]));
      pen.lineTo(px(cursor[0]) + 8, py(cursor[1]));
      pen.moveTo(px(cursor[0]), py(cursor[1]) - 8);
      pen.lineTo(px(cursor[0]), py(cursor[1]) + 8);
      pen.stroke();
    }
    const count = dots.length / 2;
    const words = say(count < 3 ? "train.toy_2d.brush.few" : "train.toy_2d.brush.dots", { count, most });
    if (counter.textContent !== words) counter.textContent = words;
  };
  const add = (x, y, apart) => {
    if (dots.length / 2 >= most || Math.abs(x) > REACH || Math.abs(y) > REACH) return;
    const last = dots.slice(-2);
    if (apart && last.length && Math.hypot(last[0] / 100 - x, last[1] / 100 - y) < APART) return;
    dots.push(Math.round(x * 100), Math.round(y * 100));
    paint();
  };
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * 2 - 1, 1 - ((event.clientY - box.top) / box.height) * 2];
  };
  // One event for dots that come fast: of two at once the later may be lost.
  const send = () => {
    clearTimeout(sending);
    sending = setTimeout(() => trigger("painted", { dots: [...dots] }), 200);
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    [down, keyed] = [true, false];
    add(...place(event), false);
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => down && add(...place(event), true));
  ["pointerup", "pointercancel"].forEach((name) => canvas.addEventListener(name, () => {
    if (down) send();
    down = false;
  }));
  canvas.addEventListener("keydown", (event) => {
    const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (way) cursor = cursor.map((at, axis) => Math.max(-REACH, Math.min(REACH, at + way[axis] * STRIDE)));
    else if (event.key === " ") add(cursor[0], cursor[1], false);
    else if (event.key === "Backspace") dots.splice(-2);
    else return;
    keyed = true;
    event.preventDefault();
    paint();
    if (!way) send();
  });
  element.querySelector(".pg-brush-clear").addEventListener("click", () => {
    dots = [];
    paint();
    send();
  });
  onResize(canvas, paint);
  const draw = () => {
    const value = given(props) || {};
    [dots, most] = [[...(value.dots || [])], value.most || 300];
    paint();
  };
  watch("value", draw);
  draw();
};
