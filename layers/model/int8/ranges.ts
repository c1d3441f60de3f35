/** Ranges of the values inside a network: rounding to bytes keeps these and cuts off the rest. */

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Counts of values, in equal bins of a range. */
export interface Histogram extends Range {
  readonly counts: Float64Array;
}

const bins = 4096;

/** Extends a range, which starts as 0 alone, by values. */
export function widen(range: Range = { min: 0, max: 0 }, values: Float32Array): Range {
  let { min, max } = range;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < min) min = value;
    else if (value > max) max = value;
  }
  return { min, max };
}

export function createHistogram({ min, max }: Range): Histogram {
  return { min, max, counts: new Float64Array(bins) };
}

/** @param values All within the histogram's range. */
export function count({ min, max, counts }: Histogram, values: Float32Array): void {
  const perUnit = max > min ? bins / (max - min) : 0;
  for (let i = 0; i < values.length; i++) {
    const bin = Math.floor((values[i]! - min) * perUnit);
    counts[bin < bins ? bin : bins - 1]!++;
  }
}

/**
 * The range that leaves out the outermost values on each side. Contains 0, which bytes represent exactly: padding is 0.
 *
 * @param kept The fraction of the values below the upper end, and of those above the lower one: 0.99999.
 */
export function percentileRange({ min, max, counts }: Histogram, kept: number): Range {
  const outside = counts.reduce((a, b) => a + b, 0) * (1 - kept);
  const width = (max - min) / bins;
  const low = binsWithin(counts, outside);
  const high = binsWithin(counts.toReversed(), outside);
  return { min: Math.min(0, min + low * width), max: Math.max(0, max - high * width) };
}

/** Counts the first bins that together hold at most so many values. */
function binsWithin(counts: Float64Array, most: number): number {
  let sum = 0;
  return counts.findIndex((value) => {
    sum += value;
    return sum > most;
  });
}
