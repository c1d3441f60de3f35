/** BMP, through jimp's decoder (bmp-ts), for the kinds that it gets right. */
import type jimpBmp from '@jimp/js-bmp';
import type { UndecodedImage } from '../../image/image.ts';
import { UnsupportedFormat } from '../../image/rejections.ts';
import { slice, viewOf } from '../shared/bytes.ts';

export async function load(): Promise<void> {
  decoder ??= (await import('@jimp/js-bmp')).default();
}

let decoder: ReturnType<typeof jimpBmp> | undefined;

/**
 * Equals Pillow, which scales 5 and 6 bits by 255/31 and 255/63, truncated, and takes no alpha from 32 bits.
 * Refused by name: run-length encoding, 4 bits a pixel, OS/2 headers and odd colour masks.
 */
export function open(bytes: Uint8Array): UndecodedImage {
  const header = readHeader(bytes);
  const { width, height, bitsPerPixel, masks } = header;
  const decode = () => {
    const { data } = decoder!.decode(withPixelsAfterHeader(bytes, header));
    if (bitsPerPixel === 16) rescale(data, masks);
    return { width, height, data };
  };
  return { width, height, orientation: 1, bytesPerPixel: 8, decode };
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly bitsPerPixel: number;
  /** Of red, green and blue within a pixel of 16 or 32 bits. */
  readonly masks: readonly number[];
  readonly paletteStart: number;
  /** How many the palette has. */
  readonly colours: number;
  readonly pixelsStart: number;
}

function readHeader(bytes: Uint8Array): Header {
  const view = viewOf(bytes);
  const infoBytes = view.getUint32(14, true);
  if (os2Headers.includes(infoBytes)) throw refusal('with an OS/2 header');
  const bitsPerPixel = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  const hasMasks = compression === 3;
  if (compression !== 0 && !hasMasks) throw refusal('with compression');
  if (![1, 8, 16, 24, 32].includes(bitsPerPixel)) throw refusal(`of ${bitsPerPixel} bits a pixel`);
  const masks = hasMasks ? [54, 58, 62].map((at) => view.getUint32(at, true)) : defaultMasks;
  if (hasMasks && !knownMasks[bitsPerPixel]?.includes(masks.join())) {
    throw refusal(`with the colour masks ${masks.map((mask) => mask.toString(16)).join(', ')}`);
  }
  return {
    width: view.getUint32(18, true),
    height: Math.abs(view.getInt32(22, true)),
    bitsPerPixel,
    masks,
    paletteStart: 14 + infoBytes + (hasMasks && infoBytes === 40 ? 12 : 0),
    colours: view.getUint32(coloursOffset, true) || 1 << Math.min(bitsPerPixel, 8),
    pixelsStart: view.getUint32(10, true),
  };
}

function refusal(kind: string) {
  return new UnsupportedFormat(`BMP ${kind}; save it with 24 bits a pixel, or as PNG`);
}

/** How long they are, by version. */
const os2Headers: readonly number[] = [12, 16, 64];

const coloursOffset = 46;

const defaultMasks = [0x7c00, 0x3e0, 0x1f];

const knownMasks: { readonly [bitsPerPixel: number]: readonly string[] } = {
  16: [defaultMasks.join(), [0xf800, 0x7e0, 0x1f].join()],
  32: [[0xff0000, 0xff00, 0xff].join(), [0xff, 0xff00, 0xff0000].join()],
};

/**
 * bmp-ts looks for the pixels right behind the header, wherever the file says they are, and paints what is beyond a
 * short palette white where Pillow paints it black.
 */
function withPixelsAfterHeader(
  bytes: Uint8Array,
  { width, height, bitsPerPixel, ...header }: Header,
): Buffer {
  const rowBytes = Math.ceil((width * bitsPerPixel) / 32) * 4;
  const pixels = slice(bytes, header.pixelsStart, rowBytes * height);
  const start = Buffer.from(slice(bytes, 0, header.paletteStart));
  const colours = bitsPerPixel <= 8 ? 1 << bitsPerPixel : 0;
  start.writeUInt32LE(colours, coloursOffset);
  const palette = Buffer.alloc(colours * 4);
  palette.set(slice(bytes, header.paletteStart, Math.min(header.colours, colours) * 4));
  return Buffer.concat([start, palette, pixels]);
}

/** bmp-ts has shifted the levels of 5 or 6 bits up to 8. */
function rescale(rgba: Uint8Array, masks: readonly number[]): void {
  masks.forEach((mask, channel) => {
    const max = mask / (mask & -mask);
    const levels = Uint8Array.from({ length: 256 }, (_, byte) =>
      Math.trunc((((byte * (max + 1)) >> 8) * 255) / max),
    );
    for (let o = channel; o < rgba.length; o += 4) rgba[o] = levels[rgba[o]];
  });
}
