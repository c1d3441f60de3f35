/**
 * TensorFlow's bicubic scaling as two matrix products, one along each edge: it takes its weights from a table of 1024 steps, which
 * no ONNX operator does. After `GetWeightsAndIndices` in TensorFlow's resize_bicubic_op.cc.
 */
import { type LayerCall, type Value, value } from './layer-call.ts';

const tableSize = 1024;
// Keys' cubic.
const a = -0.5;

export function resizeBicubic(
  { graph, path }: LayerCall,
  input: Value,
  [height, width]: readonly [number, number],
): Value {
  const [fromHeight, fromWidth, channels] = input.shape as [number, number, number];
  const rows = graph.weight(`${path}/rows`, [height, fromHeight], () => weightsOf(fromHeight, height));
  const columns = graph.weight(`${path}/columns`, [fromWidth, width], () =>
    transposed(weightsOf(fromWidth, width), fromWidth),
  );
  const wide = graph.node('MatMul', `${path}/wide`, [input.name, columns]);
  return value(graph.node('MatMul', path, [rows, wide]), [height, width, channels]);
}

/** [to, from]: the share of each source pixel in each target pixel. Pixels outside the image have none. */
function weightsOf(from: number, to: number): Float32Array {
  const matrix = new Float32Array(to * from);
  const scale = Math.fround(from / to);
  for (let target = 0; target < to; target++) {
    const position = Math.fround(Math.fround((target + 0.5) * scale) - 0.5);
    const first = Math.floor(position);
    const step = Math.round((position - first) * tableSize);
    const weights = [1 + step / tableSize, step / tableSize, 1 - step / tableSize, 2 - step / tableSize].map(
      cubic,
    );
    const inside = weights.map((weight, i) => (isInside(first - 1 + i, from) ? weight : 0));
    const sum = inside.reduce((total, weight) => total + weight, 0);
    for (const [i, weight] of inside.entries()) {
      if (isInside(first - 1 + i, from)) matrix[target * from + first - 1 + i] = weight / sum;
    }
  }
  return matrix;
}

function isInside(index: number, length: number): boolean {
  return index >= 0 && index < length;
}

/** @param x The distance, 0 to 2. */
function cubic(x: number): number {
  return x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
}

function transposed(matrix: Float32Array, columns: number): Float32Array {
  const rows = matrix.length / columns;
  return matrix.map((_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)]!);
}
