/** Marker codes and marker segments: ITU-T T.81, clause B.1.1 and table B.1. */

import { CorruptImage } from '../../../image/rejections.ts';
import { viewOf } from '../../shared/bytes.ts';

export const markers = {
  startOfFrame: 0xc0, // Baseline. The other frame types follow up to 0xcf, except for three codes.
  extendedFrame: 0xc1,
  progressiveFrame: 0xc2,
  losslessFrame: 0xc3,
  huffmanTables: 0xc4,
  jpegExtension: 0xc8,
  arithmeticFrame: 0xc9,
  arithmeticProgressiveFrame: 0xca,
  arithmeticConditioning: 0xcc,
  lastFrame: 0xcf,
  firstRestart: 0xd0,
  lastRestart: 0xd7,
  startOfImage: 0xd8,
  endOfImage: 0xd9,
  startOfScan: 0xda,
  quantizationTables: 0xdb,
  numberOfLines: 0xdc,
  restartInterval: 0xdd,
  app0: 0xe0,
  app1: 0xe1,
  app14: 0xee,
  jpegLsFrame: 0xf7,
  app15: 0xef,
  comment: 0xfe,
} as const;

/**
 * The position after the next marker; the byte before it is the marker's code.
 * Like libjpeg-turbo, skips anything before the marker, including fill bytes and stuffed zeros.
 *
 * @throws {CorruptImage} no marker follows
 */
export function findMarker(bytes: Uint8Array, from: number): number {
  for (let at = from; ; at++) {
    at = bytes.indexOf(0xff, at);
    if (at < 0) break;
    while (bytes[at] === 0xff) at++;
    if (at >= bytes.length) break;
    if (bytes[at] !== 0) return at + 1;
  }
  throw new EndOfData();
}

/** The parameters of the marker segment whose length field is at `at`. */
export function segmentAt(bytes: Uint8Array, at: number): Uint8Array {
  const length = lengthAt(bytes, at);
  if (length < 2) throw new CorruptImage(`a marker segment of length ${length}`);
  return parametersAt(bytes, at, length);
}

/** Like `segmentAt`, for segments that are ignored: libjpeg-turbo reads a length below 2 as 2. */
export function ignoredSegmentAt(bytes: Uint8Array, at: number): Uint8Array {
  return parametersAt(bytes, at, Math.max(lengthAt(bytes, at), 2));
}

function lengthAt(bytes: Uint8Array, at: number): number {
  if (at + 2 > bytes.length) throw new EndOfData();
  return viewOf(bytes).getUint16(at);
}

function parametersAt(bytes: Uint8Array, at: number, length: number): Uint8Array {
  if (at + length > bytes.length) throw new EndOfData();
  return bytes.subarray(at + 2, at + length);
}

/** The file ends before the image does. */
export class EndOfData extends CorruptImage {
  constructor() {
    super('the data end before the image is complete');
  }
}

export function unknownMarker(code: number): CorruptImage {
  return new CorruptImage(`unknown marker ff${code.toString(16).padStart(2, '0')}`);
}

export function isRestart(code: number): boolean {
  return code >= markers.firstRestart && code <= markers.lastRestart;
}

/** True for markers without a segment: restarts and TEM. */
export function isBare(code: number): boolean {
  return isRestart(code) || code === 0x01;
}

/** True for frame headers, whether supported or not. */
export function isFrame(code: number): boolean {
  return (
    code >= markers.startOfFrame &&
    code <= markers.lastFrame &&
    code !== markers.huffmanTables &&
    code !== markers.jpegExtension &&
    code !== markers.arithmeticConditioning
  );
}
