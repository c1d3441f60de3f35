/** The arithmetic from a pixel's value to a channel's: that of Keras' `imagenet_utils.preprocess_input`, or spelled out. */
import type { ModeName, Order } from './names.ts';

/** (value * scale - mean) / std, with `mean` and `std` in the order of the *output* channels: in BGR, blue comes first. */
export type CustomArithmetic =
  | {
      readonly order: Exclude<Order, 'L'>;
      readonly scale: number;
      readonly mean: readonly [number, number, number];
      readonly std: readonly [number, number, number];
    }
  | {
      readonly order: 'L';
      readonly scale: number;
      readonly mean: readonly [number];
      readonly std: readonly [number];
    };

/** Keras' modes: (value / divisor - mean) / std. */
export const namedArithmetic = {
  caffe: { order: 'BGR', divisor: 1, mean: [103.939, 116.779, 123.68], std: [1, 1, 1] },
  tf: { order: 'RGB', divisor: 127.5, mean: [1, 1, 1], std: [1, 1, 1] },
  torch: { order: 'RGB', divisor: 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
} as const satisfies Readonly<Record<ModeName, unknown>>;

/** One channel of the tensor: the colour it reads (0 red or grey, 1 green, 2 blue) and its arithmetic. */
export interface Channel {
  readonly colour: number;
  readonly apply: (value: number) => number;
  /** `apply` for each of the 256 bytes. */
  readonly values: Float32Array;
}

/** The channels that a mode makes, a letter each. */
export function orderOf(mode: ModeName | CustomArithmetic): Order {
  return typeof mode === 'string' ? namedArithmetic[mode].order : mode.order;
}

/** The channels of a mode. Every constant and the result of every step are rounded to float32. */
export function channelsOf(mode: ModeName | CustomArithmetic): Channel[] {
  const { order, scaled, mean, std } = partsOf(mode);
  return [...order].map((letter, c) => {
    const apply = (value: number) => fround(scaled(value) - fround(mean[c]!)) / fround(std[c]!);
    return {
      colour: colourOf(letter),
      apply,
      values: Float32Array.from({ length: 256 }, (_, byte) => apply(byte)),
    };
  });
}

/** A pixel after one step of the arithmetic. */
export interface PixelStep {
  /** The step as a formula, such as `/ 127.5`; the pixel as scaled has none. */
  readonly name: string;
  /** A float32 per channel of the tensor, in its order. */
  readonly values: readonly number[];
}

/**
 * Follows one pixel through the arithmetic. Steps that change nothing are left out; the last one is the tensor's value.
 *
 * @param pixel R, G and B, 0..255; for order L its grey comes first.
 */
export function followPixel(pixel: ArrayLike<number>, mode: ModeName | CustomArithmetic): PixelStep[] {
  const { order, scaled, scaling, mean, std } = partsOf(mode);
  const ordered = [...order].map((letter) => pixel[colourOf(letter)]!);
  const small = ordered.map(scaled);
  const centred = small.map((value, c) => fround(value - fround(mean[c]!)));
  const tensor = channelsOf(mode).map(({ apply }, c) => fround(apply(ordered[c]!)));
  const isAll = (values: readonly number[], unchanged: number) =>
    values.every((value) => value === unchanged);
  return [
    { name: '', values: ordered },
    ...(scaling === '' ? [] : [{ name: scaling, values: small }]),
    ...(isAll(mean, 0) ? [] : [{ name: '- mean', values: centred }]),
    ...(isAll(std, 1) ? [] : [{ name: '/ std', values: tensor }]),
  ];
}

const { fround } = Math;

function partsOf(mode: ModeName | CustomArithmetic) {
  if (typeof mode !== 'string') {
    const scale = fround(mode.scale);
    const scaling = scale === 1 ? '' : `x ${Number(mode.scale.toPrecision(5))}`;
    return { ...mode, scaling, scaled: (value: number) => fround(value * scale) };
  }
  const { divisor, ...parts } = namedArithmetic[mode];
  const scaling = divisor === 1 ? '' : `/ ${divisor}`;
  return { ...parts, scaling, scaled: (value: number) => fround(value / divisor) };
}

/** The position of a channel's letter in an RGB pixel, whose three values are equal where it is grey. */
export function colourOf(letter: string): number {
  return letter === 'L' ? 0 : 'RGB'.indexOf(letter);
}
