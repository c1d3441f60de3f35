/** EXIF, which is a TIFF directory, always gives an orientation, and never reads outside of the block. */
import assert from 'node:assert/strict';
import { readDirectory } from '../../../../functions/classify/decode/shared/directory.ts';
import { orientationOf } from '../../../../functions/classify/decode/shared/orientation.ts';
import { CorruptImage } from '../../../../functions/classify/image/rejections.ts';
import { readVariant } from '../../../goldens/goldens.ts';
import { resultOf } from '../target.ts';

export function seeds(): Uint8Array[] {
  return [
    readVariant('orientation6.tif'),
    readVariant('palette_raw.tif'),
    Buffer.from('4d4d002a00000008000101120003000000010006000000000000', 'hex'),
  ];
}

export async function check(input: Uint8Array): Promise<void> {
  const orientation = orientationOf({ exif: input, xmp: input });
  assert(Number.isInteger(orientation) && orientation >= 1 && orientation <= 8);
  const damage = [RangeError, CorruptImage] as const;
  const directory = await resultOf(() => readDirectory(input), Error);
  if (directory instanceof Error) return assert(damage.some((error) => directory instanceof error));
  for (const tag of tags) {
    const numbers = await resultOf(() => directory.numbers(tag), Error);
    if (numbers instanceof Error) assert(damage.some((error) => numbers instanceof error));
    // The largest number of 64 bits is rounded up.
    else assert(numbers.every((number) => number >= 0 && number <= 2 ** 64));
    const first = await resultOf(() => directory.first(tag), Error);
    assert(
      damage.some((error) => first instanceof error) || first === undefined || typeof first === 'number',
    );
  }
}

const tags = Array.from({ length: 100 }, (_, i) => 250 + i);
