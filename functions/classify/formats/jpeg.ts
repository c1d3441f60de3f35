/** JPEG, through jimp's decoder (jpeg-js), which is told the colour space and how much memory it may take. */
import jimpJpeg from '@jimp/js-jpeg';
import type { Orientation, UndecodedImage } from '../decode.ts';
import { CorruptImage, UnsupportedFormat } from '../rejections.ts';
import { slice, textAt, viewOf } from './bytes.ts';
import { exifOrientation } from './ifd.ts';

/**
 * Near to Pillow, not equal: jpeg-js has another inverse DCT (4:4:4 differs by 3 levels at most) and repeats the
 * chroma samples where libjpeg-turbo interpolates them (4:2:0 differs strongly at saturated edges).
 * The colour space is told by libjpeg-turbo's rules.
 *
 * @param colours overrides what the file says of three components (a TIFF knows better)
 */
export const open = (bytes: Uint8Array, colours?: 'YCbCr' | 'RGB'): UndecodedImage => {
  const header = readHeader(bytes);
  const { width, height, components, orientation } = header;
  const decode = () => {
    const marked =
      components.length === 4 && header.adobeTransform === undefined ? withAdobeMarker(bytes) : bytes;
    return decoder.decode(Buffer.from(marked), {
      colorTransform: colours ? colours === 'YCbCr' : isTransformed(header),
      maxResolutionInMP: Math.ceil((width * height) / 1e6),
      maxMemoryUsageInMB: (width * height * decoderBytesPerPixel) / 2 ** 20 + decoderFixedMegabytes,
    });
  };
  return { width, height, orientation, decode };
};

interface Header {
  readonly width: number;
  readonly height: number;
  /** Their ids. */
  readonly components: readonly number[];
  readonly hasJfif: boolean;
  readonly adobeTransform: number | undefined;
  readonly orientation: Orientation;
}

const decoder = jimpJpeg();

/** Walks the segments up to the frame header. */
const readHeader = (bytes: Uint8Array): Header => {
  const view = viewOf(bytes);
  let hasJfif = false;
  let adobeTransform: number | undefined;
  let orientation: Orientation | undefined;
  for (let at = 2; ; ) {
    while (view.getUint8(at) !== 0xff) at++;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) at++;
    else if (isBare(marker)) at += 2;
    else if (marker === startOfScan || marker === endOfImage) {
      throw new CorruptImage('there is no frame header before the data');
    } else {
      const data = slice(bytes, at + 4, view.getUint16(at + 2) - 2);
      if (marker === app0 && data.length >= 14 && startsWith(data, 'JFIF\0')) hasJfif = true;
      if (marker === app1 && startsWith(data, 'Exif\0\0')) orientation ??= exifOrientation(data.subarray(6));
      if (marker === app14 && data.length >= 12 && startsWith(data, 'Adobe')) adobeTransform = data[11];
      if (isFrame(marker)) {
        return { ...readFrame(marker, data), hasJfif, adobeTransform, orientation: orientation ?? 1 };
      }
      at += 4 + data.length;
    }
  }
};

const readFrame = (marker: number, data: Uint8Array) => {
  const view = viewOf(data);
  const variant = refusedFrames[marker] ?? (view.getUint8(0) === 8 ? undefined : `${view.getUint8(0)}-bit`);
  if (variant)
    throw new UnsupportedFormat(`${variant} JPEG; 8-bit baseline and progressive JPEG are supported`);
  const count = view.getUint8(5);
  if (![1, 3, 4].includes(count)) throw new CorruptImage(`${count} components; an image has 1, 3 or 4`);
  const components = Array.from({ length: count }, (_, i) => view.getUint8(6 + i * 3));
  return { width: view.getUint16(3), height: view.getUint16(1), components };
};

/** Whether three components are YCbCr (else RGB), or four are YCCK (else CMYK). JFIF goes before Adobe. */
const isTransformed = ({ components, hasJfif, adobeTransform }: Header) => {
  if (components.length === 4) return adobeTransform !== undefined && adobeTransform !== 0;
  if (hasJfif) return true;
  if (adobeTransform !== undefined) return adobeTransform !== 0;
  return String.fromCharCode(...components) !== 'RGB';
};

/** CMYK without the marker is decoded the same as with it, but jpeg-js refuses it. */
const withAdobeMarker = (bytes: Uint8Array) =>
  Buffer.concat([bytes.subarray(0, 2), adobeCmykSegment, bytes.subarray(2)]);

const adobeCmykSegment = Buffer.from('ffee000e41646f626500640000000000', 'hex');

const startsWith = (data: Uint8Array, text: string) =>
  data.length >= text.length && textAt(data, 0, text.length) === text;

/** Markers without a segment: stuffing, restarts, TEM. */
const isBare = (marker: number) => marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd7);

const isFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && ![defineHuffman, jpegExtension, defineArithmetic].includes(marker);

const refusedFrames: { readonly [marker: number]: string } = {
  195: 'lossless',
  197: 'hierarchical',
  198: 'hierarchical',
  199: 'hierarchical lossless',
  201: 'arithmetic-coded',
  202: 'arithmetic-coded',
  203: 'arithmetic-coded lossless',
  205: 'arithmetic-coded hierarchical',
  206: 'arithmetic-coded hierarchical',
  207: 'arithmetic-coded hierarchical lossless',
};

const [app0, app1, app14] = [0xe0, 0xe1, 0xee];
const [defineHuffman, jpegExtension, defineArithmetic] = [0xc4, 0xc8, 0xcc];
const [endOfImage, startOfScan] = [0xd9, 0xda];

// jpeg-js keeps 4 bytes a coefficient of each of up to 4 components, their samples, and the RGBA.
const decoderBytesPerPixel = 28;
const decoderFixedMegabytes = 16;
