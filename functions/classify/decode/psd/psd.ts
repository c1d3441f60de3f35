/** The PSD format of Photoshop: the composite, a flat picture of all layers that Photoshop stores for other programs. */
import type { Bitmap, UndecodedImage } from '../../image/image.ts';
import { slice, viewOf } from '../shared/bytes.ts';
import { underBlack } from '../shared/cmyk.ts';
import { labPainter } from '../shared/lab.ts';
import { unpackBits } from '../shared/pack-bits.ts';
import { channelsOf, modes, type PsdHeader, readPsdHeader } from './header.ts';

/**
 * Equals Pillow, except that Pillow takes the table of row lengths for pixels if a packed document has more channels than its
 * colours need. RGB may have one more.
 */
export function open(bytes: Uint8Array): UndecodedImage {
  const header = readPsdHeader(bytes);
  const { width, height } = header;
  return { width, height, orientation: 1, bytesPerPixel: 5, decode: () => decode(bytes, header) };
}

function decode(file: Uint8Array, header: PsdHeader): Bitmap {
  const { width, height, mode } = header;
  const nextRow = openRows(file, header);
  const rows = Array.from({ length: channelsOf[mode] }, () => new Uint8Array(width));
  const paintRow = rowPainter(header, rows);
  const data = new Uint8Array(4 * width * height).fill(255);
  for (let y = 0; y < height; y++) {
    nextRow(rows);
    paintRow(data.subarray(4 * y * width, 4 * (y + 1) * width));
  }
  return { width, height, data };
}

/** Returns a function that reads the next row of each channel; a channel's rows follow one another. */
function openRows(
  file: Uint8Array,
  { width, height, channels, isPacked, dataAt }: PsdHeader,
): (rows: readonly Uint8Array[]) => void {
  if (!isPacked) {
    const stored = slice(file, dataAt, channels * height * width);
    let y = 0;
    return (rows) => {
      for (const [c, row] of rows.entries()) row.set(slice(stored, (c * height + y) * width, width));
      y++;
    };
  }
  const lengths = viewOf(slice(file, dataAt, 2 * channels * height));
  const positions: number[] = [];
  let next = dataAt + lengths.byteLength;
  for (let i = 0; i < channels * height; i++) {
    if (i % height === 0) positions.push(next);
    next += lengths.getUint16(2 * i);
  }
  return (rows) => {
    for (const [c, row] of rows.entries()) {
      const { end, written } = unpackBits(file, positions[c], row);
      if (written < width || end > file.length) throw new RangeError('beyond the end');
      positions[c] = end;
    }
  };
}

/** Returns a function that paints the rows of all channels to RGB, and leaves alpha as it is. */
function rowPainter(
  { width, mode, palette }: PsdHeader,
  rows: readonly Uint8Array[],
): (rgba: Uint8Array) => void {
  const [first, second, third, fourth] = rows;
  const byPixel = (paint: (x: number, rgba: Uint8Array, o: number) => void) => (rgba: Uint8Array) => {
    for (let x = 0; x < width; x++) paint(x, rgba, 4 * x);
  };
  switch (mode) {
    case modes.palette:
      return byPixel((x, rgba, o) => {
        for (let c = 0; c < 3; c++) rgba[o + c] = palette[256 * c + first[x]];
      });
    case modes.RGB:
      return byPixel((x, rgba, o) => {
        for (let c = 0; c < 3; c++) rgba[o + c] = rows[c][x];
      });
    case modes.CMYK:
      // Stored as light, 255 for no ink.
      return byPixel((x, rgba, o) => {
        for (let c = 0; c < 3; c++) rgba[o + c] = underBlack(255 - rows[c][x], 255 - fourth[x]);
      });
    case modes.lab: {
      const paint = labPainter();
      return byPixel((x, rgba, o) => paint([first[x], second[x] ^ 128, third[x] ^ 128], 0, rgba, o));
    }
    default:
      return byPixel((x, rgba, o) => rgba.fill(first[x], o, o + 3));
  }
}
