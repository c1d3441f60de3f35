/** The models whose cost is computed: the embedded network and ResNet50, by recipe and precision. */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readManifest } from '../../functions/classify/network/manifest.ts';
import { filesIn } from '../../layers/folder.ts';
import type { BenchNetwork } from '../networks/bench-network.ts';
import { makeInt8 } from '../networks/int8.ts';
import { makeNetworks } from '../networks/networks.ts';
import { referenceModel } from './measurement.ts';

export interface CostModel {
  readonly name: string;
  /** The model folder. */
  readonly folder: string;
}

/** Makes the models below `home`, unless they exist; the benchmark shares them. int8 networks take minutes to make. */
export async function makeCostModels(home: string): Promise<CostModel[]> {
  const { keras, embedded, torchvision } = await makeNetworks(home);
  return [
    { name: 'efficientnet-lite0', folder: embedded.folder },
    { name: 'efficientnet-lite0, int8', folder: await int8Folder(embedded, home) },
    { name: referenceModel, folder: keras.folder },
    { name: `${referenceModel}, int8`, folder: await int8Folder(keras, home) },
    { name: `${referenceModel} prepared as torchvision does`, folder: torchvision.folder },
  ];
}

/** A model folder with an int8 network in place of its own. */
async function int8Folder(network: BenchNetwork, home: string): Promise<string> {
  const { stored } = await makeInt8(network, home);
  const made = join(home, `cost-${basename(dirname(stored))}`);
  rmSync(made, { recursive: true, force: true });
  mkdirSync(made);
  const manifest = readManifest(network.folder);
  const others = [manifest.labels, manifest.ancestors].filter((name) => name !== undefined);
  for (const name of others) copyFileSync(join(network.folder, name), join(made, name));
  for (const name of filesIn(dirname(stored))) copyFileSync(join(dirname(stored), name), join(made, name));
  const json = JSON.parse(readFileSync(join(network.folder, 'model.json'), 'utf8'));
  writeFileSync(join(made, 'model.json'), JSON.stringify({ ...json, file: basename(stored) }));
  return made;
}
