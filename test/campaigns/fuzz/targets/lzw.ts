/** LZW in both variants never writes beyond its output. The first three bytes choose the variant and the output's size. */
import assert from 'node:assert/strict';
import { decodeLzw } from '../../../../functions/classify/decode/shared/lzw.ts';
import { CorruptImage } from '../../../../functions/classify/image/rejections.ts';
import { resultOf } from '../target.ts';

export function seeds(): Uint8Array[] {
  // Clear, 1, 6 (from the table), 6, end; three bits per code.
  return ['021000844a05', '071000808060', '090400804021'].map((hex) => Buffer.from(hex, 'hex'));
}

export async function check(input: Uint8Array): Promise<void> {
  const [variant = 0, low = 0, high = 0] = input;
  const output = new Uint8Array(low + 256 * high);
  const written = await resultOf(
    () =>
      decodeLzw(input.subarray(3), output, {
        bitOrder: variant & 1 ? 'msb' : 'lsb',
        literalBits: 1 + ((variant >> 1) & 7),
        earlyChange: Boolean(variant & 16),
      }),
    CorruptImage,
  );
  if (written instanceof Error) return;
  assert(written >= 0 && written <= output.length);
  assert(!output.subarray(written).some((value) => value !== 0), 'bytes after the end');
}
