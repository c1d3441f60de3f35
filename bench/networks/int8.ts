/** The measured networks as int8, calibrated with the golden images: their labels do not matter here, their time does. */
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readManifest } from '../../functions/classify/network/manifest.ts';
import { buildModel } from '../../layers/model/build-model.ts';
import type { BenchNetwork, StoredNetwork } from './bench-network.ts';

const goldens = join(import.meta.dirname, '../../test/goldens/images');

/** Makes the int8 network of a model folder below `home`, unless it exists. @returns The network. */
export async function makeInt8({ plain, folder }: BenchNetwork, home: string): Promise<StoredNetwork> {
  const { name, labels, preprocess } = readManifest(folder);
  const made = join(home, `${name}-int8`);
  if (!existsSync(made)) {
    const { mode, interpolation, policy, cropFraction } = preprocess;
    await buildModel(
      {
        name,
        source: { path: plain, origin: 'the benchmark' },
        labels: join(folder, labels),
        precision: 'fp32',
        preprocessing: {
          ...(typeof mode === 'string' ? { mode } : { ...mode }),
          interpolation,
          policy,
          ...(cropFraction !== undefined && { cropFraction }),
        },
        quantisation: { photos: goldenPhotos(), allowLoss: true },
      },
      made,
    );
  }
  return { plain, stored: join(made, `${name}.onnx`) };
}

function goldenPhotos() {
  const names = readdirSync(goldens).filter((name) => name.endsWith('.jpg'));
  return {
    folder: goldens,
    files: names.sort().map((name) => join(goldens, name)),
    read: (file: string) => readFile(file),
    onSkipped: () => {},
  };
}
