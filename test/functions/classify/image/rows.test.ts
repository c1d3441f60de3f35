import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forEachRow, openBitmap } from '../../../../functions/classify/image/rows.ts';

/** A bitmap of any pixels, and rows and columns of it in any order, some of them more than once. */
const selections = fc
  .record({ width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 9 }) })
  .chain(({ width, height }) =>
    fc.record({
      bitmap: fc
        .uint8Array({ minLength: 4 * width * height, maxLength: 4 * width * height })
        .map((data) => ({ width, height, data })),
      columns: fc.array(fc.nat(width - 1), { maxLength: 12 }).map((list) => Int32Array.from(list)),
      rows: fc.array(fc.nat(height - 1), { maxLength: 12 }).map((list) => Int32Array.from(list)),
    }),
  );

describe('forEachRow', () => {
  it('hands out red, green and blue of the selected columns of each selected row, in their order', () => {
    fc.assert(
      fc.property(selections, ({ bitmap, columns, rows }) => {
        const handed: number[][] = [];

        forEachRow(bitmap, { columns, rows }, (rgb) => handed.push([...rgb]));

        expect(handed).toEqual(
          Array.from(rows, (row) =>
            Array.from(columns, (column) => {
              const at = 4 * (row * bitmap.width + column);
              return [...bitmap.data.subarray(at, at + 3)];
            }).flat(),
          ),
        );
      }),
    );
  });
});

describe('openBitmap', () => {
  it('puts the rows of a reader together into the same colours, opaque', () => {
    fc.assert(
      fc.property(selections, ({ bitmap }) => {
        const { bitmap: copy, reader } = openBitmap(bitmap.width, bitmap.height);

        forEachRow(bitmap, reader.selection, reader.takeRow);

        const opaque = bitmap.data.map((value, index) => (index % 4 === 3 ? 255 : value));
        expect(copy).toEqual({ ...bitmap, data: opaque });
      }),
    );
  });
});
