/** Mean and standard deviation of many images, channel by channel, without keeping the images. */
import type { Tensor } from '../../../functions/classify/tensor/preprocess.ts';

/** One channel's statistics, equal to NumPy's `mean` and `std` (the population's) over all pixels of all images. */
export interface ChannelStatistics {
  readonly mean: number;
  readonly std: number;
}

interface Sums {
  count: number;
  mean: number;
  /** The sum of the squared distances from the mean. */
  squares: number;
}

/**
 * Takes the tensors of images one by one, in layout NHWC.
 *
 * Source of the method: Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample
 * variances" (1979), which loses no digits however many images there are.
 */
export function createStatistics(channels: number) {
  const totals: Sums[] = Array.from({ length: channels }, () => ({ count: 0, mean: 0, squares: 0 }));
  return {
    add: ({ data }: Tensor): void => {
      totals.forEach((total, c) => {
        merge(total, sumsOf(data, c, channels));
      });
    },
    /** A statistic per channel; NaN before the first image. */
    read: (): ChannelStatistics[] =>
      totals.map(({ count, mean, squares }) => ({
        mean: count === 0 ? Number.NaN : mean,
        std: Math.sqrt(squares / count),
      })),
  };
}

function sumsOf(data: Float32Array, channel: number, channels: number): Sums {
  const count = data.length / channels;
  let sum = 0;
  for (let i = channel; i < data.length; i += channels) sum += data[i]!;
  const mean = sum / count;
  let squares = 0;
  for (let i = channel; i < data.length; i += channels) squares += (data[i]! - mean) ** 2;
  return { count, mean, squares };
}

function merge(total: Sums, part: Sums): void {
  const count = total.count + part.count;
  const distance = part.mean - total.mean;
  total.squares += part.squares + (distance ** 2 * total.count * part.count) / count;
  total.mean += (distance * part.count) / count;
  total.count = count;
}
