/** Runs a float32 network on the calibration photos, and collects statistics of the values inside. */
import { rmSync, writeFileSync } from 'node:fs';
import { type InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Tensor } from '../../../functions/classify/tensor/preprocess.ts';
import { loadNetwork } from '../onnx/optimise.ts';
import { encodeModel, float32, type ModelProto } from '../onnx/proto.ts';
import { covarianceOf, productsName, withProducts } from './covariance.ts';
import type { Observation, Observed } from './observation.ts';
import { count, createHistogram, type Range, widen } from './ranges.ts';

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
  const products = observations.filter(({ channels }) => channels !== undefined).map(({ name }) => name);
  const forEachValue = async (
    wanted: readonly string[],
    visit: (name: string, value: InferenceSession.OnnxValueMapType[string]) => void,
  ) => {
    const inner = wanted.filter((name) => name !== input);
    for (const { data, dims } of images) {
      const image = new OrtTensor('float32', data, dims);
      const results = await session.run({ [input]: image }, inner);
      for (const name of wanted) visit(name, name === input ? image : results[name]!);
    }
  };
  try {
    const names = observations.map(({ name }) => name);
    const ranges = new Map<string, Range>();
    await forEachValue(names, (name, { data }) =>
      ranges.set(name, widen(ranges.get(name), data as Float32Array)),
    );
    const statistics = new Map<string, Statistics>();
    const axisOf = new Map(observations.map(({ name, channelAxis }) => [name, channelAxis]));
    const sums = new Map<string, Float64Array>();
    await forEachValue([...names, ...products.map(productsName)], (name, { data, dims }) => {
      const values = data as Float32Array;
      if (!ranges.has(name)) {
        sums.set(name, add(sums.get(name), values));
        return;
      }
      const channels = dims.at(axisOf.get(name) === 'second' ? 1 : -1)!;
      const found = statistics.get(name) ?? {
        histogram: createHistogram(ranges.get(name)!),
        means: new Float64Array(channels),
        places: 0,
      };
      count(found.histogram, values);
      const inner = axisOf.get(name) === 'second' ? values.length / dims[0]! / channels : 1;
      addMeans(found.means, values, inner, images.length);
      statistics.set(name, { ...found, places: found.places + values.length / channels });
    });
    return new Map(
      names.map((name) => {
        const { histogram, means, places } = statistics.get(name)!;
        const sum = sums.get(productsName(name));
        return [name, { histogram, means, ...(sum && { covariance: covarianceOf(sum, means, places) }) }];
      }),
    );
  } finally {
    await session.release();
    rmSync(path, { force: true });
  }
}

interface Statistics extends Omit<Observed, 'covariance'> {
  /** The number of values of each channel. */
  readonly places: number;
}

function add(sums: Float64Array | undefined, values: Float32Array): Float64Array {
  if (!sums) return Float64Array.from(values);
  for (let i = 0; i < sums.length; i++) sums[i]! += values[i]!;
  return sums;
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
  const { node, initializer, output } = graph;
  const observed = withProducts({ ...graph, output: [...output, ...added] }, observations);
  // Assigned, not copied: a copy would lose the fields that onnx.proto does not name.
  Object.assign(graph, observed);
  writeFileSync(path, encodeModel(model));
  Object.assign(graph, { node, initializer, output });
  return loadNetwork(path, { graphOptimizationLevel: 'all' });
}
