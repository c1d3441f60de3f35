/** Decodes with the C interface of libheif (https://github.com/strukturag/libheif). */
import type { Bitmap } from '../../image/image.ts';
import { CorruptImage, ImageTooLarge, UnsupportedFormat } from '../../image/rejections.ts';
import type { WasmExports } from '../shared/web-assembly.ts';
import { switchOnFilters } from './filters.ts';
import { type Address, allocate, type Libheif, readText, readUint32 } from './memory.ts';
import type { Size } from './transformations.ts';

/**
 * Decodes the primary image to RGBA.
 *
 * @param expected the size by the header
 * @throws {CorruptImage} damaged, or of another size
 * @throws {UnsupportedFormat | ImageTooLarge} libheif does not decode it, or limits it
 */
export function decodePrimary(
  libheif: Libheif,
  exports: WasmExports,
  bytes: Uint8Array,
  expected: Size,
): Bitmap {
  checkVersion(libheif._heif_get_version_number());
  switchOnFilters(libheif, exports);
  const file = allocate(libheif, bytes.length);
  libheif.HEAPU8.set(bytes, file);
  const result = allocate(libheif, 4);
  const error = allocate(libheif, errorBytes);
  const context = libheif._heif_context_alloc();
  libheif._heif_context_read_from_memory_without_copy(error, context, file, bytes.length, 0);
  checkError(libheif, error);
  libheif._heif_context_get_primary_image_handle(error, context, result);
  checkError(libheif, error);
  libheif._heif_decode_image(error, readUint32(libheif, result), result, colorspaceRgb, chromaRgba, 0);
  checkError(libheif, error);
  return copyPixels(libheif, readUint32(libheif, result), expected);
}

/** Other versions may have another layout of the structures that `switchOnFilters` reads. */
function checkVersion(version: number): void {
  const [major, minor] = [version >>> 24, (version >>> 16) & 0xff];
  if (major === 1 && minor === 23) return;
  throw new UnsupportedFormat(
    `HEIC: its decoder is libheif ${major}.${minor}, and 1.23 is needed: npm install libheif-js@1.23`,
  );
}

function copyPixels(libheif: Libheif, image: Address, { width, height }: Size): Bitmap {
  const decodedWidth = libheif._heif_image_get_width(image, interleaved);
  const decodedHeight = libheif._heif_image_get_height(image, interleaved);
  if (decodedWidth !== width || decodedHeight !== height) {
    throw new CorruptImage(
      `its header promises ${width}x${height}, and it is ${decodedWidth}x${decodedHeight}`,
    );
  }
  const strideAt = allocate(libheif, 4);
  const plane = libheif._heif_image_get_plane_readonly2(image, interleaved, strideAt);
  const stride = readUint32(libheif, strideAt);
  const data = new Uint8Array(4 * width * height);
  for (let y = 0; y < height; y++) {
    const start = plane + y * stride;
    data.set(libheif.HEAPU8.subarray(start, start + 4 * width), 4 * width * y);
  }
  return { width, height, data };
}

/** @see https://github.com/strukturag/libheif/blob/master/libheif/api/libheif/heif_error.h */
function checkError(libheif: Libheif, error: Address): void {
  const [code, subcode] = [readUint32(libheif, error), readUint32(libheif, error + 4)];
  if (code === 0) return;
  const message = readText(libheif, readUint32(libheif, error + 8))
    .replaceAll(/\s+/g, ' ')
    .replace(/[. ]+$/, '');
  if (subcode === securityLimitExceeded) throw new ImageTooLarge(`libheif limits it: ${message}`);
  if (code === unsupportedFeature) throw new UnsupportedFormat(`HEIC: ${message}; save it as JPEG or PNG`);
  throw new CorruptImage(message);
}

/** A `heif_error`: code, subcode and the address of a message. */
const errorBytes = 12;

const colorspaceRgb = 1;
const chromaRgba = 11;
const interleaved = 10;

const unsupportedFeature = 4;
const securityLimitExceeded = 1000;
