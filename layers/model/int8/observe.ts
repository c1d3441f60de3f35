/** Collects statistics of the values inside a float32 network over the calibration photos. */
import type { ModelProto } from '../onnx/proto.ts';
import { UnusableModel } from '../unusable-model.ts';
import { withInnerValues, withOutputs } from './inner-values.ts';
import type { Calibration, Observation, Observed } from './observation.ts';
import { count, createHistogram, type Range, widen } from './ranges.ts';

/**
 * Observes values inside a network over all photos. The first pass finds the ranges, the second one counts.
 *
 * @param path A file that may be written, and is removed again.
 * @throws UnusableModel if a value is not a finite number.
 */
export function observe(
  model: ModelProto,
  observations: readonly Observation[],
  calibration: Calibration,
  path: string,
): Promise<ReadonlyMap<string, Observed>> {
  const graph = withOutputs(model.graph, observations);
  return withInnerValues({ model, graph, path }, calibration, async (forEachValue) => {
    const names = observations.map(({ name }) => name);
    const ranges = new Map<string, Range>();
    await forEachValue(names, (name, { data }) =>
      ranges.set(name, widen(ranges.get(name), data as Float32Array)),
    );
    const observed = new Map<string, Observed>();
    const axisOf = new Map(observations.map(({ name, channelAxis }) => [name, channelAxis]));
    await forEachValue(names, (name, { data, dims }) => {
      const values = data as Float32Array;
      const axis = axisOf.get(name) === 'second' ? 1 : dims.length - 1;
      const channels = dims[axis]!;
      const found = observed.get(name) ?? {
        histogram: createHistogram(ranges.get(name)!),
        means: new Float64Array(channels),
        places: 0,
      };
      count(found.histogram, values);
      const inner = dims.slice(axis + 1).reduce((a, b) => a * b, 1);
      addMeans(found.means, values, inner, calibration.images.length);
      observed.set(name, { ...found, places: found.places + values.length / channels });
    });
    for (const [name, { means }] of observed) assertFiniteMeans(means, name);
    return observed;
  });
}

/** @throws UnusableModel if a photo led to a value that is not finite: the mean is not then, either. */
function assertFiniteMeans(means: Float64Array, name: string): void {
  if (means.every(Number.isFinite)) return;
  throw new UnusableModel(
    `the network computes numbers that are not finite from the photos (at '${name}'), which bytes cannot hold: see that the preprocessing is the one of its training, or use --precision fp32`,
  );
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
