/** The WebP format, decoded by libwebp in WebAssembly: lossy, lossless, with alpha, and the first frame of an animation. */
import type { Bitmap, UndecodedImage } from '../../image/image.ts';
import { CorruptImage } from '../../image/rejections.ts';
import { checkCount, slice, textAt, viewOf } from '../shared/bytes.ts';
import { keepInstance, type StartKept } from '../shared/kept-wasm.ts';
import { orientationOf } from '../shared/orientation.ts';
import { loadWasm } from '../shared/wasm.ts';

export const codec = '@jsquash/webp/codec/dec/webp_dec.wasm';

export async function load(): Promise<void> {
  start ??= keepInstance(await loadWasm<Decoder>(import('@jsquash/webp/codec/dec/webp_dec.js'), codec));
}

let start: StartKept<Decoder> | undefined;

interface Decoder {
  /** @returns null for damaged data. */
  decode(bytes: Uint8Array): Bitmap | null;
}

/** Equals Pillow, which uses the same library. The canvas outside an animation's first frame is black. */
export function open(bytes: Uint8Array): UndecodedImage {
  const chunks = readChunks(contentOf(bytes));
  const frames = chunks.filter(({ type }) => type === 'ANMF');
  const frame = frames.find((frame) => partsOf(frame).some(isImage)) ?? frames[0];
  const still = frame ? partsOf(frame) : chunks;
  const size = frame ? canvasSize(chunks) : imageSize(still);
  if (frame && !chunks.some(({ type }) => type === 'ANIM'))
    throw new CorruptImage('an animation without ANIM');
  if (frame) checkInside(imageSize(still), frame.data, size);
  const decode = async () => {
    const file = joinStill(still);
    const memory = size.width * size.height * bytesPerPixel;
    const decodeStill = await start!(memory, (module) => module.decode(file));
    return frame ? () => onCanvas(decodeStill(), frame.data, size) : decodeStill;
  };
  return { ...size, orientation: orientationOf(metadataOf(chunks)), bytesPerPixel, decode };
}

/** The chunks within the size that the file states, which Pillow obeys: bytes beyond it are ignored. */
function contentOf(bytes: Uint8Array): Uint8Array {
  const end = 8 + viewOf(bytes).getUint32(4, true);
  if (end > bytes.length) throw new CorruptImage(`it states ${end} bytes and has ${bytes.length}`);
  return bytes.subarray(riffBytes, end);
}

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** The file ends within the chunk. */
  readonly isCut: boolean;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Reads consecutive chunks; a truncated last one is included for its header. */
function readChunks(bytes: Uint8Array): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = viewOf(bytes).getUint32(at + 4, true);
    const data = bytes.subarray(at + 8, at + 8 + length);
    chunks.push({ type: textAt(bytes, at, 4), data, isCut: data.length < length });
    checkCount(chunks);
    at += 8 + length + (length % 2);
  }
  return chunks;
}

function partsOf(frame: Chunk) {
  return readChunks(frame.data.subarray(frameHeaderBytes));
}

/** The size stated by the coded image. */
function imageSize(chunks: readonly Chunk[]): Size {
  const image = chunks.find(isImage);
  if (!image) throw new CorruptImage('there is no image in the file');
  const view = viewOf(image.data);
  if (image.type === 'VP8 ') {
    return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff };
  }
  const bits = view.getUint32(1, true);
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}

function isImage({ type }: Chunk) {
  return type === 'VP8 ' || type === 'VP8L';
}

function canvasSize(chunks: readonly Chunk[]): Size {
  const canvas = chunks.find(({ type }) => type === 'VP8X');
  if (!canvas) throw new CorruptImage('an animation without a canvas');
  return { width: getUint24(canvas.data, 4) + 1, height: getUint24(canvas.data, 7) + 1 };
}

function metadataOf(chunks: readonly Chunk[]) {
  const exif = chunks.find(({ type }) => type === 'EXIF')?.data;
  const isPrefixed = exif && exif.length > 6 && textAt(exif, 0, 6) === 'Exif\0\0';
  return {
    exif: isPrefixed ? exif.subarray(6) : exif,
    xmp: chunks.find(({ type }) => type === 'XMP ')?.data,
  };
}

/** A file with only the image: jSquash refuses animations, and libwebp a canvas of another size. */
function joinStill(chunks: readonly Chunk[]) {
  const alpha = chunks.find(({ type }) => type === 'ALPH');
  const image = chunks.filter(isImage).slice(0, 1);
  if (alpha?.isCut || image[0]?.isCut) throw new CorruptImage('the image is cut off');
  const canvas = alpha ? [{ type: 'VP8X', data: extendedHeader(imageSize(chunks)) }, alpha] : [];
  const body = [...canvas, ...image].flatMap(({ type, data }) => [
    Buffer.from(type),
    uint32(data.length),
    data,
    Buffer.alloc(data.length % 2),
  ]);
  const length = body.reduce((sum, part) => sum + part.length, 4);
  return Buffer.concat([Buffer.from('RIFF'), uint32(length), Buffer.from('WEBP'), ...body]);
}

function extendedHeader({ width, height }: Size) {
  const header = Buffer.alloc(10);
  header[0] = hasAlpha;
  header.writeUIntLE(width - 1, 4, 3);
  header.writeUIntLE(height - 1, 7, 3);
  return header;
}

/** Checks the frame before decoding: a canvas within the limits may contain a frame beyond them. */
function checkInside(frame: Size, frameHeader: Uint8Array, canvas: Size): void {
  const { left, top } = placeOf(frameHeader);
  if (left + frame.width > canvas.width || top + frame.height > canvas.height) {
    throw new CorruptImage('the first frame reaches beyond the canvas');
  }
}

function placeOf(frameHeader: Uint8Array) {
  return {
    left: getUint24(frameHeader, 0) * 2,
    top: getUint24(frameHeader, 3) * 2,
  };
}

function onCanvas(bitmap: Bitmap, frameHeader: Uint8Array, { width, height }: Size): Bitmap {
  const { left, top } = placeOf(frameHeader);
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < bitmap.height; y++) {
    const row = bitmap.data.subarray(y * bitmap.width * 4, (y + 1) * bitmap.width * 4);
    data.set(row, ((top + y) * width + left) * 4);
  }
  return { width, height, data };
}

function getUint24(bytes: Uint8Array, at: number) {
  return Buffer.from(slice(bytes, at, 3)).readUIntLE(0, 3);
}

function uint32(value: number) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

const bytesPerPixel = 18;
const riffBytes = 12;
const frameHeaderBytes = 16;
const hasAlpha = 0x10;
