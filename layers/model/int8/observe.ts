/** Runs a float32 network on the calibration photos, and collects statistics of the values inside. */
import { rmSync, writeFileSync } from 'node:fs';
import { type InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Tensor } from '../../../functions/classify/tensor/preprocess.ts';
import { loadNetwork } from '../onnx/optimise.ts';
import { encodeModel, float32, type ModelProto } from '../onnx/proto.ts';
import { count, createHistogram, type Histogram, type Range, widen } from './ranges.ts';

export interface Observation {
  readonly name: string;
  /** The axis of the means. */
  readonly channelAxis: 'second' | 'last';
}

export interface Observed {
  readonly histogram: Histogram;
  /** The mean of each channel. */
  readonly means: Float64Array;
}

/**
 * Observes values inside a network over all images. The first pass finds the ranges, the second one counts.
 *
 * @param path A file that may be written, and is removed again.
 */
export async function observe(
  model: ModelProto,
  observations: readonly Observation[],
  { input, images }: { readonly input: string; readonly images: readonly Tensor[] },
  path: string,
): Promise<ReadonlyMap<string, Observed>> {
  const session = await openWithOutputs(model, observations, path);
  const forEachValue = async (
    visit: (name: string, value: InferenceSession.OnnxValueMapType[string]) => void,
  ) => {
    const names = observations.map(({ name }) => name);
    const inner = names.filter((name) => name !== input);
    for (const { data, dims } of images) {
      const image = new OrtTensor('float32', data, dims);
      const results = await session.run({ [input]: image }, inner);
      for (const name of names) visit(name, name === input ? image : results[name]!);
    }
  };
  try {
    const ranges = new Map<string, Range>();
    await forEachValue((name, { data }) => ranges.set(name, widen(ranges.get(name), data as Float32Array)));
    const observed = new Map<string, Observed>();
    const axisOf = new Map(observations.map(({ name, channelAxis }) => [name, channelAxis]));
    await forEachValue((name, { data, dims }) => {
      const channels = dims.at(axisOf.get(name) === 'second' ? 1 : -1)!;
      const found = observed.get(name) ?? {
        histogram: createHistogram(ranges.get(name)!),
        means: new Float64Array(channels),
      };
      observed.set(name, found);
      count(found.histogram, data as Float32Array);
      const inner = axisOf.get(name) === 'second' ? data.length / dims[0]! / channels : 1;
      addMeans(found.means, data as Float32Array, inner, images.length);
    });
    return observed;
  } finally {
    await session.release();
    rmSync(path, { force: true });
  }
}

/** @param inner The number of values of a channel that stand next to each other. */
function addMeans(means: Float64Array, values: Float32Array, inner: number, images: number): void {
  const share = means.length / values.length / images;
  for (let start = 0, channel = 0; start < values.length; start += inner, channel++) {
    let sum = 0;
    for (let i = start; i < start + inner; i++) sum += values[i]!;
    means[channel % means.length]! += sum * share;
  }
}

/** Opens the network with further outputs. */
async function openWithOutputs(
  model: ModelProto,
  observations: readonly Observation[],
  path: string,
): Promise<InferenceSession> {
  const { graph } = model;
  const known = new Set([...graph.output, ...graph.input].map(({ name }) => name));
  const added = observations
    .filter(({ name }) => !known.has(name))
    .map(({ name }) => ({ name, type: { tensorType: { elemType: float32 } } }));
  const { output } = graph;
  // Assigned, not copied: a copy would lose the fields that onnx.proto does not name.
  Object.assign(graph, { output: [...output, ...added] });
  writeFileSync(path, encodeModel(model));
  Object.assign(graph, { output });
  return loadNetwork(path, { graphOptimizationLevel: 'all' });
}
