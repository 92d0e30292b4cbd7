// @ts-check
// As much of protocol buffers as is needed to read and to add to what Streamlit's client sends.

/**
 * A field: its number, all of its bytes, and those of its content where it has a length.
 * @typedef {{ number: number, whole: Uint8Array, content: Uint8Array }} Field
 */

const LENGTH = 2;
// Bytes of a field's content, by the kind of the field: 64 bits, 32 bits.
const FIXED = new Map([
  [1, 8],
  [5, 4],
]);

/**
 * A field whose content is a text, or other fields.
 * @type {(number: number, content: string | Uint8Array[]) => Uint8Array<ArrayBuffer>}
 */
export function field(number, content) {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : joined(content);
  return joined([varint((number << 3) | LENGTH), varint(bytes.length), bytes]);
}

/** @param {Uint8Array[]} parts */
export function joined(parts) {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

/**
 * @param {Uint8Array} bytes
 * @returns {Field[]}
 */
export function fieldsOf(bytes) {
  /** @type {Field[]} */
  const fields = [];
  let at = 0;
  const read = () => {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = bytes[at++];
      value += (byte & 127) * unit;
      if (!(byte > 127)) return value;
    }
  };
  while (at < bytes.length) {
    const from = at;
    const key = read();
    const length = (key & 7) === LENGTH ? read() : (FIXED.get(key & 7) ?? 0);
    const start = at;
    at += length;
    if ((key & 7) === 0) read();
    const content = bytes.subarray(start, at);
    fields.push({ number: key >>> 3, whole: bytes.subarray(from, at), content });
  }
  return fields;
}

/** @param {number} value */
function varint(value) {
  const bytes = [];
  for (let rest = value; ; rest >>>= 7) {
    bytes.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) return new Uint8Array(bytes);
  }
}
