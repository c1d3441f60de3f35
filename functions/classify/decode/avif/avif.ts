/** The AVIF format, decoded by libavif in WebAssembly. */
import type { Bitmap, Orientation, UndecodedImage } from '../../image/image.ts';
import { UnsupportedFormat } from '../../image/rejections.ts';
import { viewOf } from '../shared/bytes.ts';
import { type Box, quarterTurnsOf, readPrimaryItem } from '../shared/heif.ts';
import { loadWasm, startWasm, type WasmDecoder } from '../shared/wasm.ts';
import { asDecoderExpects } from './lenient.ts';

export const codec = '@jsquash/avif/codec/dec/avif_dec.wasm';

export async function load(): Promise<void> {
  decoder ??= await loadWasm(import('@jsquash/avif/codec/dec/avif_dec.js'), codec);
}

let decoder: WasmDecoder<Decoder> | undefined;

/**
 * Near Pillow, whose AV1 decoder and chroma upsampling differ (docs/exactness.md). As in Pillow, pixels are not turned or
 * mirrored: the file's transformations become an orientation.
 */
export function open(bytes: Uint8Array): UndecodedImage {
  const { width, height, coding, properties } = readPrimaryItem(bytes);
  checkCoding(coding);
  const decode = () =>
    startWasm(decoder!, width * height * bytesPerPixel, (module) =>
      module.decode(asDecoderExpects(bytes), 8),
    );
  return { width, height, bytesPerPixel, orientation: orientationOf(properties), decode };
}

interface Decoder {
  /** @returns null for damaged data. */
  decode(bytes: Uint8Array, bitDepth: 8): Bitmap | null;
}

function checkCoding(coding: string | undefined): void {
  if (coding === undefined || coding === 'av01' || coding === 'grid') return;
  const kind = refusedCodings[coding] ?? `whose main image is coded as '${coding}'`;
  throw new UnsupportedFormat(`AVIF ${kind}; save it as a plain AVIF, or as PNG`);
}

const refusedCodings: { readonly [coding: string]: string } = {
  hvc1: 'with HEVC inside',
  avc1: 'with AVC inside',
  jpeg: 'with JPEG inside',
  iovl: 'that overlays several images',
  iden: 'that derives its image from another',
  tmap: 'that is a tone-mapped image',
};

function orientationOf(properties: readonly Box[]): Orientation {
  const turn = properties.find(({ type }) => type === 'irot');
  const mirror = properties.find(({ type }) => type === 'imir');
  const axis = mirror && ((viewOf(mirror.data).getUint8(0) & 1) as 0 | 1);
  return orientations[axis ?? 'none'][turn ? quarterTurnsOf(turn) : 0];
}

const bytesPerPixel = 23;

/** Orientations by the axis that is mirrored after the turn (0 exchanges top and bottom, 1 left and right) and by anti-clockwise quarter turns. */
const orientations: { readonly [axis in 'none' | 0 | 1]: readonly Orientation[] } = {
  none: [1, 8, 3, 6],
  0: [4, 5, 2, 7],
  1: [2, 7, 4, 5],
};
