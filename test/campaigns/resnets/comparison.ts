/** The comparison of a converted network with PyTorch, and its tolerance. */

/** The largest differences of one image's logits, which have a spread of about 1, from PyTorch's answer in float64. */
export interface Comparison {
  /** The error of the converted network, which computes in float32. */
  readonly difference: number;
  /** The error of PyTorch itself in float32. */
  readonly pytorchDifference: number;
}

export function compareLogits(
  logits: Float32Array,
  pytorchLogits: Float32Array,
  exactLogits: Float64Array,
): Comparison {
  return {
    difference: largestDifference(logits, exactLogits),
    pytorchDifference: largestDifference(pytorchLogits, exactLogits),
  };
}

/**
 * Divides the difference by what is tolerated: 1e-5, or four times PyTorch's own error if that is larger, because ill-conditioned
 * networks amplify the rounding of float32 in PyTorch as here. Up to 1 passes; answers that are not finite yield infinity.
 */
export function shareOfTolerance({ difference, pytorchDifference }: Comparison): number {
  const areFinite = Number.isFinite(difference) && Number.isFinite(pytorchDifference);
  return areFinite ? difference / Math.max(1e-5, 4 * pytorchDifference) : Infinity;
}

function largestDifference(logits: Float32Array, exactLogits: Float64Array): number {
  if (logits.length !== exactLogits.length)
    throw new Error(`${logits.length} logits, expected ${exactLogits.length}`);
  return Math.max(...exactLogits.map((value, i) => Math.abs(value - logits[i]!)));
}
