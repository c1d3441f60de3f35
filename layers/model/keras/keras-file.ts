/**
 * Any file that Keras writes -> its configuration, if it has one, and its weights. There are three ways in which Keras stores them:
 *
 * - `.h5`: root attribute `layer_names`, and for each layer a group whose `weight_names` are the paths of its datasets.
 *   A whole model has the same below `/model_weights`, and its configuration in the attribute `model_config`.
 * - `.weights.h5`: `/layers/conv2d_7/vars/0`, `…/1`; Keras 3 names the layer in an attribute of `vars`, Keras 2 does not.
 * - `.keras`: a zip with a `.weights.h5` and the configuration in it.
 *
 * The content decides, not the name: people rename files.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Group } from 'h5wasm/node';
import { fileKind } from '../file-kind.ts';
import { UnusableModel } from '../unusable-model.ts';
import { readKerasArchive } from './archive.ts';
import { openHdf5, stringAttribute, stringList, subgroup } from './hdf5.ts';
import { type LayerWeights, listNamed, listNumbered } from './weights/listing.ts';
import { namedWeights } from './weights/named.ts';
import { numberedWeights } from './weights/numbered.ts';
import type { WeightStore } from './weights/weight-store.ts';

/** An open Keras file; its tensors can be read until it is closed. */
export interface KerasFile {
  readonly path: string;
  /** The model's architecture as Keras describes it, unparsed; absent in a file of weights alone. */
  readonly configJson?: string;
  /** `3.15.1` */
  readonly kerasVersion: string;
  readonly weights: WeightStore;
  /** Every layer that has weights. @throws UnusableModel if the file is damaged. */
  readonly list: () => readonly LayerWeights[];
  readonly close: () => Promise<void>;
}

// Keras itself takes a file that does not name its version for one of the first.
const firstVersion = '1';

/** @throws UnusableModel if the file is not one that Keras writes, or is damaged. */
export async function openKerasFile(path: string): Promise<KerasFile> {
  return (await fileKind(path)) === 'zip' ? openArchive(path) : openWeights(path, path);
}

async function openArchive(path: string): Promise<KerasFile> {
  const { configJson, kerasVersion, weights } = await readKerasArchive(path);
  const folder = await mkdtemp(join(tmpdir(), 'bucketlens-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const unpacked = join(folder, 'model.weights.h5');
    await writeFile(unpacked, weights);
    const file = await openWeights(unpacked, path);
    return { ...file, configJson, kerasVersion, close: () => file.close().then(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function openWeights(hdf5Path: string, path: string): Promise<KerasFile> {
  const { root, close } = await openHdf5(hdf5Path, path);
  try {
    return { ...inside(path, () => contents(root, path)), close: async () => close() };
  } catch (error) {
    close();
    throw error;
  }
}

function contents(root: Group, path: string): Omit<KerasFile, 'close'> {
  const configJson = stringAttribute(root, 'model_config');
  const legacyRoot = subgroup(root, 'model_weights') ?? root;
  const layerNames = stringList(legacyRoot, 'layer_names');
  const kerasVersion =
    stringAttribute(root, 'keras_version') ?? stringAttribute(legacyRoot, 'keras_version') ?? firstVersion;
  const common = { path, kerasVersion, ...(configJson && { configJson }) };
  if (layerNames) {
    return {
      ...common,
      weights: namedWeights(legacyRoot),
      list: () => inside(path, () => listNamed(legacyRoot, layerNames)),
    };
  }
  const layers = subgroup(root, 'layers') ?? subgroup(root, '_layer_checkpoint_dependencies');
  if (layers) {
    return {
      ...common,
      weights: numberedWeights(root),
      list: () => inside(path, () => listNumbered(layers)),
    };
  }
  throw new UnusableModel(
    `${path} is an HDF5 file, but not one of Keras': it has neither the attribute 'layer_names' nor a group 'model_weights' or 'layers'`,
  );
}

/** Errors of the HDF5 library run to a page and mean nothing to users. */
export function inside<Result>(path: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnusableModel) throw error;
    throw new UnusableModel(`${path} is damaged: copy or download it again`, { cause: error });
  }
}
