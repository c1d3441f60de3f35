/** Values inside a network, and their statistics over the calibration photos. */
import type { Tensor } from '../../../functions/classify/tensor/preprocess.ts';
import type { Histogram } from './ranges.ts';

/** The photos that a network is calibrated with. */
export interface Calibration {
  /** The name of the network's input. */
  readonly input: string;
  readonly images: readonly Tensor[];
}

export interface Observation {
  readonly name: string;
  /** The axis of the channels. */
  readonly channelAxis: 'second' | 'last';
}

/** A value whose channels are compared with each other. */
export interface Correlation extends Observation {
  /** The number of channels. */
  readonly channels: number;
}

export interface Observed {
  readonly histogram: Histogram;
  /** The mean of each channel. */
  readonly means: Float64Array;
  /** The number of values of each channel. */
  readonly places: number;
}
