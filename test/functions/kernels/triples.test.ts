import { describe, expect, it } from 'vitest';
import { openMemory } from './memory.ts';

const pixels = 100;
const planeBytes = 128;
const triples = Uint8Array.from({ length: 3 * pixels }, (_, i) => (i * 7) % 251);

/** Pixel x of colour c is byte x of plane c. */
function planesOf(triples: Uint8Array): Uint8Array {
  const planes = new Uint8Array(3 * planeBytes);
  triples.forEach((value, i) => {
    planes[(i % 3) * planeBytes + Math.floor(i / 3)] = value;
  });
  return planes;
}

describe('splitTriples', () => {
  it('writes the pixels of each colour into a plane of its own', () => {
    const { kernels, put, allocate, bytesAt } = openMemory();
    const planes = allocate(3 * planeBytes);

    kernels.splitTriples(put(triples), pixels, planes, planeBytes);

    const written = bytesAt(planes, 3 * planeBytes);
    const expected = planesOf(triples);
    for (const plane of [0, 1, 2].map((c) => c * planeBytes)) {
      expect(written.subarray(plane, plane + pixels)).toEqual(expected.subarray(plane, plane + pixels));
    }
  });
});

describe('joinTriples', () => {
  it('interleaves the pixels of three planes', () => {
    const { kernels, put, allocate, bytesAt } = openMemory();
    const rgb = allocate(3 * 112);

    kernels.joinTriples(put(planesOf(triples)), planeBytes, pixels, rgb);

    expect(bytesAt(rgb, 3 * pixels)).toEqual(triples);
  });
});

describe('pickTriples', () => {
  it('interleaves the pixels at the columns', () => {
    const { kernels, put, allocate, bytesAt } = openMemory();
    const rgb = allocate(12);
    const columns = [0, 2, 2, 84];

    kernels.pickTriples(put(planesOf(triples)), planeBytes, put(Int32Array.from(columns)), 4, rgb);

    expect([...bytesAt(rgb, 12)]).toEqual(columns.flatMap((x) => [...triples.subarray(3 * x, 3 * x + 3)]));
  });
});
