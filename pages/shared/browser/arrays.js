// @ts-check
// The typed arrays of a payload.

/** @import { Packed } from "./payload.d.ts" */

/**
 * @typedef {Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array
 *   | Float32Array | Float64Array} Numbers
 */

/** @type {{ [kind: string]: new (buffer: ArrayBuffer) => Numbers }} */
const DTYPES = {
  i1: Int8Array,
  u1: Uint8Array,
  i2: Int16Array,
  u2: Uint16Array,
  i4: Int32Array,
  u4: Uint32Array,
  f4: Float32Array,
  f8: Float64Array,
};

/**
 * @param {unknown} value
 * @returns {value is { [name: string]: unknown }}
 */
export const isObject = (value) =>
  value !== null &&
  typeof value === "object" &&
  !Array.isArray(value) &&
  !ArrayBuffer.isView(value);

/**
 * @param {{ [name: string]: unknown }} value
 * @returns {value is { [name: string]: unknown } & Packed}
 */
const isPacked = (value) =>
  value.bdata !== undefined &&
  typeof value.dtype === "string" &&
  value.dtype in DTYPES &&
  String(value.shape ?? "").split(",").length < 3;

/** @type {(packed: Packed) => Numbers | Numbers[]} */
function decodeArray({ dtype, bdata, shape }) {
  const bytes = Uint8Array.from(atob(bdata), (letter) => letter.charCodeAt(0));
  const flat = new DTYPES[dtype](bytes.buffer);
  const sizes = shape === undefined ? [] : String(shape).split(",").map(Number);
  if (sizes.length < 2) return flat;
  return Array.from({ length: sizes[0] }, (_, row) =>
    flat.subarray(row * sizes[1], (row + 1) * sizes[1]),
  );
}

/**
 * Decoded once a payload, so that a repaint hands Plotly the same arrays again and Plotly
 * sees that nothing in them changed. Arrays of three dimensions are left to Plotly.
 * @param {unknown} value
 * @returns {any}
 */
export function decode(value) {
  if (Array.isArray(value)) return value.some(isObject) ? value.map(decode) : value;
  if (!isObject(value)) return value;
  if (isPacked(value)) return decodeArray(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, decode(inner)]));
}
