/** Bytes -> bitmap. The content decides the format, and limits are checked before anything large is allocated. */

import type {
  Bitmap,
  CheckTime,
  DecodedImage,
  ImageInfo,
  RowReader,
  UndecodedImage,
} from '../image/image.ts';
import type { DecodeLimits } from '../image/limits.ts';
import { checkBytes } from '../image/limits.ts';
import { CorruptImage, DecodingTooSlow, ImageRejection, ImageTooLarge } from '../image/rejections.ts';
import { forEachRow } from '../image/rows.ts';
import { loadKernels } from './shared/kernels.ts';
import { identify } from './signature.ts';
import { runWithin, TimeIsUp } from './time-limit.ts';

/**
 * Decodes an image to the pixels of Pillow's `Image.open(file).convert('RGB')`, which keras.utils.load_img calls: the first
 * frame or page, no colour management, colours kept under a transparent alpha.
 * HEIC has the pixels of pillow-heif. Exact for all formats but AVIF, for which Pillow uses another AV1 decoder (docs/exactness.md bounds the differences).
 * A rejection carries the header's values once they have been read.
 * A TIFF's orientation is applied, as in Pillow: its bitmap is upright and its orientation is 1.
 *
 * @throws {EmptyObject} no bytes
 * @throws {ImageTooLarge} more bytes or, by the header, more pixels than `limits` allow; or decoding takes longer
 * @throws {UnsupportedFormat} not an image, or a format or variant that is not decoded
 * @throws {CorruptImage} truncated or damaged
 */
export async function decode(bytes: Uint8Array, limits: DecodeLimits): Promise<DecodedImage> {
  return withHeader(bytes, limits, async (image, info) => ({
    ...info,
    data: (await decodeAll(image, info, limits)).data,
  }));
}

/**
 * Decodes an image for a row reader, which may select some of the pixels. Where the format allows it, only those are
 * computed and the whole image is never in memory. Pixels and errors are those of `decode`.
 *
 * @param openReader creates the reader once the header is known
 * @returns The reader after it has taken all rows.
 */
export async function decodeRows<Reader extends RowReader>(
  bytes: Uint8Array,
  limits: DecodeLimits,
  openReader: (info: ImageInfo) => Reader,
): Promise<{ readonly info: ImageInfo; readonly reader: Reader }> {
  return withHeader(bytes, limits, async (image, info) => {
    const { byRow, width } = image;
    if (byRow) checkMemory(info, width * byRow.bytesPerColumn, limits);
    const reader = openReader(info);
    if (byRow) await inTime(image, info, limits, (checkTime) => byRow.decode(reader, checkTime));
    else forEachRow(await decodeAll(image, info, limits), reader.selection, reader.takeRow);
    return { info, reader };
  });
}

async function withHeader<T>(
  bytes: Uint8Array,
  limits: DecodeLimits,
  decodeFrom: (image: UndecodedImage, info: ImageInfo) => Promise<T>,
): Promise<T> {
  checkBytes(bytes.length, limits);
  const { name, load, open } = identify(bytes);
  loadKernels();
  await load?.();
  let info: ImageInfo | undefined;
  try {
    const image = open(bytes);
    info = { format: name, width: image.width, height: image.height, orientation: image.orientation };
    checkPixels(image, limits);
    return await decodeFrom(image, info);
  } catch (error) {
    if (isOutOfMemory(error)) throw error;
    throw Object.assign(asRejection(name, error), { image: info });
  }
}

async function decodeAll(image: UndecodedImage, info: ImageInfo, limits: DecodeLimits): Promise<Bitmap> {
  checkMemory(info, image.width * image.height * image.bytesPerPixel, limits);
  const decoded = inTime(image, info, limits, (checkTime) => image.decode(checkTime));
  return decoded instanceof Promise ? inTime(image, info, limits, await decoded) : decoded;
}

function inTime<T>(
  { checksTime }: UndecodedImage,
  { format, width, height }: ImageInfo,
  { decodeMs }: DecodeLimits,
  work: (checkTime: CheckTime) => T,
): T {
  if (decodeMs === undefined) return work(() => {});
  const end = performance.now() + decodeMs;
  const tooSlow = () =>
    new DecodingTooSlow(
      `${width}x${height} of this ${format} takes more than ${decodeMs / 1000} s to decode (raise memorySize or timeout)`,
    );
  const checkTime = () => {
    if (performance.now() > end) throw tooSlow();
  };
  // An interrupted asynchronous decoder would resume after its next await, and nobody would see it end.
  if (checksTime) return work(checkTime);
  try {
    return runWithin(decodeMs, () => work(checkTime));
  } catch (error) {
    throw error instanceof TimeIsUp ? tooSlow() : error;
  }
}

function checkPixels({ width, height }: UndecodedImage, { megapixels }: DecodeLimits) {
  if (width === 0 || height === 0) throw new CorruptImage(`${width}x${height}: the image has no pixels`);
  const size = (width * height) / 1e6;
  if (size > megapixels) {
    const shown = Number(size.toPrecision(3));
    throw new ImageTooLarge(
      `${width}x${height} is ${shown} MP; the limit is ${megapixels} MP (limits.megapixels)`,
    );
  }
  if (Math.max(width, height) > maxSide) {
    throw new ImageTooLarge(`${width}x${height} is too long; the limit of a side is ${maxSide}`);
  }
}

/** Planning how to scale a side takes a microsecond per pixel of its length, and a small file can claim 100 million pixels. */
const maxSide = 2 ** 20;

function checkMemory(
  { format, width, height }: ImageInfo,
  bytes: number,
  { memoryMegabytes = Number.POSITIVE_INFINITY }: DecodeLimits,
) {
  const needed = Math.ceil(bytes / 1e6);
  if (needed > memoryMegabytes) {
    throw new ImageTooLarge(
      `${width}x${height} of this ${format} takes ${needed} MB to decode; there are ${memoryMegabytes} MB (raise memorySize)`,
    );
  }
}

function asRejection(format: string, error: unknown): ImageRejection {
  return error instanceof ImageRejection && !(error instanceof CorruptImage)
    ? error
    : new CorruptImage(`${format}: ${reasonOf(error)}; the file is damaged or cut off: send it again`, {
        cause: error,
      });
}

// Not a rejection: a retry with more memory may succeed.
function isOutOfMemory(error: unknown) {
  return error instanceof RangeError && /allocat/i.test(error.message);
}

/** Decoders report damaged data with a message, or fail on missing values with a RangeError or TypeError. */
function reasonOf(error: unknown) {
  if (error instanceof RangeError) return 'the data end too early or point outside the file';
  if (error instanceof TypeError) return 'the data are damaged';
  return error instanceof Error ? error.message : String(error);
}
