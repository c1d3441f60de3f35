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
  const { fround } = Math;
  const scaled =
    typeof mode === 'string'
      ? (value: number) => fround(value / namedArithmetic[mode].divisor)
      : (value: number) => fround(value * fround(mode.scale));
  const { order, mean, std } = typeof mode === 'string' ? namedArithmetic[mode] : mode;
  return [...order].map((letter, c) => {
    const apply = (value: number) => fround(scaled(value) - fround(mean[c]!)) / fround(std[c]!);
    return {
      colour: order === 'L' ? 0 : 'RGB'.indexOf(letter),
      apply,
      values: Float32Array.from({ length: 256 }, (_, byte) => apply(byte)),
    };
  });
}
