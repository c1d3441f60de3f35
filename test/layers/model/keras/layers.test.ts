/** Settings of layers, operations and activations that tutorials seldom use give the values of Keras. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder, unpacked, unpackTo } from '../fixtures.ts';
import { greatestDifference, runConverted } from './run-converted.ts';

const folder = temporaryFolder();
const home = join(import.meta.dirname, '../fixtures/layers');
const keras3 = join(folder, 'keras3.keras');
copyFileSync(join(home, 'keras3.keras'), keras3);
const versions = [
  { version: 'keras3', path: keras3 },
  { version: 'keras2', path: unpackTo(folder, 'layers/keras2.h5') },
];

/** As `scripts/make_layers.py` has them. */
const pixels = Float32Array.from({ length: 4 * 6 * 3 }, (_, i) => (i * 7919 + i * i * 31) % 256);

describe.each(versions)('the layers in $version', async ({ version, path }) => {
  const expected: Readonly<Record<string, readonly number[]>> = JSON.parse(
    unpacked(`layers/${version}.json`).toString(),
  );
  const { network, outputs } = await runConverted(path, [pixels]);
  const found = new Map(network.outputs.map(({ layer }, i) => [layer, outputs[0]![i]!]));

  it.each(Object.entries(expected))("gives Keras' values of %s", (name, values) => {
    const scale = Math.max(1, ...values.map(Math.abs));
    expect(greatestDifference(found.get(`out_${name}`)!, values)).toBeLessThan(1e-5 * scale);
  });
});
