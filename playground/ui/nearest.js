// The nearest of thousands of points.

// Sorts the points into a grid, so that only a few cells are searched.
export const nearestIn = (points, low, size) => {
  const [side, count] = [100, points.length / 2];
  const cell = (value, axis) => Math.max(0, Math.min(side - 1, Math.floor(((value - low[axis]) / size) * side)));
  const [heads, following] = [new Int32Array(side * side).fill(-1), new Int32Array(count)];
  for (let at = 0; at < count; at += 1) {
    const place = cell(points[2 * at + 1], 1) * side + cell(points[2 * at], 0);
    following[at] = heads[place];
    heads[place] = at;
  }
  // The index of the nearest point within reach that `takes` accepts, or -1.
  return (x, y, reach, takes) => {
    let [best, nearest] = [reach * reach, -1];
    for (let row = cell(y - reach, 1); row <= cell(y + reach, 1); row += 1) {
      for (let column = cell(x - reach, 0); column <= cell(x + reach, 0); column += 1) {
        for (let at = heads[row * side + column]; at >= 0; at = following[at]) {
          const square = (points[2 * at] - x) ** 2 + (points[2 * at + 1] - y) ** 2;
          if (square < best && takes(at)) [best, nearest] = [square, at];
        }
      }
    }
    return nearest;
  };
};
