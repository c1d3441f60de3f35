/**
 * Scaling along one edge as a matrix [to, from], exactly as TensorFlow's `tf.image.resize` computes its weights (half-pixel centres,
 * positions in float32). ONNX' Resize takes positions and cubic weights otherwise.
 */
import { averagingMatrix } from './averaging.ts';
import { entryOf } from './layer-call.ts';

type Kernel = (from: number, to: number) => Float32Array;

/** (from, to) -> the share of each source pixel in each target pixel; nothing for an unknown interpolation. */
export function kernelOf(interpolation: string, isAntialiased: boolean): Kernel | undefined {
  const sampled = entryOf(samplers, interpolation);
  const isScaled = isAntialiased || /^lanczos/.test(interpolation);
  return sampled && isScaled ? spanned(sampled, isAntialiased) : entryOf(kernels, interpolation);
}

const kernels: Readonly<Record<string, Kernel>> = {
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
  area: averagingMatrix,
};

export const interpolations = ['nearest', 'bilinear', 'bicubic', 'area', 'lanczos3', 'lanczos5'] as const;

interface Sampler {
  /** Pixels. */
  readonly radius: number;
  /** @param x The distance, at least 0. */
  readonly weight: (x: number) => number;
}

const samplers: Readonly<Record<string, Sampler>> = {
  bilinear: { radius: 1, weight: (x) => Math.max(1 - x, 0) },
  bicubic: { radius: 2, weight: (x) => (x < 2 ? cubic(x) : 0) },
  lanczos3: { radius: 3, weight: (x) => lanczos(x, 3) },
  lanczos5: { radius: 5, weight: (x) => lanczos(x, 5) },
};

/** Weighs all pixels within the radius, which grows with the reduction if antialiased (scale_and_translate_op.cc). */
function spanned({ radius, weight }: Sampler, isAntialiased: boolean): Kernel {
  return (from, to) => {
    const matrix = new Float32Array(to * from);
    const scale = Math.fround(1 / Math.fround(to / from));
    const stretch = isAntialiased ? Math.max(scale, 1) : 1;
    for (let target = 0; target < to; target++) {
      const centre = Math.fround((target + 0.5) * scale);
      const first = Math.max(Math.ceil(centre - radius * stretch - 0.5), 0);
      const last = Math.min(Math.floor(centre + radius * stretch - 0.5), from - 1);
      const weights = Array.from({ length: last - first + 1 }, (_, i) =>
        weight(Math.abs((first + i + 0.5 - centre) / stretch)),
      );
      const sum = weights.reduce((total, share) => total + share, 0);
      for (const [i, share] of weights.entries()) matrix[target * from + first + i] = share / sum;
    }
    return matrix;
  };
}

function lanczos(x: number, radius: number): number {
  if (x > radius) return 0;
  const angle = Math.PI * x;
  return x <= 1e-3 ? 1 : (radius * Math.sin(angle) * Math.sin(angle / radius)) / (angle * angle);
}

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
