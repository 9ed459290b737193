// Numbers as people read them.

/**
 * A share: 12.3 %, 0.04 %, and never a rounded 0 or 100. "–" for null.
 * @param {number|null|undefined} share between 0 and 1
 */
export const percent = (share) => {
  if (share === null || share === undefined) return "–";
  const value = share * 100;
  if (value > 0 && value < 0.001) return "< 0.001 %";
  if (value > 99.95 && value < 100) return "> 99.9 %";
  if (value >= 10) return value.toFixed(1) + " %";
  if (value >= 0.1) return value.toFixed(2) + " %";
  return value.toFixed(3) + " %";
};

/**
 * A number with three digits: 5,730, 1.49, 0.0012; with an exponent only if it is very large or very small.
 * @param {number} number
 */
export const short = (number) => {
  const rounded = Number(Number(number).toPrecision(3));
  const size = Math.abs(rounded);
  if (size >= 1e12 || (size !== 0 && size < 0.0001)) return rounded.toExponential(1);
  return rounded.toLocaleString("en", { maximumSignificantDigits: 3 });
};
