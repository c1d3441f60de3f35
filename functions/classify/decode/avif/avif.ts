/** The AVIF format, decoded by libavif in WebAssembly. */
import type { Orientation, UndecodedImage } from '../../image/image.ts';
import { loadWasm, startWasm, type WasmDecoder } from '../shared/wasm.ts';
import { readPrimaryItem } from './heif.ts';
import { asDecoderExpects } from './lenient.ts';

export const codec = '@jsquash/avif/codec/dec/avif_dec.wasm';

export async function load(): Promise<void> {
  decoder ??= await loadWasm(import('@jsquash/avif/codec/dec/avif_dec.js'), codec);
}

let decoder: WasmDecoder | undefined;

/**
 * Near Pillow, whose AV1 decoder and chroma upsampling differ (docs/exactness.md). As in Pillow, pixels are not turned or
 * mirrored: the file's transformations become an orientation.
 */
export function open(bytes: Uint8Array): UndecodedImage {
  const { width, height, quarterTurns, mirrorAxis } = readPrimaryItem(bytes);
  const decode = () => startWasm(decoder!, width * height * bytesPerPixel, asDecoderExpects(bytes), 8);
  return {
    width,
    height,
    bytesPerPixel,
    orientation: orientations[mirrorAxis ?? 'none'][quarterTurns],
    decode,
  };
}

const bytesPerPixel = 23;

/** Orientations by the axis that is mirrored after the turn and by anti-clockwise quarter turns. */
const orientations: { readonly [axis in 'none' | 0 | 1]: readonly Orientation[] } = {
  none: [1, 8, 3, 6],
  0: [4, 5, 2, 7],
  1: [2, 7, 4, 5],
};
