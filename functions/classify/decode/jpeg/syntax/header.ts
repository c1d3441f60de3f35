/** Reads everything before the first scan: ITU-T T.81, clauses B.2.2 (frame header) and B.2.4 (tables, application data). */

import { CorruptImage, UnsupportedFormat } from '../../../image/rejections.ts';
import { textAt, viewOf } from '../../shared/bytes.ts';
import { type ColourSpace, colourSpaceOf } from './colour-space.ts';
import { findMarker, isFrame, isRestart, markers, segmentAt } from './markers.ts';
import { emptyTables, readTables, type Tables } from './tables.ts';

export interface JpegHeader {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  readonly isProgressive: boolean;
  readonly isArithmetic: boolean;
  /** Samples are predicted from their neighbours, and never interpolated. */
  readonly isLossless: boolean;
  readonly components: readonly FrameComponent[];
  readonly colourSpace: ColourSpace;
  /** Callers may ask for samples that are repeated and never interpolated. */
  readonly upsampling?: 'plain';
  /** The EXIF block, starting at its byte order. */
  readonly exif: Uint8Array | undefined;
  /** The XMP packet. */
  readonly xmp: Uint8Array | undefined;
  /** As defined when the first scan begins. */
  readonly tables: Tables;
  /** The position of the first scan header's length field. */
  readonly firstScanAt: number;
}

/** One component of the frame (clause A.1.1). */
export interface FrameComponent {
  readonly id: number;
  /** Sampling factors, 1 to 4, relative to the largest of all components. */
  readonly h: number;
  readonly v: number;
  /** The index of its quantization table. */
  readonly quantizationTable: number;
}

/**
 * Reads the header. Time and memory do not depend on the size that it states.
 *
 * @throws {CorruptImage} damaged, truncated, or of height 0 (which a later DNL would define), as in libjpeg-turbo
 * @throws {UnsupportedFormat} JPEG-LS, arithmetic-coded lossless, hierarchical, 12 bits, or fractional sampling ratios
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  if (bytes[0] !== 0xff || bytes[1] !== markers.startOfImage) throw new CorruptImage('no JPEG signature');
  const tables = emptyTables();
  const application: ApplicationData = {
    hasJfif: false,
    adobeTransform: undefined,
    exif: undefined,
    xmp: undefined,
  };
  let frame: Frame | undefined;
  let at = findMarker(bytes, 2);
  for (; bytes[at - 1] !== markers.startOfScan; at = findMarker(bytes, at)) {
    const code = bytes[at - 1];
    // Pillow's own reader of headers refuses TEM.
    if (isRestart(code)) continue;
    if (code === markers.startOfImage) throw new CorruptImage('a second start of image');
    if (code === markers.endOfImage) throw new CorruptImage('there is no image in it');
    if (code === markers.jpegLsFrame) throw refusal('JPEG-LS');
    if (isFrame(code) && !frame) {
      frame = readFrame(code, segmentAt(bytes, at));
      at += 8 + 3 * frame.components.length;
    } else {
      const end = readTables(bytes, at, tables);
      readApplicationData(code, bytes.subarray(at + 2, end), application);
      at = end;
    }
  }
  if (!frame) throw new CorruptImage('there is no frame header before the data');
  const ids = frame.components.map(({ id }) => id);
  const colourSpace = colourSpaceOf(ids, application.hasJfif, application.adobeTransform, frame.isLossless);
  const { exif, xmp } = application;
  const header = { ...frame, colourSpace, exif, xmp, tables, firstScanAt: at };
  return frame.isLossless ? { ...header, upsampling: 'plain' } : header;
}

interface ApplicationData {
  hasJfif: boolean;
  adobeTransform: number | undefined;
  exif: Uint8Array | undefined;
  xmp: Uint8Array | undefined;
}

/** Reads JFIF (APP0), EXIF and XMP (APP1) and Adobe (APP14) segments. */
function readApplicationData(code: number, segment: Uint8Array, found: ApplicationData): void {
  if (code === markers.app0 && segment.length >= 14 && startsWith(segment, 'JFIF\0')) found.hasJfif = true;
  if (code === markers.app1 && startsWith(segment, 'Exif\0\0')) found.exif ??= segment.subarray(6);
  if (code === markers.app1 && startsWith(segment, xmpPrefix)) found.xmp = segment.subarray(xmpPrefix.length);
  if (code === markers.app14 && segment.length >= 12 && startsWith(segment, 'Adobe')) {
    found.adobeTransform = segment[11];
  }
}

const xmpPrefix = 'http://ns.adobe.com/xap/1.0/\0';

type Frame = Pick<
  JpegHeader,
  'width' | 'height' | 'isProgressive' | 'isArithmetic' | 'isLossless' | 'components'
>;

/** Reads SOF, clause B.2.2. */
function readFrame(code: number, segment: Uint8Array): Frame {
  refuseVariant(code, segment[0]);
  const count = segment[5];
  if (!(count >= 1 && count <= 4)) throw new CorruptImage(`${count} components; an image has 1, 3 or 4`);
  if (segment.length !== 6 + 3 * count) throw new CorruptImage('a broken frame header');
  const height = viewOf(segment).getUint16(1);
  const width = viewOf(segment).getUint16(3);
  if (width === 0 || height === 0) {
    throw new CorruptImage(`${width}x${height}: the image has no pixels (a height in DNL is not read)`);
  }
  const components = Array.from({ length: count }, (_, i) => {
    const [id, factors, quantizationTable] = segment.subarray(6 + 3 * i);
    return { id, h: factors >> 4, v: factors & 15, quantizationTable };
  });
  checkSampling(components);
  return {
    width,
    height,
    isProgressive: code === markers.progressiveFrame || code === markers.arithmeticProgressiveFrame,
    isArithmetic: code === markers.arithmeticFrame || code === markers.arithmeticProgressiveFrame,
    isLossless: code === markers.losslessFrame,
    components,
  };
}

function refuseVariant(code: number, bits: number): void {
  const variant = refusedFrames[code] ?? (bits === 8 ? undefined : `${bits}-bit`);
  if (variant) throw refusal(`${variant} JPEG`);
}

function refusal(variant: string): UnsupportedFormat {
  return new UnsupportedFormat(`${variant}; save it as baseline JPEG with 8 bits, or as PNG`);
}

const refusedFrames: { readonly [code: number]: string } = {
  197: 'hierarchical',
  198: 'hierarchical',
  199: 'hierarchical lossless',
  203: 'arithmetic-coded lossless',
  205: 'arithmetic-coded hierarchical',
  206: 'arithmetic-coded hierarchical',
  207: 'arithmetic-coded hierarchical lossless',
};

/** libjpeg-turbo requires factors of 1 to 4 that divide the largest, and ignores those of a lone component. */
function checkSampling(components: readonly FrameComponent[]): void {
  const isFactor = (factor: number) => factor >= 1 && factor <= 4;
  if (!components.every(({ h, v }) => isFactor(h) && isFactor(v))) {
    throw new CorruptImage('sampling factors outside 1 to 4');
  }
  const maxH = Math.max(...components.map(({ h }) => h));
  const maxV = Math.max(...components.map(({ v }) => v));
  if (!components.every(({ h, v }) => maxH % h === 0 && maxV % v === 0)) {
    throw new UnsupportedFormat('JPEG with fractional sampling ratios; save it with whole ones, or as PNG');
  }
}

function startsWith(segment: Uint8Array, text: string): boolean {
  return segment.length >= text.length && textAt(segment, 0, text.length) === text;
}
