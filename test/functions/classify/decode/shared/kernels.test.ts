import { describe, expect, it } from 'vitest';
import { startKernels } from '../../../../../functions/classify/decode/shared/kernels.ts';

describe('startKernels', () => {
  it('allocates zeroed memory that is aligned for SIMD and does not overlap', () => {
    const { allocate, bytesAt } = startKernels();

    const addresses = [3, 200_000, 5, 16].map(allocate);

    expect(addresses.map((address) => address % 16)).toEqual([0, 0, 0, 0]);
    expect(addresses[2] - addresses[1]).toBeGreaterThanOrEqual(200_000);
    expect(bytesAt(addresses[1], 200_000).every((byte) => byte === 0)).toBe(true);
  });

  it('gives each instance a memory of its own', () => {
    const [one, other] = [startKernels(), startKernels()];
    const address = one.allocate(4);

    one.wordsAt(address, 1)[0] = -7;

    expect([...one.bytesAt(address, 4)]).toEqual([0xf9, 0xff, 0xff, 0xff]);
    expect(other.bytesAt(other.allocate(4), 4)).toEqual(new Uint8Array(4));
  });

  it('allocates the same memory again after clearing, zeroed', () => {
    const { allocate, bytesAt, clear } = startKernels();
    const address = allocate(100);
    bytesAt(address, 100).fill(7);

    clear();
    const [small, large] = [allocate(40), allocate(200_000)];

    expect(small).toBe(address);
    expect(bytesAt(small, 40).every((byte) => byte === 0)).toBe(true);
    expect(bytesAt(large, 200_000).every((byte) => byte === 0)).toBe(true);
  });

  it('reports that memory cannot be allocated', () => {
    expect(() => startKernels().allocate(2 ** 32)).toThrow(/^\d+ pages of memory could not be allocated$/);
  });
});
