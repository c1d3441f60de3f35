/**
 * Any Keras file -> its layers with their weights. There are three ways in which Keras stores them:
 *
 * - `.h5`: root attribute `layer_names`, and for each layer a group whose `weight_names` are the paths of its datasets.
 *   A whole model has the same below `/model_weights`.
 * - `.weights.h5`: `/layers/conv2d_7/vars/0`, `…/1`; Keras 3 names the layer in an attribute of `vars`, Keras 2 does not.
 * - `.keras`: a zip with a `.weights.h5` in it.
 *
 * Which it is is seen from the content: people rename files.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Group } from 'h5wasm/node';
import { fileKind } from '../file-kind.ts';
import { UnusableModel } from '../unusable-model.ts';
import { readKerasArchive } from './archive.ts';
import {
  openHdf5,
  type StoredTensor,
  stringAttribute,
  stringList,
  subgroup,
  subgroups,
  tensorAt,
  tensorsIn,
} from './hdf5.ts';
import { type ModelConfig, noConfig, readModelConfig } from './model-config.ts';

/** A layer that has weights: kernel and bias, or gamma, beta, moving mean and moving variance, in this order. */
export interface LayerWeights {
  /** Keras' name of the layer (`conv2_block1_1_conv`); in a file without names that of its group (`conv2d_7`). */
  readonly name: string;
  readonly tensors: readonly StoredTensor[];
}

/** An open Keras file; its tensors can be read until it is closed. */
export interface KerasFile {
  readonly path: string;
  /** In the order in which Keras would load them: that of the model's layers. */
  readonly layers: readonly LayerWeights[];
  readonly config: ModelConfig;
  readonly close: () => Promise<void>;
}

/** @throws UnusableModel if the file is not one that Keras writes, or is damaged. */
export async function openKerasFile(path: string): Promise<KerasFile> {
  return (await fileKind(path)) === 'zip' ? openArchive(path) : openWeights(path, path);
}

async function openArchive(path: string): Promise<KerasFile> {
  const { configJson, weights } = await readKerasArchive(path);
  const config = readModelConfig(configJson, path);
  const folder = await mkdtemp(join(tmpdir(), 'bucketlens-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const unpacked = join(folder, 'model.weights.h5');
    await writeFile(unpacked, weights);
    const file = await openWeights(unpacked, path);
    return { ...file, config, close: () => file.close().then(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function openWeights(hdf5Path: string, path: string): Promise<KerasFile> {
  const { root, close } = await openHdf5(hdf5Path, path);
  try {
    const configJson = stringAttribute(root, 'model_config');
    return {
      path,
      layers: layersOf(root, path).filter(({ tensors }) => tensors.some(isFloat)),
      config: configJson ? readModelConfig(configJson, path) : noConfig,
      close: async () => close(),
    };
  } catch (error) {
    close();
    if (error instanceof UnusableModel) throw error;
    // What the library says of a damaged file runs to a page and means nothing to users.
    throw new UnusableModel(`${path} is damaged: copy or download it again`, { cause: error });
  }
}

function layersOf(root: Group, path: string): LayerWeights[] {
  const legacyRoot = subgroup(root, 'model_weights') ?? root;
  const layerNames = stringList(legacyRoot, 'layer_names');
  if (layerNames) return layerNames.flatMap((name) => namedLayers(legacyRoot, name));

  const layers = subgroup(root, 'layers') ?? subgroup(root, '_layer_checkpoint_dependencies');
  if (layers) return numberedLayers(layers);
  throw new UnusableModel(
    `${path} is an HDF5 file, but not one of Keras': it has neither the attribute 'layer_names' nor a group 'model_weights' or 'layers'`,
  );
}

function namedLayers(root: Group, name: string): LayerWeights[] {
  const group = subgroup(root, name);
  if (!group)
    throw new UnusableModel(
      `${root.path}: layer '${name}' is listed in 'layer_names' but missing from the file`,
    );

  const tensorsByPrefix = new Map<string, StoredTensor[]>();
  for (const weightName of stringList(group, 'weight_names') ?? []) {
    const prefix = weightName.slice(0, Math.max(weightName.lastIndexOf('/'), 0));
    tensorsByPrefix.set(prefix, [...(tensorsByPrefix.get(prefix) ?? []), tensorAt(group, weightName)]);
  }
  // A model used as a layer of another has the weights of all its layers in one group, and only their names tell them apart.
  // Otherwise the group's name counts: of a model built twice in a session the weights are called conv1_conv_1/kernel.
  const isModel = tensorsByPrefix.size > 1;
  return [...tensorsByPrefix].map(([prefix, tensors]) => ({
    name: isModel ? prefix.slice(prefix.lastIndexOf('/') + 1) : name,
    tensors,
  }));
}

// As deep as models are nested in models; a damaged file can hold itself.
const maxDepth = 8;

function numberedLayers(parent: Group, depth = 0): LayerWeights[] {
  if (depth > maxDepth)
    throw new UnusableModel(`${parent.path}: groups are nested more than ${maxDepth} deep`);
  return subgroups(parent)
    .sort(byCounter)
    .flatMap((group) => {
      const vars = subgroup(group, 'vars');
      const tensors = vars ? tensorsIn(vars) : [];
      const name = (vars && stringAttribute(vars, 'name')) ?? lastName(group);
      const inner = subgroup(group, 'layers') ?? subgroup(group, '_layer_checkpoint_dependencies');
      return [
        ...(tensors.length > 0 ? [{ name, tensors }] : []),
        ...(inner ? numberedLayers(inner, depth + 1) : []),
      ];
    });
}

// conv2d, conv2d_1, … conv2d_10: the counter is the layer's place in the model, and the alphabet puts 10 before 2.
function byCounter(a: Group, b: Group): number {
  return counter(a) - counter(b);
}
function counter(group: Group): number {
  return Number(/_(\d+)$/.exec(group.path)?.[1] ?? 0);
}
function lastName({ path }: Group): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

// Dropout and random augmentation keep the state of their random numbers as integers, which predict nothing.
function isFloat({ isInteger }: StoredTensor): boolean {
  return !isInteger;
}
