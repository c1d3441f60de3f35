/** The promises that hold for image files of every format. */
import assert from 'node:assert/strict';
import { decode } from '../../../functions/classify/decode/decode.ts';
import type { DecodedImage } from '../../../functions/classify/image/image.ts';
import type { DecodeLimits } from '../../../functions/classify/image/limits.ts';
import { ImageRejection } from '../../../functions/classify/image/rejections.ts';
import { interpolations } from '../../../functions/classify/tensor/names.ts';
import { type Preprocessing, preprocess } from '../../../functions/classify/tensor/preprocess.ts';
import { readImage } from '../../../functions/classify/tensor/read-image.ts';
import { resultOf, type Target } from './target.ts';

/** Small, to keep executions fast. */
const limits: DecodeLimits = { maxBytes: 100_000, megapixels: 0.1, memoryMegabytes: 100 };

const input = { layout: 'NHWC', width: 5, height: 4 } as const;
const how = { mode: 'tf', policy: 'stretch', orientation: 'exif' } as const;

/**
 * An image decodes to a bitmap of the size in its header, or is rejected. Reading it row by row gives the same, and neither
 * depends on the surrounding memory.
 */
export const checkImage: Target['check'] = async (bytes) => {
  const original = Buffer.from(bytes);
  const whole = await resultOf(() => decode(bytes, limits), ImageRejection);
  const interpolation = interpolations[bytes.length % interpolations.length]!;
  const preprocessing: Preprocessing = { ...how, interpolation };
  const model = { input, preprocess: preprocessing };
  const byRow = await resultOf(() => readImage(surrounded(bytes), limits, model), ImageRejection);
  assert(original.equals(bytes), 'the input was written to');
  if (whole instanceof ImageRejection) {
    assertReadable(whole);
    assert(byRow instanceof ImageRejection, 'refused as a whole, but not row by row');
    assert.equal(byRow.message, whole.message);
  } else {
    assertSound(whole);
    if (byRow instanceof ImageRejection) throw new Error(`row by row: ${byRow.message}`);
    assert.deepEqual(byRow.toTensor(), preprocess([whole], input, preprocessing));
  }
};

/** The same bytes surrounded by others: reads beyond the file change the result. */
function surrounded(bytes: Uint8Array): Uint8Array {
  const margin = 1001;
  const memory = new Uint8Array(bytes.length + 2 * margin).fill(0xa5);
  memory.set(bytes, margin);
  return memory.subarray(margin, margin + bytes.length);
}

function assertReadable({ name, message, cause }: ImageRejection): void {
  assert(['UnsupportedFormat', 'CorruptImage', 'ImageTooLarge', 'EmptyObject'].includes(name), name);
  assert(message.length > 10 && message.length < 500, message);
  // The decoder failed by accident instead of detecting the damage.
  if (cause instanceof TypeError) throw cause;
}

function assertSound({ width, height, orientation, data }: DecodedImage): void {
  assert(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0);
  assert(width * height <= limits.megapixels * 1e6);
  assert(orientation >= 1 && orientation <= 8);
  assert(data instanceof Uint8Array);
  assert.equal(data.length, 4 * width * height);
}
