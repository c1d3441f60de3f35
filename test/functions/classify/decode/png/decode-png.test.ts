import jimpPng, { PNGColorType, PNGFilterType } from '@jimp/js-png';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, decodeRows } from '../../../../../functions/classify/decode/decode.ts';
import { open } from '../../../../../functions/classify/decode/png/png.ts';
import { defaultLimits } from '../../../../../functions/classify/image/limits.ts';
import { CorruptImage, ImageRejection } from '../../../../../functions/classify/image/rejections.ts';
import { kindsOf, pick, sha256Of } from '../pillow-answers.ts';
import { rgbOf } from '../rgb.ts';
import { chunk, decodeToRgb, greyRows, png, sampleRows, smallPngs } from './fixtures/fixtures.ts';

const accepted = smallPngs.filter(({ sha256 }) => sha256 !== undefined);
const refused = smallPngs.filter(({ sha256 }) => sha256 === undefined);

describe('decode, PNG', () => {
  it.each(kindsOf(accepted))("equals Pillow's pixels: %s", async (kind) => {
    const files = accepted.filter((file) => file.kind === kind);

    const pixels = await Promise.all(files.map(({ bytes }) => decodeToRgb(bytes)));

    expect(pixels.map(sha256Of)).toEqual(files.map(({ sha256 }) => sha256));
  });

  it.each(kindsOf(refused))('rejects what Pillow refuses: %s', async (kind) => {
    for (const { bytes } of refused.filter((file) => file.kind === kind)) {
      await expect(decode(bytes, defaultLimits)).rejects.toBeInstanceOf(CorruptImage);
    }
  });

  it('reads the whole default image if the first frame of its animation is stated to be smaller', async () => {
    const bytes = png({ width: 3, height: 1 }, greyRows(1, 9));
    const animation = chunk('acTL', Buffer.from('0000000100000000', 'hex'));
    const smaller = Buffer.alloc(26);
    smaller.writeUInt32BE(2, 4);
    smaller.writeUInt32BE(1, 8);
    const parts = [bytes.subarray(0, 33), animation, chunk('fcTL', smaller), bytes.subarray(33)];

    expect([...(await decodeToRgb(Buffer.concat(parts)))]).toEqual(Array(9).fill(77));
  });

  it('returns the encoded pixels with every filter', async () => {
    const { encode } = jimpPng();
    const bitmaps = fc
      .record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }) })
      .chain(({ width, height }) => {
        const bytes = 4 * width * height;
        return fc.record({
          width: fc.constant(width),
          height: fc.constant(height),
          data: fc.uint8Array({ minLength: bytes, maxLength: bytes }),
        });
      });
    const options = fc.record({
      filterType: fc.constantFrom(
        ...Object.values(PNGFilterType).filter((value) => typeof value === 'number'),
      ),
      colorType: fc.constantFrom(PNGColorType.COLOR, PNGColorType.COLOR_ALPHA),
      deflateLevel: fc.integer({ min: 0, max: 9 }),
    });
    await fc.assert(
      fc.asyncProperty(bitmaps, options, async ({ width, height, data }, { colorType, ...how }) => {
        // The encoder would blend translucent colours with a background.
        const opaque = Buffer.from(data).map((byte, i) => (i % 4 === 3 ? 255 : byte));

        const bytes = encode({ width, height, data: Buffer.from(opaque) }, { colorType, ...how });

        expect(await decodeToRgb(bytes)).toEqual(rgbOf({ data: opaque }));
      }),
      { numRuns: 100 },
    );
  });

  it('returns the same pixels for every selection', async () => {
    const indicesUpTo = (size: number) =>
      fc.array(fc.nat(size - 1), { maxLength: 12 }).map((indices) => Int32Array.from(indices).sort());
    const selections = fc.constantFrom(...accepted).chain(({ bytes }) => {
      const view = Buffer.from(bytes);
      const width = view.readUInt32BE(16);
      return fc.record({
        bytes: fc.constant(bytes),
        width: fc.constant(width),
        columns: indicesUpTo(width),
        rows: indicesUpTo(view.readUInt32BE(20)),
      });
    });
    await fc.assert(
      fc.asyncProperty(selections, async ({ bytes, width, columns, rows }) => {
        const taken = await sampleRows(bytes, columns, rows);

        expect(taken).toHaveLength(rows.length);
        const all = await decodeToRgb(bytes);
        expect(Buffer.concat(taken)).toEqual(Buffer.from(pick(all, width, columns, rows)));
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('decodes or rejects damaged files', async () => {
    const changes = fc.array(fc.record({ at: fc.nat(), value: fc.nat(255) }), { minLength: 1, maxLength: 8 });
    const damaged = fc.record({ file: fc.constantFrom(...accepted), changes, cut: fc.option(fc.nat()) });
    await fc.assert(
      fc.asyncProperty(damaged, async ({ file, changes, cut }) => {
        const bytes = Uint8Array.from(file.bytes.subarray(0, cut ? cut % file.bytes.length : undefined));
        for (const { at, value } of changes) bytes[at % bytes.length] = value;
        const answer = await decode(bytes, { ...defaultLimits, megapixels: 1 }).catch((error) => error);
        if (answer instanceof Error) expect(answer).toBeInstanceOf(ImageRejection);
        else expect(answer.data).toHaveLength(4 * answer.width * answer.height);
      }),
      { numRuns: 400, seed: 1 },
    );
  });

  it("rethrows its reader's error and decodes the next image correctly", async () => {
    // Prepare
    const bytes = png({ width: 1000, height: 1000 }, greyRows(1000, 3000));
    const selection = { columns: Int32Array.of(1), rows: Int32Array.of(2, 500) };
    const takeRow = () => {
      throw new CorruptImage('enough');
    };

    // Act
    const answer = decodeRows(bytes, defaultLimits, () => ({ selection, takeRow }));

    // Assess
    await expect(answer).rejects.toThrow('enough');
    expect(await sampleRows(bytes, Int32Array.of(1), Int32Array.of(2))).toEqual([Uint8Array.of(77, 77, 77)]);
  });

  it('stops between two chunks of data when the time is up', async () => {
    // Prepare
    const { byRow } = open(png({ width: 1000, height: 1000 }, greyRows(1000, 3000)));
    const taken: Uint8Array[] = [];
    const reader = {
      selection: { columns: Int32Array.of(0), rows: Int32Array.of(0, 999) },
      takeRow: (rgb: Uint8Array) => taken.push(rgb),
    };

    // Act
    const decoding = byRow!.decode(reader, () => {
      throw new Error('the time is up');
    });

    // Assess
    await expect(decoding).rejects.toThrow('the time is up');
    expect(taken).toHaveLength(1);
  });

  it.each([
    [
      'a file that does not start with IHDR',
      (start: Buffer, rest: Buffer) => [start, chunk('tEXt', Buffer.from('a')), rest],
    ],
    ['a second IHDR', (start: Buffer, rest: Buffer) => [start, rest.subarray(0, 25), rest]],
  ])('rejects %s', async (_, arrange) => {
    const whole = png({ width: 2, height: 2 }, greyRows(2, 6));

    const bytes = Buffer.concat(arrange(whole.subarray(0, 8), whole.subarray(8)));

    await expect(decode(bytes, defaultLimits)).rejects.toThrow(/png: (no|a second) IHDR chunk/);
  });
});
