import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decode, decodeRows } from '../../../../../functions/classify/decode/decode.ts';
import { defaultLimits } from '../../../../../functions/classify/image/limits.ts';
import { decodeToRgb, greyRows, png } from './fixtures/fixtures.ts';

describe('decode, large PNG', () => {
  it('reads scanlines longer and shorter than an inflated chunk', async () => {
    // Prepare
    const [width, height] = [150_000, 3];
    const samples = Buffer.from(Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * i) >> 3));
    const rows = [0, 1, 2].map((y) => samples.subarray(3 * width * y, 3 * width * (y + 1)));
    const raw = Buffer.concat(rows.flatMap((row) => [Buffer.of(0), row]));

    // Act
    const wide = await decodeToRgb(png({ width, height }, deflateSync(raw)));
    const tall = await decodeToRgb(png({ width: 1, height: 400_000 }, greyRows(400_000, 3)));

    // Assess
    expect(Buffer.from(wide).equals(samples)).toBe(true);
    expect(tall).toHaveLength(1_200_000);
    expect(tall.every((byte) => byte === 77)).toBe(true);
  });

  it.each([false, true])('inflates only what the pixels need, interlaced: %s', async (isInterlaced) => {
    const bomb = png({ width: 8, height: 8, isInterlaced }, deflateSync(Buffer.alloc(200_000_000)));
    const before = process.memoryUsage().arrayBuffers;

    const image = await decode(bomb, defaultLimits);

    expect(image.data).toHaveLength(256);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });

  it('never holds the whole image in memory', async () => {
    // Prepare
    const bytes = png({ width: 6000, height: 6000 }, greyRows(6000, 18_000));
    const rows = Int32Array.from({ length: 6000 }, (_, i) => i);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;

    // Act
    await decodeRows(bytes, defaultLimits, () => ({
      selection: { columns: Int32Array.of(0), rows },
      takeRow: () => {
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      },
    }));

    // Assess: a third of the pixels.
    expect(most).toBeLessThan(36_000_000);
  });
});
