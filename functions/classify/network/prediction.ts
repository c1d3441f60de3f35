/** The vocabulary of a network's answers. */

/** One class, or a label that stands for several of them. */
export interface Prediction {
  /** The class's index; of several, the likeliest one's. */
  readonly index: number;
  /** The class's wnid where the labels have one, otherwise its index as text. */
  readonly id: string;
  /** The class's name, or the one that label rules give it. */
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
  /** The network's own classes, as `predictions` would be without label rules; only with label rules. */
  readonly classes?: readonly Prediction[];
}

/** A class or a kind of classes: `id` is its wnid, or the id in the model's own file of ancestors. */
export type General = Omit<Prediction, 'index'>;
