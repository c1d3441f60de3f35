/**
 * Scaling along one edge as a matrix [to, from], exactly as TensorFlow's `tf.image.resize` computes its weights (half-pixel centres,
 * no antialiasing, positions in float32). ONNX' Resize takes positions and cubic weights otherwise.
 */

/** By interpolation: (from, to) -> the share of each source pixel in each target pixel. */
export const kernels: Readonly<Record<string, (from: number, to: number) => Float32Array>> = {
  nearest: (from, to) =>
    matrixOf(from, to, (position) => [[Math.min(Math.floor(Math.fround(position + 0.5)), from - 1), 1]]),
  bilinear: (from, to) =>
    matrixOf(from, to, (position) => {
      const lower = Math.floor(position);
      const share = position - lower;
      return [
        [Math.max(lower, 0), 1 - share],
        [Math.min(lower + 1, from - 1), share],
      ];
    }),
  bicubic: (from, to) => matrixOf(from, to, (position) => bicubicWeights(position, from)),
};

type Weights = readonly (readonly [index: number, weight: number])[];

function matrixOf(from: number, to: number, weightsAt: (position: number) => Weights): Float32Array {
  const matrix = new Float32Array(to * from);
  const scale = Math.fround(from / to);
  for (let target = 0; target < to; target++) {
    const position = Math.fround(Math.fround((target + 0.5) * scale) - 0.5);
    for (const [index, weight] of weightsAt(position)) matrix[target * from + index]! += weight;
  }
  return matrix;
}

// TensorFlow looks cubic weights up in a table of so many steps (resize_bicubic_op.cc).
const tableSize = 1024;

/** Pixels outside the image have no weight; the others sum to 1. */
function bicubicWeights(position: number, length: number): Weights {
  const first = Math.floor(position);
  const step = Math.round((position - first) * tableSize) / tableSize;
  const weights = [1 + step, step, 1 - step, 2 - step].map(
    (distance, i) => [first - 1 + i, cubic(distance)] as const,
  );
  const inside = weights.filter(([index]) => index >= 0 && index < length);
  const sum = inside.reduce((total, [, weight]) => total + weight, 0);
  return inside.map(([index, weight]) => [index, weight / sum]);
}

/** Keys' cubic with a = -0.5. @param x The distance, 0 to 2. */
function cubic(x: number): number {
  const a = -0.5;
  return x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
}

export function transposed(matrix: Float32Array, columns: number): Float32Array {
  const rows = matrix.length / columns;
  return matrix.map((_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)]!);
}
