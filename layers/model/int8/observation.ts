/** Values inside a network, and their statistics over the calibration photos. */
import type { Histogram } from './ranges.ts';

export interface Observation {
  readonly name: string;
  /** The axis of the channels. */
  readonly channelAxis: 'second' | 'last';
  /** The number of channels, if it is asked how they vary together. */
  readonly channels?: number;
}

export interface Observed {
  readonly histogram: Histogram;
  /** The mean of each channel. */
  readonly means: Float64Array;
  /** [channels, channels]; present if it was asked for. */
  readonly covariance?: Float32Array;
}
