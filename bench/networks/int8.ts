/** The measured networks as int8, calibrated with the golden images: their labels do not matter here, their time does. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { defaultLimits } from '../../functions/classify/image/limits.ts';
import { readManifest } from '../../functions/classify/network/manifest.ts';
import { readImage } from '../../functions/classify/tensor/read-image.ts';
import { quantise } from '../../layers/model/int8/quantise.ts';
import { storeNetwork } from '../../layers/model/onnx/store.ts';
import type { BenchNetwork, StoredNetwork } from './bench-network.ts';

const goldens = join(import.meta.dirname, '../../test/goldens/images');

/** As many as the converter takes at least. */
const images = 16;

/** Makes the int8 network of a model folder below `home`, unless it exists. */
export async function makeInt8({ plain, folder }: BenchNetwork, home: string): Promise<StoredNetwork> {
  const manifest = readManifest(folder);
  const made = join(home, `int8-${manifest.name}`);
  if (!existsSync(made)) {
    const scratch = `${made}.building`;
    rmSync(scratch, { recursive: true, force: true });
    const target = join(scratch, 'stored');
    mkdirSync(target, { recursive: true });
    const calibration = { input: manifest.input.name, images: await readGoldens(manifest) };
    const quantised = await quantise(plain, calibration, scratch);
    await storeNetwork(quantised, join(target, 'network.onnx'), join(target, 'network.bin'), 'fp32', scratch);
    renameSync(target, made);
    rmSync(scratch, { recursive: true });
  }
  return { plain, stored: join(made, 'network.onnx') };
}

async function readGoldens(manifest: ReturnType<typeof readManifest>) {
  const names = readdirSync(goldens).filter((name) => name.endsWith('.jpg') && !name.startsWith('bad_'));
  const read = names
    .sort()
    .slice(0, images)
    .map((name) => readImage(readFileSync(join(goldens, name)), defaultLimits, manifest));
  return (await Promise.all(read)).map(({ toTensor }) => toTensor());
}
