// Arrays that Python sends in base64.

const KINDS = { uint8: Uint8Array, uint16: Uint16Array, int32: Int32Array, float32: Float32Array };

/** The bytes of a text in base64. */
export const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/**
 * A packed array as a typed array with its shape.
 * @param {{data: string, dtype: string, shape: number[]}} packed
 */
export const unpackArray = (packed) => {
  const array = new KINDS[packed.dtype](bytesOf(packed.data).buffer);
  array.shape = packed.shape;
  return array;
};
