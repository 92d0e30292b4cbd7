// @ts-check
// Numbers and times in words.

/** @type {{ [sign: string]: string }} */
const SUPERSCRIPT = {
  "-": "⁻",
  0: "⁰",
  1: "¹",
  2: "²",
  3: "³",
  4: "⁴",
  5: "⁵",
  6: "⁶",
  7: "⁷",
  8: "⁸",
  9: "⁹",
};

/** @param {number} value */
function power(value) {
  const [mantissa, exponent] = value.toExponential(2).split("e");
  return `${mantissa}×10${[...String(Number(exponent))].map((sign) => SUPERSCRIPT[sign]).join("")}`;
}

/** @param {unknown} value */
export function formatNumber(value) {
  if (typeof value === "string") return value; // ∞
  if (typeof value !== "number" || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  let text;
  if (size !== 0 && (size < 1e-3 || size >= 99950)) text = power(value);
  else if (Number.isInteger(value)) text = String(value);
  else text = size < 999.5 ? value.toPrecision(3) : String(Number(value.toPrecision(3)));
  return text.replace(/^-/, "−");
}

/** @param {number} seconds */
export function formatTime(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  return whole < 60 ? `${whole} s left` : `${Math.floor(whole / 60)} min ${whole % 60} s left`;
}

// 1,250 is one number to some and another to others.
const GROUPED = /^[+-]?[1-9]\d{0,2},\d{3}(?![\dex*])/;

/**
 * A number as people write it: 0,05 is 0.05; NaN where it is none, or may be two.
 * @param {string} text
 */
export function readNumber(text) {
  const plain = text.trim().replace("−", "-");
  return plain && !GROUPED.test(plain) ? Number(plain.replace(",", ".")) : Number.NaN;
}
