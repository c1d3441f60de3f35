/** Decodes PNG to the pixels of Pillow 13, bit for bit. Converts only the selected ones, but has to restore every scanline. */
import type { CheckTime, RowReader, Selection, TakeRow } from '../../image/image.ts';
import { type Chunks, checkChunks } from './chunks.ts';
import { type PaintPixels, painterOf } from './colours.ts';
import { colourKeyBytesOf, type PngHeader } from './header.ts';
import { type Pass, passesOf } from './passes.ts';
import { readScanlines, type TakeScanline } from './scanlines.ts';
import { checkTexts } from './texts.ts';

/**
 * Passes on the selected pixels. Holds two scanlines; of an interlaced image, all selected pixels.
 * Equals Pillow's `open(file).convert('RGB')`, damaged files included. Known differences:
 * - IHDR must be the first chunk and the only IHDR. Pillow takes the last one before the data.
 * - Of text, colour profiles and animation chunks only the size is checked. Pillow refuses some for their content.
 * - The default image has the size of IHDR, even if a frame control before it, against the specification, states a smaller one.
 *   Pillow reads only that frame of it.
 * - More than 1000 damaged compressed texts are an error. Pillow ignores them.
 * - Pillow notices a wrong zlib checksum, or other damage after the last pixel, only within the same chunk; and it refuses about
 *   1 in 60 of the files without such a checksum.
 * - If fewer than 64 bytes of pixels are followed by damage, zlib reports it before the pixels, so it is always an error.
 *
 * @throws {CorruptImage} or an error of zlib, where Pillow fails; and whatever `checkTime` throws
 */
export async function decodePngRows(
  bytes: Uint8Array,
  chunks: Chunks,
  header: PngHeader,
  { selection, takeRow }: RowReader,
  checkTime: CheckTime,
): Promise<void> {
  checkChunks(bytes, chunks, colourKeyBytesOf(header));
  checkTexts([...chunks.beforeData, ...chunks.afterData], checkTime);
  const { width, height, depth, samplesPerPixel, isInterlaced } = header;
  const passes = passesOf(width, height, isInterlaced);
  const paint = painterOf(header);
  const data = chunks.data.map((chunk) => chunk.data);
  const read = (takeScanline: TakeScanline) =>
    readScanlines(data, passes, depth * samplesPerPixel, takeScanline, checkTime);
  if (!isInterlaced) return read(passRowsOn(selection, paint, takeRow));
  const { takeScanline, rows } = gatherRows(selection, passes, paint);
  await read(takeScanline);
  for (const rgb of rows) {
    takeRow(rgb);
    checkTime();
  }
}

function passRowsOn({ columns, rows }: Selection, paint: PaintPixels, takeRow: TakeRow): TakeScanline {
  const rgb = new Uint8Array(3 * columns.length);
  let next = 0;
  return (line, _, row) => {
    for (; rows[next] === row; next++) {
      paint(line, columns, rgb);
      takeRow(rgb);
    }
  };
}

/** Gathers rows from all passes: a row's pixels are complete only after the last pass. */
function gatherRows(
  { columns, rows }: Selection,
  passes: readonly Pass[],
  paint: PaintPixels,
): { readonly takeScanline: TakeScanline; readonly rows: readonly Uint8Array[] } {
  const rowBytes = 3 * columns.length;
  const gathered = new Uint8Array(rowBytes * rows.length);
  const gatheredRows = Array.from(rows, (_, i) => gathered.subarray(i * rowBytes, (i + 1) * rowBytes));
  const crossings = passes.map((pass) => crossingOf(columns, pass));
  const takeScanline: TakeScanline = (line, at, row) => {
    const y = passes[at].y + row * passes[at].dy;
    const crossing = crossings[at];
    while (rows[crossing.next] < y) crossing.next++;
    for (; rows[crossing.next] === y; crossing.next++) {
      paint(line, crossing.columns, crossing.rgb);
      scatter(crossing.rgb, crossing.places, gatheredRows[crossing.next]);
    }
  };
  return { takeScanline, rows: gatheredRows };
}

/** The selected columns of a pass: their indices in the selection and their columns in the pass. */
function crossingOf(columns: Int32Array, { x, dx }: Pass) {
  const places = Int32Array.from(columns.keys()).filter((place) => columns[place] % dx === x);
  return {
    places,
    columns: places.map((place) => (columns[place] - x) / dx),
    rgb: new Uint8Array(3 * places.length),
    /** The index of the next selected row. */
    next: 0,
  };
}

function scatter(rgb: Uint8Array, places: Int32Array, target: Uint8Array): void {
  for (let i = 0, from = 0; i < places.length; i++) {
    let to = 3 * places[i];
    target[to++] = rgb[from++];
    target[to++] = rgb[from++];
    target[to] = rgb[from++];
  }
}
