/** Averages over windows of an edge as a matrix. */

/** Adaptive pooling: window i reaches from i/to to (i+1)/to of the length, rounded outwards, so that windows may overlap. */
export function adaptiveWindows(from: number, to: number): { start: number; size: number }[] {
  return Array.from({ length: to }, (_, i) => {
    const start = Math.floor((i * from) / to);
    return { start, size: Math.ceil(((i + 1) * from) / to) - start };
  });
}

/** @returns The averages over `adaptiveWindows` as a matrix [to, from]. */
export function adaptiveMatrix(from: number, to: number): Float32Array {
  const matrix = new Float32Array(to * from);
  for (const [target, { start, size }] of adaptiveWindows(from, to).entries()) {
    matrix.fill(1 / size, target * from + start, target * from + start + size);
  }
  return matrix;
}

/** TensorFlow's `area`: each value counts by its part in the window. @returns [to, from] */
export function averagingMatrix(from: number, to: number): Float32Array {
  const matrix = new Float32Array(to * from);
  const scale = from / to;
  for (let target = 0; target < to; target++) {
    const [start, end] = [target * scale, (target + 1) * scale];
    for (let source = Math.floor(start); source < Math.min(Math.ceil(end), from); source++) {
      const share = Math.min(source + 1, end) - Math.max(source, start);
      matrix[target * from + source] = share / scale;
    }
  }
  return matrix;
}
