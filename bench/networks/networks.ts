/** The measured networks: ResNet50 with random weights, prepared as Keras or torchvision do, and the embedded one. */
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readManifest } from '../../functions/classify/network/manifest.ts';
import { filesIn } from '../../layers/folder.ts';
import { findModel } from '../../layers/model/layer.ts';
import type { BenchNetwork } from './bench-network.ts';
import { makeRandomResnet } from './random-resnet.ts';

/** Preparations of a picture; contenders/recipe.js has the same. */
export const recipes = ['keras', 'embedded', 'torchvision'] as const;
export type Recipe = (typeof recipes)[number];

/** Makes them below `home`, unless they exist. */
export async function makeNetworks(home: string): Promise<Readonly<Record<Recipe, BenchNetwork>>> {
  const keras = await makeRandomResnet(home);
  const folder = findModel('efficientnet-lite0');
  const stored = join(folder, readManifest(folder).file);
  return {
    keras,
    embedded: { folder, stored, plain: stored },
    torchvision: { ...keras, folder: withTorchvisionRecipe(keras.folder, join(home, 'torchvision')) },
  };
}

/** The same network in a model folder that asks for `Resize(256)` and `CenterCrop(224)`. */
function withTorchvisionRecipe(folder: string, made: string): string {
  rmSync(made, { recursive: true, force: true });
  mkdirSync(made, { recursive: true });
  for (const file of filesIn(folder)) linkSync(join(folder, file), join(made, basename(file)));
  const manifest = join(made, 'model.json');
  const preprocess = {
    mode: 'torch',
    interpolation: 'bilinear',
    policy: 'resize-crop',
    resizeTo: 256,
    orientation: 'exif',
  };
  const changed = { ...JSON.parse(readFileSync(manifest, 'utf8')), preprocess };
  // A file of its own: the other one is the same file under another name.
  rmSync(manifest);
  writeFileSync(manifest, JSON.stringify(changed));
  return made;
}
