// Marks over the points of a map: draws from the priors, the visitor's picture, hovered and chosen points, the cross.
import { say } from "./say.js";

// A line that is visible on any background: in ink, on a wider line in the colour of the paper.
const twice = (context, ink, paper, width, path) => {
  [[paper, width + 3], [ink, width]].forEach(([colour, size]) => {
    Object.assign(context, { strokeStyle: colour, lineWidth: size });
    context.beginPath();
    path();
    context.stroke();
  });
};
// seen: the view's value, at: where the cross is, squares: [x, y, size] around points, toScreen and scale (pixels a
// unit) of the map, width and height of the canvas in pixels.
export const drawMarks = (context, ink, paper, seen) => {
  const { value, at, squares, toScreen, scale, width, height } = seen;
  (value.draws || []).forEach((prior) => {
    Object.assign(context, { strokeStyle: ink, lineWidth: 1, globalAlpha: 0.55 });
    context.beginPath();
    prior.points.forEach(([x, y]) => {
      const [left, top] = toScreen(x, y);
      if (left < -5 || top < -5 || left > width + 5 || top > height + 5) return;
      if (prior.name === "normal") context.rect(left - 2.5, top - 2.5, 5, 5);
      else {
        context.moveTo(left, top - 3);
        context.lineTo(left + 3, top + 2.5);
        context.lineTo(left - 3, top + 2.5);
        context.closePath();
      }
    });
    context.stroke();
    context.globalAlpha = 1;
  });
  const { mine } = value;
  if (mine) {
    const [left, top] = toScreen(mine.x, mine.y);
    if (mine.major) {
      [1, 2].forEach((times) => twice(context, ink, paper, 2, () => context.ellipse(left, top, times * mine.major * scale, times * mine.minor * scale, -mine.angle, 0, 7)));
    }
    twice(context, ink, paper, 2, () => [[-6, -6], [-6, 6]].forEach(([dx, dy]) => {
      context.moveTo(left + dx, top + dy);
      context.lineTo(left - dx, top - dy);
    }));
    Object.assign(context, { font: "600 13px system-ui, sans-serif", textAlign: "left", strokeStyle: paper, lineWidth: 4, fillStyle: ink });
    const label = say("shared.picture.mine");
    context.strokeText(label, left + 10, top - 8);
    context.fillText(label, left + 10, top - 8);
  }
  squares.forEach(([x, y, size]) => {
    const [left, top] = toScreen(x, y);
    twice(context, ink, paper, 2, () => context.rect(left - size, top - size, 2 * size, 2 * size));
  });
  const [left, top] = toScreen(at.x, at.y);
  twice(context, ink, paper, 2, () => {
    context.arc(left, top, 9, 0, 7);
    context.moveTo(left - 16, top);
    context.lineTo(left + 16, top);
    context.moveTo(left, top - 16);
    context.lineTo(left, top + 16);
  });
};
