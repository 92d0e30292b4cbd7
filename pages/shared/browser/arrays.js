// The typed arrays of a payload.

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

export const isObject = (value) =>
  value !== null &&
  typeof value === "object" &&
  !Array.isArray(value) &&
  !ArrayBuffer.isView(value);

function decodeArray({ dtype, bdata, shape }) {
  const bytes = Uint8Array.from(atob(bdata), (letter) => letter.charCodeAt(0));
  const flat = new DTYPES[dtype](bytes.buffer);
  const sizes = shape === undefined ? [] : String(shape).split(",").map(Number);
  if (sizes.length < 2) return flat;
  return Array.from({ length: sizes[0] }, (_, row) =>
    flat.subarray(row * sizes[1], (row + 1) * sizes[1]),
  );
}

// Decoded once a payload, so that a repaint hands Plotly the same arrays again and Plotly
// sees that nothing in them changed. Arrays of three dimensions are left to Plotly.
export function decode(value) {
  if (Array.isArray(value)) return value.some(isObject) ? value.map(decode) : value;
  if (!isObject(value)) return value;
  if (
    value.bdata !== undefined &&
    value.dtype in DTYPES &&
    String(value.shape ?? "").split(",").length < 3
  ) {
    return decodeArray(value);
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, decode(inner)]));
}
