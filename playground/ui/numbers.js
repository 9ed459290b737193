// Numbers as people read them, with a real minus sign. As in core/numbers.py.

/**
 * A formatted number with a real minus sign.
 * @param {string} text
 */
export const withMinus = (text) => text.replace(/^-/, "−");

/**
 * A number with so many decimals; with `sign`, also a plus.
 * @param {number} number
 * @param {number} digits
 * @param {boolean} [sign]
 */
export const fixed = (number, digits, sign = false) => {
  const text = number.toFixed(digits);
  const isZero = Number(text) === 0;
  return (sign && (number > 0 || isZero) ? "+" : "") + withMinus(isZero ? text.replace("-", "") : text);
};

/**
 * A share: 12.3 %, 0.04 %, and never a rounded 0 or 100. "–" for null.
 * @param {number|null|undefined} share between 0 and 1
 */
export const percent = (share) => {
  if (share === null || share === undefined) return "–";
  const value = share * 100;
  if (value === 0 || value === 100) return value + " %";
  if (value > 0 && value < 0.001) return "< 0.001 %";
  if (value > 99.95 && value < 100) return "> 99.9 %";
  if (value >= 10) return value.toFixed(1) + " %";
  if (value >= 0.1) return value.toFixed(2) + " %";
  return value.toFixed(3) + " %";
};

/**
 * A number with three digits: 5,730, 1.49, 0.0012; 1.2 × 10⁻⁵ only if it is very large or very small. As in core/numbers.py.
 * @param {number} number
 */
export const short = (number) => {
  const rounded = Number(Number(number).toPrecision(3));
  const far = Math.abs(rounded);
  if (far >= 1e12 || (far !== 0 && far < 0.0001)) {
    const [digits, exponent] = rounded.toExponential(1).split("e");
    const power = "10" + String(Number(exponent)).replace(/[-\d]/g, (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]);
    return Number(digits) === 1 ? power : withMinus(Number(digits) + " × " + power);
  }
  return withMinus(rounded.toLocaleString("en", { maximumSignificantDigits: 3 }));
};

/**
 * A size with a unit of bytes: 850 bytes, 46 kB, 2.1 GB. As in core/numbers.py.
 * @param {number} bytes
 */
export const size = (bytes) => {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const digits = (value) => (value < 9.95 ? Number(value.toFixed(1)) : Math.round(value));
  let [value, unit] = [bytes, 0];
  while (unit < units.length - 1 && digits(value) >= 1000) [value, unit] = [value / 1000, unit + 1];
  return (unit ? digits(value).toLocaleString("en") : value.toFixed(0)) + " " + units[unit];
};
