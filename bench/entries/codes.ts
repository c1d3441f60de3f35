/** The lower bound of decoding a JPEG: reads every code, which even a single pixel requires. */
import { readFileSync } from 'node:fs';
import { decodeJpegRows } from '../../functions/classify/decode/jpeg/decode-jpeg.ts';
import { readJpegHeader } from '../../functions/classify/decode/jpeg/syntax/header.ts';

export async function run() {
  const bytes = readFileSync(process.env.PICTURE!);
  const header = readJpegHeader(bytes);
  const selection = { columns: Int32Array.of(header.width - 1), rows: Int32Array.of(header.height - 1) };
  decodeJpegRows(bytes, header, { selection, takeRow: () => {} });
}
