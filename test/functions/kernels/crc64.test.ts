import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openMemory } from './memory.ts';

const allOnes = 2n ** 64n - 1n;

/** The register of a reflected CRC after some bytes, bit by bit. */
function register(bytes: Uint8Array, before: bigint): bigint {
  return bytes.reduce((crc, byte) => {
    let shifted = crc ^ BigInt(byte);
    for (let bit = 0; bit < 8; bit++) {
      shifted = shifted & 1n ? (shifted >> 1n) ^ 0x9a6c9329ac4bc9b5n : shifted >> 1n;
    }
    return shifted;
  }, before);
}

it('continues a CRC-64/NVME by any number of bytes', () => {
  const { kernels, allocate, put } = openMemory();
  const tables = allocate(16 * 256 * 8);
  kernels.planCrc64(tables);

  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.bigInt({ min: 0n, max: allOnes }), (bytes, before) => {
      const found = kernels.addCrc64(tables, put(bytes), bytes.length, before);

      expect(BigInt.asUintN(64, found)).toBe(register(bytes, before));
    }),
  );
});
