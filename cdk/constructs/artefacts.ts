/** Builds the deployment artefacts under build/: the function's bundle and its two layers. */
import { join } from 'node:path';
import { bundleFunction } from '../../functions/bundle.ts';
import type { GivenLabelRules } from '../../functions/classify/network/label-rules.ts';
import type { HeicDecoder } from '../../functions/heic-decoder.ts';
import { buildModelLayer, findModel, modelLayerName } from '../../layers/model/layer.ts';
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

export interface ArtefactOptions {
  /** `arm64` or `x64`, as in `process.arch`. */
  readonly arch: string;
  /** A model's name, or the path of a model folder. */
  readonly model: string;
  /** Rules in place of the model's own ones. */
  readonly labelRules?: GivenLabelRules | undefined;
  /** The decoder of HEIC, which the function then decodes. */
  readonly heic?: HeicDecoder;
}

/**
 * Builds the artefacts for one architecture, model and set of label rules. Builds are reproducible, so an unchanged deployment uploads nothing,
 * and cached for the life of the process.
 *
 * @throws InvalidModel, InvalidLabelRules, TooLargeForLambda
 */
export function buildArtefacts({ arch, model, labelRules, heic }: ArtefactOptions): Artefacts {
  const modelDir = findModel(model);
  const id = `${arch} ${modelDir} ${JSON.stringify(labelRules?.rules)} ${heic?.folder}`;
  const artefacts = built.get(id) ?? build(arch, modelDir, labelRules, heic);
  built.set(id, artefacts);
  return artefacts;
}

/** Keyed by architecture, model folder, label rules and decoder of HEIC. */
const built = new Map<string, Artefacts>();

function build(
  arch: string,
  modelDir: string,
  labelRules: GivenLabelRules | undefined,
  heic: HeicDecoder | undefined,
): Artefacts {
  const functionDir = join(buildDir, heic ? 'function-with-heic' : 'function');
  const runtimeLayerDir = join(buildDir, `layers/runtime-linux-${arch}`);
  const modelLayerDir = join(buildDir, 'layers', modelLayerName(modelDir, labelRules));

  bundleFunction(functionDir, heic);
  buildRuntimeLayer({ platform: 'linux', arch, outDir: runtimeLayerDir });
  buildModelLayer({ modelDir, outDir: modelLayerDir, ...(labelRules && { labelRules }) });
  const sizes = assertFitsLambda([functionDir, runtimeLayerDir, modelLayerDir]);
  return { functionDir, runtimeLayerDir, modelLayerDir, sizes };
}

const buildDir = join(import.meta.dirname, '../../build');
