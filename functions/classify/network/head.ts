/** The head of a network: turns its outputs into one score per class. An activation is one row of the table below. */

export interface Activation {
  /** Turns the logits of one image into scores, 0..1. */
  readonly toScores: (logits: Float32Array) => Float32Array;
  /** Exactly one class applies, so that the scores of an image sum to 1. */
  readonly isExclusive: boolean;
  /** The `minScore` of a new model. */
  readonly minScore: number;
  /** For the question that `bucketlens model` asks. */
  readonly summary: string;
}

export const activations = {
  softmax: {
    toScores: softmax,
    isExclusive: true,
    minScore: 0,
    summary: 'the classes exclude each other',
  },
  sigmoid: {
    toScores: (logits) => logits.map((logit) => 1 / (1 + Math.exp(-logit))),
    isExclusive: false,
    // Independent scores are yes or no, and above a half it is yes.
    minScore: 0.5,
    summary: 'each class is scored on its own',
  },
} as const satisfies Readonly<Record<string, Activation>>;

export type ActivationName = keyof typeof activations;

export const activationNames = Object.keys(activations) as [ActivationName, ...ActivationName[]];

/** How outputs become scores: the activation that the graph ends with, or 'none' and the one to apply. */
export type HeadOptions =
  | { readonly activation: ActivationName }
  | { readonly activation: 'none'; readonly apply: ActivationName };

export interface Head {
  /** Turns the outputs of one image into one score per class, 0..1. */
  readonly toScores: (outputs: Float32Array) => Float32Array;
  readonly isExclusive: boolean;
  /** The number of classes: one more than outputs where a single output scores the second of two classes. */
  readonly classes: number;
  readonly minScore: number;
}

/**
 * Creates the head of a network.
 *
 * @param outputs How many numbers the network gives for an image. A single one that is not a softmax is the probability (or
 *   logit) of the second of two classes.
 */
export function createHead(options: HeadOptions, outputs: number): Head {
  const row: Activation = activations[options.activation === 'none' ? options.apply : options.activation];
  const toScores = options.activation === 'none' ? row.toScores : (scores: Float32Array) => scores;
  if (outputs !== 1 || row.isExclusive) return { ...row, toScores, classes: outputs };
  return {
    toScores: (output) => {
      const [second] = toScores(output);
      return Float32Array.of(1 - second, second);
    },
    isExclusive: true,
    classes: 2,
    minScore: 0,
  };
}

/**
 * Counts the numbers that a network gives for each image.
 *
 * @param dims The output's shape: `[images, n]`, further dimensions of 1 anywhere after the first, or `[n]` for one image.
 * @returns n, or undefined if the shape is another, such as that of a feature map.
 */
export function outputsPerImage(dims: readonly number[], images: number): number | undefined {
  const [batch, ...rest] = images === 1 && dims.length === 1 ? [1, ...dims] : dims;
  if (batch !== images || rest.filter((size) => size !== 1).length > 1) return undefined;
  return rest.reduce((product, size) => product * size, 1);
}

/** exp(x - max) / sum: probabilities from logits of any size, summed in double precision. */
function softmax(logits: Float32Array): Float32Array {
  const max = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = Float64Array.from(logits, (logit) => Math.exp(logit - max));
  const sum = powers.reduce((a, b) => a + b, 0);
  return Float32Array.from(powers, (power) => power / sum);
}
