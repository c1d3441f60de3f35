/** Random small classifiers of all supported layers, and others of one layer each, made by Keras 3 and Keras 2, give the outputs of Keras. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder, unpacked, unpackTo } from '../fixtures.ts';
import { greatestDifference, runConverted } from './run-converted.ts';

interface RandomGraph {
  readonly file: string;
  /** In float64. */
  readonly outputs: readonly number[];
  /** The distance of Keras' float32 outputs from these. */
  readonly error: number;
}

const folder = temporaryFolder();
const home = join(import.meta.dirname, '../fixtures/graphs');

function pathOf(file: string): string {
  if (file.endsWith('.h5')) return unpackTo(folder, `graphs/${file}`);
  const path = join(folder, file);
  copyFileSync(join(home, file), path);
  return path;
}

/** As `scripts/make_graphs.py` has them. */
function pixels(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => (i * 7919 + i * i * 31) % 256);
}

describe.each(['graphs', 'tf-graphs', 'layers', 'tf-layers'])('the models in %s', (list) => {
  const graphs = JSON.parse(unpacked(`graphs/${list}.json`).toString()) as readonly RandomGraph[];

  it.each(graphs)("gives Keras' outputs: $file", async ({ file, outputs, error }) => {
    const path = pathOf(file);
    const { network } = await runConverted(path, []);
    const { width, height } = network.input;

    const found = await runConverted(path, [pixels(width * height * 3)]);

    const scale = Math.max(1, ...outputs.map(Math.abs));
    expect(greatestDifference(found.outputs[0]![0]!, outputs)).toBeLessThan(
      Math.max(1e-5 * scale, 4 * error),
    );
  });
});
