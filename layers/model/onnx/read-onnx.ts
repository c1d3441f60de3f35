/** Reads an ONNX file as the source of a model. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type ModelManifest, readManifest } from '../../../functions/classify/network/manifest.ts';
import type { Preprocessing } from '../../../functions/classify/tensor/preprocess.ts';
import { saturationOf } from '../int8/saturation.ts';
import { fixSize } from '../size.ts';
import type { ReadingOptions, SourceNetwork } from '../source-network.ts';
import { adaptModel } from './adapt.ts';
import { chooseOutput } from './choose-output.ts';
import { findEnding, isQuantised } from './ending.ts';
import { assertDataFiles } from './external-data.ts';
import { inspectInput } from './inspect.ts';
import { readModel, uint8 } from './proto.ts';

/** @throws UnusableModel if the file is damaged or not a classifier of single images. */
export async function readOnnx(path: string, options: ReadingOptions): Promise<SourceNetwork> {
  const model = await readModel(path);
  assertDataFiles(model.graph, path);
  const manifest = manifestBeside(path);
  const input = inspectInput(model.graph, path, options.assumed);
  const output = chooseOutput(
    model.graph,
    { ...(manifest && { output: manifest.output.name }), ...options },
    path,
  );
  const isOpen = input.width === undefined || input.height === undefined;
  const size = fixSize(input, options.size ?? (isOpen ? options.assumed?.size : undefined), path);
  const ending = findEnding(model.graph, output.name);
  const saturation = saturationOf(model.graph);
  const adapted = adaptModel(model, input, output, { path, folder: options.folder });
  return {
    title: model.producerName ? `ONNX network of ${model.producerName}` : 'ONNX network',
    onnxPath: adapted.path,
    input: { name: adapted.input, layout: input.layout, ...size },
    channels: input.channels,
    takesBytes: input.elemType === uint8,
    output: { name: adapted.output },
    ending,
    isQuantised: isQuantised(model.graph),
    ...(saturation !== undefined && { assumptions: [saturation] }),
    ...(output.labels && { labels: output.labels }),
    ...(manifest && {
      manifest,
      preprocess: manifest.preprocess as Preprocessing,
      labels: join(dirname(path), manifest.labels),
    }),
  };
}

/** The `model.json` in the same folder, if it is this network's. */
function manifestBeside(path: string): ModelManifest | undefined {
  if (!existsSync(join(dirname(path), 'model.json'))) return undefined;
  const manifest = readManifest(dirname(path));
  return manifest.file === basename(path) ? manifest : undefined;
}
