/** Computes the size of an image after the transformations of its HEIF properties, as libheif applies them. */
import { CorruptImage } from '../../image/rejections.ts';
import { viewOf } from '../shared/bytes.ts';
import { type Box, type PrimaryItem, quarterTurnsOf } from '../shared/heif.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** @throws {CorruptImage | RangeError} a crop leaves no pixel, or its property is damaged */
export function uprightSize({ width, height, properties }: PrimaryItem): Size {
  return properties.reduce<Size>((size, property) => transform(size, property), { width, height });
}

function transform({ width, height }: Size, property: Box): Size {
  if (property.type === 'irot' && quarterTurnsOf(property) % 2 === 1) return { width: height, height: width };
  if (property.type !== 'clap') return { width, height };
  const [cleanWidth, cleanHeight, right, down] = [0, 8, 16, 24].map((at) => readFraction(property, at));
  return { width: cropped(width, cleanWidth, right), height: cropped(height, cleanHeight, down) };
}

/** The number of pixels of a side that a crop keeps. */
function cropped(side: number, clean: number, offset: number): number {
  const start = Math.trunc(offset + (side - 1) / 2 - (clean - 1) / 2);
  const end = Math.round(clean - 1 + start);
  const kept = Math.min(end, side - 1) - Math.max(start, 0) + 1;
  if (!(kept > 0)) throw new CorruptImage('its crop (clap) leaves no pixels');
  return kept;
}

function readFraction({ data }: Box, at: number): number {
  const view = viewOf(data);
  const denominator = view.getUint32(at + 4);
  if (denominator === 0) throw new CorruptImage('its crop (clap) divides by zero');
  return view.getInt32(at) / denominator;
}
