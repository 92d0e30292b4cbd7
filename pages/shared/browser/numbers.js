// @ts-check
// Numbers and times in words.

import { say } from "./words.js";

/** @import { Value } from "./plotly.d.ts" */

// Of numbers in a column, and of places that so many do not tell apart.
export const DIGITS = 4;
const MORE_DIGITS = 7;

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

/** @type {(value: number, digits: number) => string} */
function power(value, digits) {
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  return `${mantissa}×10${[...String(Number(exponent))].map((sign) => SUPERSCRIPT[sign]).join("")}`;
}

/** @type {(value: unknown, digits?: number) => string} */
export function formatNumber(value, digits = 3) {
  if (typeof value === "string") return value; // ∞
  if (typeof value !== "number" || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  let text;
  if (size !== 0 && (size < 1e-3 || size >= 99950)) text = power(value, digits);
  else if (Number.isInteger(value)) text = String(value);
  else if (size < 10 ** digits - 0.5) text = value.toPrecision(digits);
  else text = String(Number(value.toPrecision(digits)));
  return text.replace(/^-/, "−");
}

/** @type {(values: Value[], digits?: number) => string[]} */
export const formatAll = (values, digits = DIGITS) =>
  values.map((value) => formatNumber(value, digits));

/**
 * The places along an axis with as many digits as tell each from the one before.
 * @param {Value[]} places
 */
export function formatPlaces(places) {
  const texts = formatAll(places);
  const alike = texts.some((text, k) => k && text === texts[k - 1] && places[k] !== places[k - 1]);
  return alike ? formatAll(places, MORE_DIGITS) : texts;
}

/** @param {number} seconds */
export function formatTime(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < 60) return say("{seconds} s left", { seconds: whole });
  const minutes = Math.floor(whole / 60);
  return say("{minutes} min {seconds} s left", { minutes, seconds: whole % 60 });
}

// As pages write numbers, in the signs of a keyboard.
/** @type {{ [sign: string]: string }} */
const PLAIN = {
  "−": "-",
  "×": "x",
  ...Object.fromEntries(Object.entries(SUPERSCRIPT).map(([sign, raised]) => [raised, sign])),
};
const BLANKS = /[ \u00a0\u2009\u202f]/g;
// 1,250 is one number to some and another to others.
const GROUPED = /^[+-]?[1-9]\d{0,2},\d{3}(?![\dex*])/;
const POWER = /[*x]10\^?/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/;

/**
 * A number as people write it: 0,05 is 0.05, and 3×10⁻⁴ is 3e-4; NaN where it is none, or may be
 * two. The rules are those of typed.py, and a test holds both to the same cases.
 * @param {string} text
 */
export function readNumber(text) {
  const signs = [...text.replace(BLANKS, "")].map((sign) => PLAIN[sign] ?? sign);
  const plain = signs.join("").toLowerCase();
  const number = plain.replace(POWER, "e").replaceAll(",", ".");
  return NUMBER.test(number) && !GROUPED.test(plain) ? Number(number) : Number.NaN;
}
