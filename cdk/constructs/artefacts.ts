/** Builds the deployment artefacts under build/: the function's bundle and its two layers. */
import { join } from 'node:path';
import { bundleFunction } from '../../functions/bundle.ts';
import { readManifest } from '../../functions/classify/network/manifest.ts';
import { buildModelLayer, findModel } from '../../layers/model/layer.ts';
import { buildRuntimeLayer } from '../../layers/runtime/layer.ts';
import { type ArtefactSize, assertFitsLambda } from '../../layers/size.ts';

/** The folders that are deployed. */
export interface Artefacts {
  /** The function's bundle. */
  readonly functionDir: string;
  /** The ONNX Runtime layer. */
  readonly runtimeLayerDir: string;
  /** The model layer. */
  readonly modelLayerDir: string;
  /** The unpacked sizes of the function, the runtime layer and the model layer. */
  readonly sizes: readonly ArtefactSize[];
}

/**
 * Builds the artefacts for one architecture and model. Builds are reproducible, so an unchanged deployment uploads nothing,
 * and cached for the life of the process.
 *
 * @param arch `arm64` or `x64`, as in `process.arch`.
 * @param model A model's name, or the path of a model folder.
 * @throws InvalidModel, TooLargeForLambda
 */
export function buildArtefacts({ arch, model }: { arch: string; model: string }): Artefacts {
  const modelDir = findModel(model);
  const id = `${arch} ${modelDir}`;
  const artefacts = built.get(id) ?? build(arch, modelDir);
  built.set(id, artefacts);
  return artefacts;
}

/** Keyed by architecture and model folder. */
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
