/** What gets deployed: the function's bundle and its two layers, built under build/ as far as they are out of date. */
import { join } from 'node:path';
import { bundleFunction } from '../../functions/bundle.ts';
import { readManifest } from '../../functions/classify/network/manifest.ts';
import { buildModelLayer, findModel } from '../../layers/model/layer.ts';
import { buildRuntimeLayer } from '../../layers/runtime/layer.ts';
import { type ArtefactSize, assertFitsLambda } from '../../layers/size.ts';

/** Where it is, folder by folder. */
export interface Artefacts {
  /** The function's bundle. */
  readonly functionDir: string;
  /** The layer with ONNX Runtime. */
  readonly runtimeLayerDir: string;
  /** The layer with the network. */
  readonly modelLayerDir: string;
  /** Of the function, the runtime layer and the model layer. */
  readonly sizes: readonly ArtefactSize[];
}

/**
 * Builds what a function for one architecture needs. Takes a second, and nothing when the process has built it before; the
 * same sources give the same bytes, so that an unchanged deployment uploads nothing.
 *
 * @param arch As `process.arch` has it: `arm64` or `x64`.
 * @param model A name or the path of a model folder.
 * @throws InvalidModel, TooLargeForLambda
 */
export function buildArtefacts({ arch, model }: { arch: string; model: string }): Artefacts {
  const modelDir = findModel(model);
  const id = `${arch} ${modelDir}`;
  const artefacts = built.get(id) ?? build(arch, modelDir);
  built.set(id, artefacts);
  return artefacts;
}

/** By architecture and model folder. */
const built = new Map<string, Artefacts>();

function build(arch: string, modelDir: string): Artefacts {
  const functionDir = join(buildDir, 'function');
  const runtimeLayerDir = join(buildDir, `layers/runtime-linux-${arch}`);
  const modelLayerDir = join(buildDir, `layers/model-${readManifest(modelDir).name}`);

  bundleFunction(functionDir);
  buildRuntimeLayer({ platform: 'linux', arch, outDir: runtimeLayerDir });
  buildModelLayer({ modelDir, outDir: modelLayerDir });
  const sizes = assertFitsLambda([functionDir, runtimeLayerDir, modelLayerDir]);
  return { functionDir, runtimeLayerDir, modelLayerDir, sizes };
}

const buildDir = join(import.meta.dirname, '../../build');
