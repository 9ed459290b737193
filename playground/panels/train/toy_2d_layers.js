// The layers of a frame on points of the plane, one function each, on a canvas whose middle is the plane's.
(() => {
  const playground = (window.playground = window.playground || {});
  const REACH = 1.3;
  const CODES = 3; // the little plane of codes reaches from -3 to 3

  // [name, title, families, shown at first, sign]
  const LAYERS = [
    ["real", "real points ○", ["gan", "vae", "diffusion"], true],
    ["fake", "the model's points ×", ["gan", "vae", "diffusion"], true],
    ["heat", "what D believes", ["gan"], true],
    ["grid", "the bent net of noise or codes", ["gan", "vae"], false],
    ["arrows", "where G's gradient pushes", ["gan"], false],
    ["rebuilt", "real points and what the VAE makes of them", ["vae"], false],
    ["codes", "where the encoder puts them", ["vae"], true],
    ["field", "the field of velocities", ["diffusion"], false],
    ["paths", "paths from noise to points", ["diffusion"], true],
  ];

  const colours = (element) => {
    const style = getComputedStyle(element);
    const dark = Boolean(element.closest(".dark"));
    const of = (name) => style.getPropertyValue(name).trim();
    return { real: of("--pg-accent"), fake: of("--pg-warm"), faint: of("--pg-faint"), ink: dark ? "#e8ecf1" : "#14171c", ground: dark ? "#10151d" : "#ffffff", dark };
  };
  const placed = (size) => [(x) => ((x + REACH) / (2 * REACH)) * size, (y) => ((REACH - y) / (2 * REACH)) * size];

  const ring = (pen, x, y, radius) => {
    pen.moveTo(x + radius, y);
    pen.arc(x, y, radius, 0, 7);
  };
  const cross = (pen, x, y, radius) => {
    pen.moveTo(x - radius, y - radius);
    pen.lineTo(x + radius, y + radius);
    pen.moveTo(x - radius, y + radius);
    pen.lineTo(x + radius, y - radius);
  };
  const dots = (pen, points, size, sign, colour, radius, width) => {
    const [px, py] = placed(size);
    Object.assign(pen, { strokeStyle: colour, lineWidth: width });
    pen.beginPath();
    for (let at = 0; at + 1 < points.length; at += 2) sign(pen, px(points[at]), py(points[at + 1]), radius);
    pen.stroke();
  };
  const arrow = (pen, x, y, dx, dy) => {
    const length = Math.hypot(dx, dy);
    if (!(length > 0.5)) return;
    const [ux, uy, head] = [dx / length, dy / length, Math.min(5, length / 2)];
    pen.moveTo(x, y);
    pen.lineTo(x + dx, y + dy);
    pen.moveTo(x + dx - head * (ux + uy * 0.6), y + dy - head * (uy - ux * 0.6));
    pen.lineTo(x + dx, y + dy);
    pen.lineTo(x + dx - head * (ux - uy * 0.6), y + dy - head * (uy + ux * 0.6));
  };

  const heat = (pen, size, levels, tone) => {
    const side = levels.shape[0];
    const small = document.createElement("canvas");
    Object.assign(small, { width: side, height: side });
    const image = small.getContext("2d").createImageData(side, side);
    const [real, fake] = tone.dark ? [[88, 166, 230], [226, 140, 60]] : [[31, 111, 178], [216, 110, 20]];
    for (let at = 0; at < levels.length; at += 1) {
      const sure = levels[at] / 127.5 - 1;
      const colour = sure >= 0 ? real : fake;
      image.data.set([...colour, Math.round(Math.abs(sure) * (tone.dark ? 130 : 110))], 4 * at);
    }
    small.getContext("2d").putImageData(image, 0, 0);
    pen.imageSmoothingEnabled = true;
    pen.drawImage(small, 0, 0, size, size);
  };
  const net = (pen, size, grid, colour) => {
    const [px, py] = placed(size);
    const side = grid.shape[0];
    Object.assign(pen, { strokeStyle: colour, lineWidth: 0.9 });
    pen.globalAlpha = 0.75;
    pen.beginPath();
    const point = (row, column) => [px(grid[2 * (row * side + column)]), py(grid[2 * (row * side + column) + 1])];
    for (let one = 0; one < side; one += 1) {
      for (let other = 0; other < side; other += 1) pen[other ? "lineTo" : "moveTo"](...point(one, other));
      for (let other = 0; other < side; other += 1) pen[other ? "lineTo" : "moveTo"](...point(other, one));
    }
    pen.stroke();
    pen.globalAlpha = 1;
  };
  // Arrows whose longest is as long as `most` pixels. Returns its length in the plane's own units.
  const arrows = (pen, size, starts, ways, count, colour, most) => {
    const [px, py] = placed(size);
    let longest = 0;
    for (let at = 0; at < count; at += 1) longest = Math.max(longest, Math.hypot(ways[2 * at], ways[2 * at + 1]));
    if (!(longest > 0) || !Number.isFinite(longest)) return longest;
    const scale = most / longest;
    Object.assign(pen, { strokeStyle: colour, lineWidth: 1.3 });
    pen.beginPath();
    for (let at = 0; at < count; at += 1) arrow(pen, px(starts[2 * at]), py(starts[2 * at + 1]), ways[2 * at] * scale, -ways[2 * at + 1] * scale);
    pen.stroke();
    return longest;
  };
  const pairs = (pen, size, from, to, colour) => {
    const [px, py] = placed(size);
    Object.assign(pen, { strokeStyle: colour, lineWidth: 1 });
    pen.beginPath();
    for (let at = 0; at + 1 < from.length; at += 2) {
      pen.moveTo(px(from[at]), py(from[at + 1]));
      pen.lineTo(px(to[at]), py(to[at + 1]));
    }
    pen.stroke();
  };
  // The codes in a plane of their own, with the circles of one and two standard deviations of the prior.
  const codes = (pen, size, found, tone) => {
    const side = size * 0.3;
    const [left, top, middle] = [size - side - 6, 6, side / 2];
    pen.save();
    pen.translate(left, top);
    pen.globalAlpha = 0.9;
    pen.fillStyle = tone.ground;
    pen.fillRect(0, 0, side, side);
    pen.globalAlpha = 1;
    pen.beginPath();
    pen.rect(0, 0, side, side);
    pen.clip();
    Object.assign(pen, { strokeStyle: tone.faint, lineWidth: 1 });
    pen.strokeRect(0.5, 0.5, side - 1, side - 1);
    pen.beginPath();
    [1, 2].forEach((radius) => ring(pen, middle, middle, (radius / CODES) * middle));
    pen.stroke();
    pen.fillStyle = tone.real;
    for (let at = 0; at + 1 < found.length; at += 2) pen.fillRect(middle + (found[at] / CODES) * middle - 1, middle - (found[at + 1] / CODES) * middle - 1, 2, 2);
    pen.restore();
    Object.assign(pen, { font: "11px system-ui, sans-serif", fillStyle: tone.ink, textAlign: "right" });
    pen.fillText("codes", left + side - 5, top + 14);
  };
  const paths = (pen, size, ways, colour) => {
    const [px, py] = placed(size);
    const [count, steps] = ways.shape;
    Object.assign(pen, { strokeStyle: colour, fillStyle: colour, lineWidth: 1 });
    pen.globalAlpha = 0.6;
    pen.beginPath();
    for (let path = 0; path < count; path += 1) {
      for (let step = 0; step < steps; step += 1) {
        const at = 2 * (path * steps + step);
        pen[step ? "lineTo" : "moveTo"](px(ways[at]), py(ways[at + 1]));
      }
    }
    pen.stroke();
    pen.beginPath();
    for (let path = 0; path < count; path += 1) ring(pen, px(ways[2 * path * steps]), py(ways[2 * path * steps + 1]), 1.6);
    pen.fill();
    pen.globalAlpha = 1;
  };
  const square = (side, reach) => {
    const points = new Float32Array(2 * side * side);
    for (let row = 0; row < side; row += 1) {
      for (let column = 0; column < side; column += 1) points.set([(column / (side - 1) * 2 - 1) * reach, (1 - (row / (side - 1)) * 2) * reach], 2 * (row * side + column));
    }
    return points;
  };

  // Draws a frame whose arrays are opened. shown: names of layers; time: which of the field's times. Returns sentences
  // about what the picture cannot say by itself.
  const draw = (canvas, frame, family, shown, time) => {
    const size = canvas.clientWidth;
    if (!size || !frame) return [];
    const dense = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(size * dense)) Object.assign(canvas, { width: Math.round(size * dense), height: Math.round(size * dense) });
    const pen = canvas.getContext("2d");
    const [tone, said] = [colours(canvas), []];
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    pen.fillStyle = tone.ground;
    pen.fillRect(0, 0, size, size);
    const is = (name) => shown.has(name) && LAYERS.some((layer) => layer[0] === name && layer[2].includes(family));
    const busy = frame.batch_fake ? 0.35 : 1; // in slow motion the part's own points stand out
    if (is("heat") && frame.heat) {
      heat(pen, size, frame.heat, tone);
      said.push("Blue is real to D, orange is fake: " + frame.heat_words + ".");
    }
    if (is("field") && frame.field) {
      const side = frame.field.shape[1];
      const now = frame.field.subarray(2 * side * side * time, 2 * side * side * (time + 1));
      const longest = arrows(pen, size, square(side, (REACH * 12) / 13), now, side * side, tone.faint, size / 14);
      said.push("Velocities at time " + frame.times[time].toFixed(2) + "; the longest arrow is " + longest.toPrecision(2) + " a unit of time.");
    }
    if (is("grid") && frame.grid) net(pen, size, frame.grid, tone.ink);
    if (is("paths") && frame.paths) paths(pen, size, frame.paths, tone.faint);
    if (is("rebuilt") && frame.rebuilt) pairs(pen, size, frame.real, frame.rebuilt, tone.faint);
    pen.globalAlpha = busy;
    if (is("real")) dots(pen, frame.real, size, ring, tone.real, 2.3, 1.2);
    if (is("fake")) dots(pen, frame.fake, size, cross, tone.fake, 2.4, 1.4);
    pen.globalAlpha = 1;
    if (is("arrows") && frame.arrows) {
      const longest = arrows(pen, size, frame.fake, frame.arrows, frame.arrows.shape[0], tone.ink, size / 12);
      said.push("The longest arrow is a slope of " + longest.toPrecision(2) + ".");
    }
    if (frame.batch_real) dots(pen, frame.batch_real, size, ring, tone.real, 3.6, 2);
    if (frame.batch_fake) dots(pen, frame.batch_fake, size, cross, tone.fake, 3.6, 2.2);
    if (is("codes") && frame.codes) codes(pen, size, frame.codes, tone);
    if (frame.sigma !== undefined) said.push("The decoder's Gaussians are " + frame.sigma.toPrecision(2) + " wide.");
    return said;
  };
  playground.toy_2d_layers = { LAYERS, draw, colours };
})();
