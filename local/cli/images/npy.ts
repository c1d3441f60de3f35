/** Writes NumPy's .npy file format, version 1.0. */

/**
 * The header of a little-endian float32 array in C order. The values follow it in memory order, which is little-endian
 * on every platform of Node.js and ONNX Runtime.
 *
 * Source: the format's description in `numpy.lib.format`.
 */
export function encodeNpyHeader(shape: readonly number[]): Buffer {
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  // Magic, version and length take 10 bytes; spaces and a line feed pad the header to a multiple of 64.
  const headerBytes = Math.ceil((10 + dictionary.length + 1) / 64) * 64 - 10;
  const start = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
  start.writeUInt16LE(headerBytes, 8);
  return Buffer.concat([start, Buffer.from(`${dictionary.padEnd(headerBytes - 1)}\n`, 'latin1')]);
}
