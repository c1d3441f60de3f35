/** The vocabulary of a network's answers. */

/** One class: `id` is its wnid where the labels have one, otherwise its index as text. */
export interface Prediction {
  readonly index: number;
  readonly id: string;
  readonly label: string;
  /** 0..1: a probability, or an independent score where the classes do not exclude each other. */
  readonly score: number;
}

/** The network's answer for one image. */
export interface Classification {
  /** Highest score first, equal scores in the order of their index; empty if no class reaches `minScore`. */
  readonly predictions: readonly Prediction[];
  /** The most specific kind of thing that is sure; only for models whose classes have ancestors and exclude each other. */
  readonly general?: General;
}

/** A class or a kind of classes: `id` is its wnid, or the id in the model's own file of ancestors. */
export type General = Omit<Prediction, 'index'>;
