/** The vocabulary of the zoo: Keras' answer and the comparison with it. */

/** As `make_model.py` writes it. */
export interface Answer {
  readonly file: string;
  readonly parameters: number;
  readonly width: number;
  readonly height: number;
  readonly milliseconds: number;
  readonly version: string;
  readonly outputs: readonly number[];
}

export interface Comparison {
  readonly conversionMs: number;
  /** The largest resident size of the process until the network is written. */
  readonly conversionBytes: number;
  readonly inferenceMs: number;
  readonly layerBytes: number;
  /** The largest difference of a probability. */
  readonly difference: number;
  readonly isTopEqual: boolean;
  /** The name that the converter recognises. */
  readonly base: string;
}
