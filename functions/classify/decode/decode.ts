/** Bytes -> bitmap. The format is told from the content, and the limits hold before anything large is allocated. */

import type {
  Bitmap,
  CheckTime,
  DecodedImage,
  ImageFormat,
  ImageInfo,
  RowReader,
  UndecodedImage,
} from '../image/image.ts';
import type { DecodeLimits } from '../image/limits.ts';
import { checkBytes } from '../image/limits.ts';
import { CorruptImage, DecodingTooSlow, ImageRejection, ImageTooLarge } from '../image/rejections.ts';
import { forEachRow } from '../image/rows.ts';
import * as avif from './avif/avif.ts';
import * as bmp from './bmp/bmp.ts';
import * as gif from './gif/gif.ts';
import * as jpeg from './jpeg/jpeg.ts';
import * as png from './png/png.ts';
import { identify } from './signature.ts';
import * as tiff from './tiff/tiff.ts';
import { runWithin, TimeIsUp } from './time-limit.ts';
import * as webp from './webp/webp.ts';

interface FormatModule {
  /** Makes ready what the format needs beside the code; what it throws is our failure, not the image's. */
  load?(): Promise<void>;
  /** Reads the header, in little time and memory. */
  open(bytes: Uint8Array): UndecodedImage;
}

/**
 * Decodes an image to the pixels that Pillow's `Image.open(file).convert('RGB')` gives (as keras.utils.load_img
 * calls it): the first frame or page, no colour management, colours kept under a transparent alpha.
 * Exact for all but AVIF, which differs by up to 2 levels: Pillow has another AV1 decoder.
 * A rejection bears what the header says, if it could be read.
 * A TIFF's own orientation is applied, as Pillow does: its bitmap stands upright and its orientation is 1.
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
 * The same for a reader of rows, who may need only some of the pixels. Where the format allows it, no others are computed,
 * and the image is never held.
 *
 * @param openReader is told what the header says.
 * @returns The reader, who has had all rows.
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

// Not imported when their first image turns up: the bundler wraps what is imported so, which slows hot functions by a tenth
// to a quarter. What takes time to load, other people's decoders, is imported in `load`.
const formats: { readonly [format in ImageFormat]: FormatModule } = { jpeg, png, gif, bmp, tiff, webp, avif };

async function withHeader<T>(
  bytes: Uint8Array,
  limits: DecodeLimits,
  decodeFrom: (image: UndecodedImage, info: ImageInfo) => Promise<T>,
): Promise<T> {
  checkBytes(bytes.length, limits);
  const format = identify(bytes);
  const { load, open } = formats[format];
  await load?.();
  let info: ImageInfo | undefined;
  try {
    const image = open(bytes);
    info = { format, width: image.width, height: image.height, orientation: image.orientation };
    checkPixels(image, limits);
    return await decodeFrom(image, info);
  } catch (error) {
    if (isOutOfMemory(error)) throw error;
    throw Object.assign(asRejection(format, error), { image: info });
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
  // Interrupted, it would go on after its next pause, with nobody to hear of its end.
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

/** To plan how a side is scaled takes a microsecond a pixel, before any is decoded: a small file can claim a hundred million. */
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

function asRejection(format: ImageFormat, error: unknown): ImageRejection {
  return error instanceof ImageRejection && !(error instanceof CorruptImage)
    ? error
    : new CorruptImage(`${format}: ${reasonOf(error)}; the file is damaged or cut off: send it again`, {
        cause: error,
      });
}

// This one may pass where there is more memory, so it stays a failure.
function isOutOfMemory(error: unknown) {
  return error instanceof RangeError && /allocat/i.test(error.message);
}

/** What decoders throw at damaged data is mostly a message; or they trip over what is not there. */
function reasonOf(error: unknown) {
  if (error instanceof RangeError) return 'the data end too early or point outside the file';
  if (error instanceof TypeError) return 'the data are damaged';
  return error instanceof Error ? error.message : String(error);
}
