import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeJpeg, decodeJpegRows } from '../../../../../functions/classify/decode/jpeg/decode-jpeg.ts';
import { open } from '../../../../../functions/classify/decode/jpeg/jpeg.ts';
import { readJpegHeader } from '../../../../../functions/classify/decode/jpeg/syntax/header.ts';
import {
  CorruptImage,
  ImageRejection,
  UnsupportedFormat,
} from '../../../../../functions/classify/image/rejections.ts';
import { readImage } from '../../../../goldens/goldens.ts';
import { kindsOf, pick, sha256Of } from '../pillow-answers.ts';
import { decodeToRgb, sampleToRgb, smallJpegs } from './fixtures/fixtures.ts';

const accepted = smallJpegs.filter(({ sha256 }) => sha256 !== undefined);
const refused = smallJpegs.filter(({ sha256 }) => sha256 === undefined);

describe('decodeJpeg', () => {
  it.each(kindsOf(accepted))("equals Pillow's pixels: %s", (kind) => {
    const files = accepted.filter((file) => file.kind === kind);
    expect(files.map(({ bytes }) => sha256Of(decodeToRgb(bytes)))).toEqual(files.map(({ sha256 }) => sha256));
  });

  it.each(kindsOf(refused))('rejects what Pillow refuses: %s', (kind) => {
    for (const { bytes } of refused.filter((file) => file.kind === kind)) {
      expect(() => decodeToRgb(bytes)).toThrow(ImageRejection);
    }
  });

  it('returns the same pixels for every selection', () => {
    const scattered = (size: number) =>
      fc.array(fc.nat(size - 1), { maxLength: 12 }).map((indices) => Int32Array.from(indices).sort());
    const sideBySide = (size: number) =>
      fc
        .tuple(fc.nat(size - 1), fc.nat(size - 1))
        .map(([from, to]) => Int32Array.from({ length: Math.max(to - from, 1) }, (_, i) => from + i));
    const indicesUpTo = (size: number) => fc.oneof(scattered(size), sideBySide(size));
    const selections = fc.constantFrom(...accepted).chain(({ bytes }) => {
      const { width, height } = readJpegHeader(bytes);
      return fc.record({
        bytes: fc.constant(bytes),
        width: fc.constant(width),
        columns: indicesUpTo(width),
        rows: indicesUpTo(height),
      });
    });
    fc.assert(
      fc.property(selections, ({ bytes, width, columns, rows }) => {
        const some = sampleToRgb(bytes, columns, rows);
        expect(some).toEqual(pick(decodeToRgb(bytes), width, columns, rows));
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it("decodes damaged files to the header's size or rejects them", () => {
    const changes = fc.array(fc.record({ at: fc.nat(), value: fc.nat(255) }), { minLength: 1, maxLength: 8 });
    const damaged = fc.record({ file: fc.constantFrom(...accepted), changes, cut: fc.option(fc.nat()) });
    fc.assert(
      fc.property(damaged, ({ file, changes, cut }) => {
        const bytes = Uint8Array.from(file.bytes.subarray(0, cut ? cut % file.bytes.length : undefined));
        for (const { at, value } of changes) bytes[at % bytes.length] = value;
        try {
          const header = readJpegHeader(bytes);
          if (header.width * header.height > 1e6) return;
          const { width, height, data } = decodeJpeg(bytes, header);
          expect([width, height, data.length]).toEqual([header.width, header.height, 4 * width * height]);
        } catch (error) {
          if (!(error instanceof ImageRejection)) throw error;
        }
      }),
      { numRuns: 1000, seed: 1 },
    );
  });

  it('does not read beyond the end of a view into a larger buffer', () => {
    // Prepare
    const bytes = readImage('coffee_base_420.jpg');
    const cutOff = bytes.subarray(0, bytes.length - 1000);

    // Act and assess
    expect(() => decodeToRgb(cutOff)).toThrow(CorruptImage);
  });

  it('paints grey if the scans of both colours are missing, like Pillow', () => {
    // Prepare
    const startOfScan = Buffer.from('ffda', 'hex');
    const { bytes } = smallJpegs.find((file) => {
      const { width, height } = readJpegHeader(file.bytes);
      return file.kind === 'made by cjpeg' && width === 36 && height === 16;
    })!;
    const source = Buffer.from(bytes);
    const second = source.indexOf(startOfScan, source.indexOf(startOfScan) + 2);
    const lumaOnly = Buffer.concat([source.subarray(0, second), Buffer.from('ffd9', 'hex')]);

    // Act
    const rgb = decodeToRgb(lumaOnly);

    // Assess
    expect(sha256Of(rgb)).toBe('67bc91b4729b7087117c3629e24726c0edc5bfd875bcbad78e7ddb473213a023');
    expect(rgb.filter((_, i) => i % 3 === 0)).toEqual(rgb.filter((_, i) => i % 3 === 2));
  });

  it('rejects lossless files whose colours would have to be converted, like Pillow', () => {
    const rgb = smallJpegs.find(
      ({ kind, bytes }) =>
        kind === 'lossless, by libjpeg-turbo' && readJpegHeader(bytes).colourSpace === 'RGB',
    )!;
    const ycbcr = Buffer.from(rgb.bytes);
    ycbcr[ycbcr.indexOf('Adobe') + 11] = 1;

    expect(() => decodeToRgb(ycbcr)).toThrow(UnsupportedFormat);
    expect(() => decodeToRgb(ycbcr)).toThrow(
      'lossless JPEG in YCbCr; save it in greyscale, RGB or CMYK, or as PNG',
    );
  });

  it('rejects a file of two components, which only a TIFF may hold', () => {
    const bytes = Buffer.from('ffd8ffc0000e080001000102011100021100ffda', 'hex');

    expect(() => open(bytes)).toThrow(CorruptImage);
    expect(() => open(bytes)).toThrow('2 components; an image has 1, 3 or 4');
  });

  it('rejects a file with more than 100 scans before decoding any', () => {
    // Prepare
    const bytes = Buffer.from(readImage('coffee_prog_420.jpg'));
    const lastScan = bytes.subarray(bytes.lastIndexOf(Buffer.from('ffda0008', 'hex')), -2);
    const many = Buffer.concat([bytes.subarray(0, -2), ...new Array(100).fill(lastScan), bytes.subarray(-2)]);

    // Act and assess
    expect(() => decodeToRgb(many)).toThrow(UnsupportedFormat);
    expect(() => decodeToRgb(many)).toThrow('JPEG with more than 100 scans; a colour image needs about 10');
  });

  it("accepts a colour space that overrides the file's", () => {
    // Prepare
    const bytes = readImage('rgb_colorspace.jpg');
    const header = readJpegHeader(bytes);

    // Act
    const asStored = decodeJpeg(bytes, header);
    const asYcbcr = decodeJpeg(bytes, { ...header, colourSpace: 'YCbCr' });

    // Assess
    expect(header.colourSpace).toBe('RGB');
    expect(asYcbcr.data).not.toEqual(asStored.data);
  });
});

describe('decodeJpegRows', () => {
  it('passes on every selected row in order, repeated rows included', () => {
    // Prepare
    const bytes = readImage('odd_223x149_420.jpg');
    const columns = Int32Array.of(3, 4, 100, 222);
    const rows = Int32Array.of(0, 15, 16, 16, 17, 148);

    // Act
    const seen: Uint8Array[] = [];
    decodeJpegRows(bytes, readJpegHeader(bytes), {
      selection: { columns, rows },
      takeRow: (rgb) => seen.push(rgb.slice()),
    });

    // Assess
    expect(seen).toHaveLength(6);
    expect(seen[2]).toEqual(seen[3]);
    expect(Buffer.concat(seen)).toEqual(Buffer.from(pick(decodeToRgb(bytes), 223, columns, rows)));
  });
});
