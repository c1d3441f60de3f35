/** The PSD format of Photoshop: the composite, a flat picture of all layers that Photoshop stores for other programs. */
import type { Bitmap, UndecodedImage } from '../../image/image.ts';
import { underBlack } from '../shared/cmyk.ts';
import { labPainter } from '../shared/lab.ts';
import { openRows } from './channel-rows.ts';
import { modes, type PsdHeader, readPsdHeader } from './header.ts';

/**
 * Equals Pillow, except that Pillow takes the table of row lengths for pixels if a packed document has more channels than its
 * colours need. RGB may have one more. Pillow reads neither 16 bits nor PSB: their pixels are those of the same document with
 * the high bytes of its samples, as PSD.
 */
export function open(bytes: Uint8Array): UndecodedImage {
  const header = readPsdHeader(bytes);
  const { width, height } = header;
  return { width, height, orientation: 1, bytesPerPixel: 5, decode: () => decode(bytes, header) };
}

function decode(file: Uint8Array, header: PsdHeader): Bitmap {
  const { width, height, channelsRead } = header;
  const nextRow = openRows(file, header);
  const rows = Array.from({ length: channelsRead }, () => new Uint8Array(width));
  const paint = pixelPainter(header, rows);
  const data = new Uint8Array(4 * width * height).fill(255);
  for (let y = 0, o = 0; y < height; y++) {
    nextRow(rows);
    for (let x = 0; x < width; x++, o += 4) paint(x, data, o);
  }
  return { width, height, data };
}

/** Returns a function that paints the pixel of the column `x` of these rows to `rgba[o]`, and leaves alpha as it is. */
function pixelPainter(
  { mode, palette }: PsdHeader,
  [first, second, third, fourth]: readonly Uint8Array[],
): (x: number, rgba: Uint8Array, o: number) => void {
  switch (mode) {
    case modes.palette:
      return (x, rgba, o) => {
        rgba[o] = palette[first[x]];
        rgba[o + 1] = palette[256 + first[x]];
        rgba[o + 2] = palette[512 + first[x]];
      };
    case modes.RGB:
      return (x, rgba, o) => {
        rgba[o] = first[x];
        rgba[o + 1] = second[x];
        rgba[o + 2] = third[x];
      };
    case modes.CMYK:
      // Stored as light, 255 for no ink.
      return (x, rgba, o) => {
        const black = 255 - fourth[x];
        rgba[o] = underBlack(255 - first[x], black);
        rgba[o + 1] = underBlack(255 - second[x], black);
        rgba[o + 2] = underBlack(255 - third[x], black);
      };
    case modes.lab: {
      const paint = labPainter();
      const samples = new Uint8Array(3);
      return (x, rgba, o) => {
        // Runs of one colour are short in the file, and converting each of their pixels would take seconds.
        if (x > 0 && first[x] === first[x - 1] && second[x] === second[x - 1] && third[x] === third[x - 1]) {
          for (let i = o; i < o + 3; i++) rgba[i] = rgba[i - 4];
          return;
        }
        samples[0] = first[x];
        samples[1] = second[x] ^ 128;
        samples[2] = third[x] ^ 128;
        paint(samples, 0, rgba, o);
      };
    }
    default:
      return (x, rgba, o) => {
        rgba[o] = first[x];
        rgba[o + 1] = first[x];
        rgba[o + 2] = first[x];
      };
  }
}
