/** What the network says of an image. */

/** One class the network names: `id` is the class's wnid where the labels have one, else its index as text. */
export interface Prediction {
  readonly index: number;
  readonly id: string;
  readonly label: string;
  /** Probability, 0..1. */
  readonly score: number;
}

/** What the network says of one image. */
export interface Classification {
  /** Most likely first; equal scores stand in the order of their index. */
  readonly predictions: readonly Prediction[];
  /** The most specific kind of thing that is sure; only of models that know their classes' ancestors. */
  readonly general?: General;
}

/** A class or a kind of classes: `id` is its wnid, or whatever the model's own file of ancestors calls it. */
export type General = Omit<Prediction, 'index'>;
