/**
 * The GIF format: the first frame on a canvas of Pillow's size. Has its own decoder, because jimp's (omggif) loops forever on
 * some damaged files.
 */
import type { UndecodedImage } from '../../image/image.ts';
import { CorruptImage } from '../../image/rejections.ts';
import { slice, viewOf } from '../shared/bytes.ts';
import { decodeLzw } from '../shared/lzw.ts';
import { greyRamp, paint, withAllGreys } from '../shared/palette.ts';

/**
 * Equals Pillow: transparent pixels keep the colour of their palette entry; the canvas outside the frame has the transparent
 * index or else index 0, never the background index; a frame larger than the canvas enlarges it.
 */
export function open(bytes: Uint8Array): UndecodedImage {
  const frame = firstFrame(bytes);
  const width = Math.max(viewOf(bytes).getUint16(6, true), frame.left + frame.width);
  const height = Math.max(viewOf(bytes).getUint16(8, true), frame.top + frame.height);
  const decode = () => {
    const canvas = new Uint8Array(width * height).fill(frame.transparentIndex ?? 0);
    const indices = decodeIndices(bytes, frame);
    for (let y = 0; y < frame.height; y++) {
      const row = frame.interlaced ? interlacedRow(y, frame.height) : y;
      const stretch = indices.subarray(y * frame.width, (y + 1) * frame.width);
      canvas.set(stretch, (frame.top + row) * width + frame.left);
    }
    return { width, height, data: paint(canvas, frame.palette) };
  };
  return { width, height, orientation: 1, bytesPerPixel: 6, decode };
}

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly interlaced: boolean;
  readonly transparentIndex: number | undefined;
  /** RGB triples. */
  readonly palette: Uint8Array;
  /** The start of the image data: the byte that states the literal size in bits. */
  readonly dataOffset: number;
}

function firstFrame(bytes: Uint8Array): Frame {
  const view = viewOf(bytes);
  let at = 13;
  let palette = greyRamp;
  const readPalette = (flags: number) => {
    if (!(flags & hasPalette)) return;
    const length = 3 << ((flags & 7) + 1);
    palette = withAllGreys(slice(bytes, at, length));
    at += length;
  };
  readPalette(view.getUint8(10));
  let transparentIndex: number | undefined;
  for (;;) {
    const block = view.getUint8(at++);
    if (block === imageBlock) break;
    if (block === trailer) throw new CorruptImage('there is no image in the file');
    if (block !== extensionBlock) continue; // Pillow also skips unknown bytes between blocks.
    const label = view.getUint8(at++);
    if (label === graphicControl && view.getUint8(at + 1) & 1) transparentIndex = view.getUint8(at + 4);
    while (view.getUint8(at) > 0) at += 1 + view.getUint8(at);
    at++;
  }
  const [left, top, width, height] = [0, 2, 4, 6].map((offset) => view.getUint16(at + offset, true)) as Box;
  if (width === 0 || height === 0) throw new CorruptImage('the first frame has no pixels');
  const flags = view.getUint8(at + 8);
  at += 9;
  readPalette(flags);
  return {
    left,
    top,
    width,
    height,
    interlaced: (flags & 0x40) > 0,
    transparentIndex,
    palette,
    dataOffset: at,
  };
}

type Box = [left: number, top: number, width: number, height: number];

function decodeIndices(bytes: Uint8Array, { width, height, dataOffset }: Frame) {
  const literalBits = viewOf(bytes).getUint8(dataOffset);
  // Only 1 to 8 make sense, but Pillow reads these.
  if (literalBits > 12) throw new CorruptImage(`${literalBits} bits per pixel`);
  const indices = new Uint8Array(width * height);
  const input = joinSubBlocks(bytes, dataOffset + 1);
  const written = decodeLzw(input, indices, { bitOrder: 'lsb', literalBits, earlyChange: false });
  if (written < indices.length) {
    throw new CorruptImage(`truncated after ${written} of ${indices.length} pixels`);
  }
  return indices;
}

/** The data without their length bytes. Like Pillow, omits a truncated block. */
function joinSubBlocks(bytes: Uint8Array, start: number) {
  const joined = new Uint8Array(bytes.length - start);
  let length = 0;
  for (let at = start; bytes[at] > 0 && at + bytes[at] < bytes.length; at += 1 + bytes[at]) {
    joined.set(bytes.subarray(at + 1, at + 1 + bytes[at]), length);
    length += bytes[at];
  }
  return joined.subarray(0, length);
}

/** The y-th stored row of an interlaced frame: every 8th from 0, every 8th from 4, every 4th from 2, every 2nd from 1. */
function interlacedRow(y: number, height: number): number {
  let rest = y;
  for (const [first, step] of [
    [0, 8],
    [4, 8],
    [2, 4],
  ] as const) {
    const rows = Math.max(0, Math.ceil((height - first) / step));
    if (rest < rows) return first + rest * step;
    rest -= rows;
  }
  return 1 + rest * 2;
}

const hasPalette = 0x80;
const extensionBlock = 0x21;
const imageBlock = 0x2c;
const trailer = 0x3b;
const graphicControl = 0xf9;
