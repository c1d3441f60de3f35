import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../../../functions/classify/decode/decode.ts';
import { defaultLimits } from '../../../../../functions/classify/image/limits.ts';
import { readCase } from '../../../../goldens/goldens.ts';
import { rgbOf } from '../rgb.ts';

/** Bounds of the difference to Pillow in levels of 255, as in docs/exactness.md. */
const kinds = {
  '8 bits, full range, 4:4:4': { max: 2, mean: 0.4 },
  '8 bits, full range, subsampled colours': { max: 6, mean: 0.4 },
  '10 or 12 bits': { max: 3, mean: 0.8 },
  'limited range of BT.601': { max: 3, mean: 0.8 },
  'limited range of BT.709 or BT.2020': { max: 16, mean: 2.4 },
  'premultiplied alpha': { max: 14, mean: 0.7 },
};

/** In the order of their names, as bounds.py wrote them. */
const files: readonly (readonly [file: string, width: number, height: number, kind: keyof typeof kinds])[] = [
  ['ae-d10.avif', 131, 97, '10 or 12 bits'],
  ['ae-d12.avif', 131, 97, '10 or 12 bits'],
  ['ae-y422.avif', 131, 97, '8 bits, full range, subsampled colours'],
  ['aea-premul.avif', 131, 97, 'premultiplied alpha'],
  ['b-m1-limited-420-8.avif', 128, 64, 'limited range of BT.709 or BT.2020'],
  ['b-m1-limited-444-10.avif', 128, 64, 'limited range of BT.709 or BT.2020'],
  ['b-m6-limited-444-10.avif', 128, 64, 'limited range of BT.601'],
  ['b-m9-full-420-10.avif', 128, 64, '10 or 12 bits'],
  ['b-m9-limited-420-10.avif', 128, 64, 'limited range of BT.709 or BT.2020'],
  ['b-m9-limited-444-8.avif', 128, 64, 'limited range of BT.709 or BT.2020'],
  ['clap-frac.avif', 128, 96, '8 bits, full range, 4:4:4'],
  ['ff709.avif', 130, 96, 'limited range of BT.709 or BT.2020'],
  ['nopixi.avif', 131, 97, '8 bits, full range, 4:4:4'],
  ['nopixi420.avif', 131, 97, '8 bits, full range, subsampled colours'],
  ['or1.avif', 131, 97, '8 bits, full range, subsampled colours'],
];

const pillow = gunzipSync(readFileSync(new URL('fixtures/bounds.bin.gz', import.meta.url)));

/** Every fourth row of Pillow's pixels of a file. */
function pillowRows(index: number): Uint8Array {
  const sizes = files.map(([, width, height]) => 3 * width * Math.ceil(height / 4));
  const start = sizes.slice(0, index).reduce((sum, size) => sum + size, 0);
  return pillow.subarray(start, start + sizes[index]);
}

describe('decode, AVIF against Pillow', () => {
  it.each(files.map(([file, width, height, kind], index) => ({ file, width, height, kind, index })))(
    'keeps to the bounds of its kind: $file, $kind',
    async ({ file, width, height, kind, index }) => {
      const image = await decode(readCase(file), defaultLimits);

      expect(image).toMatchObject({ width, height });
      const rowBytes = 3 * width;
      const ours = rgbOf(image).filter((_, i) => Math.floor(i / rowBytes) % 4 === 0);
      const theirs = pillowRows(index);
      expect(ours).toHaveLength(theirs.length);
      const differences = Array.from(ours, (level, i) => Math.abs(level - theirs[i]));
      expect(Math.max(...differences)).toBeLessThanOrEqual(kinds[kind].max);
      const sum = differences.reduce((total, difference) => total + difference, 0);
      expect(sum / differences.length).toBeLessThanOrEqual(kinds[kind].mean);
    },
  );
});
