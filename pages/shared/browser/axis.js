// @ts-check
// What the numbers of an axis mean: where its ticks are texts, what these say.

/** @import { Layout, Value } from "./plotly.d.ts" */

/** @typedef {(value: Value) => Value} Reader */

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
// A tick's text has three digits of its number.
const CLOSE = 2e-3;
// Of a number that is worked out from its logarithm, as many digits as are its own.
const DIGITS = 10;
const SINGLE_DIGITS = 6;

/**
 * What Plotly writes as this, without marks.
 * @param {unknown} text
 */
export function plain(text) {
  const raised = String(text ?? "").replace(/<sup>(.*?)<\/sup>/g, (_, inner) =>
    String(inner)
      .replace(/[-−]/g, "⁻")
      .replace(/\d/g, (digit) => RAISED[Number(digit)])
      .replace("t", "ᵗ"),
  );
  const bare = raised.replace(/<br>/g, " ").replace(/<[^>]*>/g, "");
  const page = new DOMParser().parseFromString(bare, "text/html");
  return (page.body.textContent ?? "").replace(/[\s\u2060]+/g, " ").trim();
}

/** @param {string} text of a tick: 0.01, 10⁻⁴, 2·10⁻⁴, or 0 with more words below it */
function numberOf(text) {
  if (/^0( |$)/.test(text)) return 0;
  const [, digit = "1", power] = text.match(/^(?:([\d.]+)[·×])?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/) ?? [];
  if (power === undefined) return text ? Number(text.replace("−", "-")) : Number.NaN;
  const signs = [...power].map((sign) => (sign === "⁻" ? "-" : RAISED.indexOf(sign)));
  return Number(digit) * 10 ** Number(signs.join(""));
}

/**
 * What the values of an axis, or of a scale of colours, stand for: where they are the logarithms of
 * its ticks, numbers; where these are words, the nearest.
 * @type {(axis: any, digits?: number) => Reader}
 */
function reader({ type, tickvals, ticktext }, digits = DIGITS) {
  if (type === "log" || !tickvals || !ticktext) return (value) => value;
  const ticks = Array.from(/** @type {ArrayLike<number>} */ (tickvals), (at, k) => {
    const text = plain(ticktext[k]);
    return { at, text, number: numberOf(text) };
  });
  const above = ticks.filter(({ number }) => number > 0);
  if (above.length && above.every(({ at, number }) => Math.abs(at - Math.log10(number)) < CLOSE)) {
    const zero = ticks.find(({ number }) => number === 0)?.at ?? Number.NaN;
    return (value) => {
      if (typeof value !== "number") return value;
      if (Math.abs(value - zero) < CLOSE) return 0;
      return Number((10 ** value).toPrecision(digits)) || null; // far below the axis: out of sight
    };
  }
  if (!ticks.length || ticks.some(({ number }) => !Number.isNaN(number))) return (value) => value;
  return (value) => {
    if (typeof value !== "number") return value;
    const away = ticks.map(({ at }) => Math.abs(at - value));
    return ticks[away.indexOf(Math.min(...away))].text;
  };
}

/** @param {unknown} array */
const digitsOf = (array) => (array instanceof Float32Array ? SINGLE_DIGITS : DIGITS);

/**
 * Numbers of an axis as a list, each what it stands for; null where there is none.
 * @type {(values: ArrayLike<Value> | undefined, axis: any) => Value[]}
 */
export function told(values, axis) {
  const read = reader(axis, digitsOf(values));
  const single = values instanceof Float32Array;
  return Array.from(values ?? [], (value) => {
    if (typeof value === "number" && !Number.isFinite(value)) return null;
    const meant = read(value);
    return single && typeof meant === "number" ? Number(meant.toPrecision(SINGLE_DIGITS)) : meant;
  });
}

/** @type {(layout: Layout, id: string) => any} */
export const axisOf = (layout, id) => layout[`${id[0]}axis${id.slice(1)}`] ?? {};

/**
 * The title of an axis, or of another that shows the same.
 * @type {(layout: Layout, id: string) => string}
 */
export function titleOf(layout, id) {
  const own = axisOf(layout, id);
  const same = Object.keys(layout).filter(
    (name) =>
      name.startsWith(`${id[0]}axis`) &&
      own.range &&
      String(layout[name].range) === String(own.range),
  );
  const titles = [own, ...same.map((name) => layout[name])].map(({ title }) =>
    plain(title?.text ?? title),
  );
  return titles.find(Boolean) ?? "";
}
