/** Reads an ONNX file as the source of a model. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type ModelManifest, readManifest } from '../../../functions/classify/network/manifest.ts';
import type { Preprocessing } from '../../../functions/classify/tensor/preprocess.ts';
import { fixSize } from '../size.ts';
import type { ReadingOptions, SourceNetwork } from '../source-network.ts';
import { findEnding, isQuantised } from './ending.ts';
import { inspectGraph } from './inspect.ts';
import { readModel } from './proto.ts';

/** @throws UnusableModel if the file is damaged or not a classifier of single images. */
export async function readOnnx(path: string, { size }: ReadingOptions): Promise<SourceNetwork> {
  const { graph, producerName } = await readModel(path);
  const { input, output } = inspectGraph(graph, path);
  const manifest = manifestBeside(path);
  return {
    title: producerName ? `ONNX network of ${producerName}` : 'ONNX network',
    onnxPath: path,
    input: { name: input.name, layout: input.layout, ...fixSize(input, size, path) },
    output: { name: output },
    ending: findEnding(graph, output),
    isQuantised: isQuantised(graph),
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
