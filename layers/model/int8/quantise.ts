/**
 * Static quantisation: a float32 network and some images -> the same network computing with integers. Weights take seven bits,
 * so that no processor saturates, with a scale for each output channel; the values between layers take eight, with one scale.
 */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasSubgraphs } from '../onnx/adapt.ts';
import { embedData } from '../onnx/external-data.ts';
import { loadNetwork } from '../onnx/optimise.ts';
import { encodeModel, type ModelProto, type NodeProto, readModel } from '../onnx/proto.ts';
import { assertFinite } from '../onnx/write-graph.ts';
import { UnusableModel } from '../unusable-model.ts';
import { isDense } from './channels.ts';
import { covarianceOf, groupByMemory, sumProducts } from './covariance.ts';
import { readFloatGraph } from './float-graph.ts';
import { liftOpset } from './lift-opset.ts';
import type { Calibration, Correlation, Observation, Observed } from './observation.ts';
import { observe } from './observe.ts';
import { channelAxisOf, type Plan, planOf, type WeightedLayer } from './plan.ts';
import { percentileRange } from './ranges.ts';
import { rewrite } from './rewrite.ts';
import { type RoundedLayer, roundLayer } from './round-layer.ts';
import { type ByteScale, byteScaleOf } from './rounding.ts';

/**
 * Quantises a network.
 *
 * @param from The float32 network. @param folder Takes the result and intermediate files.
 * @returns The path of the quantised network.
 * @throws UnusableModel if nothing in it can be quantised, its opset is too old, or its weights or values are not finite.
 */
export async function quantise(from: string, calibration: Calibration, folder: string): Promise<string> {
  const model = await readFolded(from, join(folder, 'folded.onnx'));
  if (hasSubgraphs(model.graph)) {
    throw new UnusableModel(
      'the network has branches or loops (If, Loop, Scan), which --precision int8 cannot follow: use --precision fp16',
    );
  }
  const opset = liftOpset(model);
  const plan = planOf(readFloatGraph(model.graph));
  if (plan.layers.length === 0) {
    throw new UnusableModel(
      'the network has no convolution after its first one, and no matrix product with constant weights, that could compute with integers: use --precision fp16',
    );
  }
  for (const { node, kernel, bias } of plan.layers) {
    assertFinite(kernel.values, node.input[1]!);
    if (bias) assertFinite(bias.values, node.input[2]!);
  }
  const path = join(folder, 'observed.onnx');
  const observations = observationsOf(plan);
  const observed = await observe(model, observations, calibration, path);
  const scales = scalesOf(plan, observed);
  const sumGroup = (group: readonly Correlation[]) =>
    sumProducts(model, observations, group, calibration, path);
  rewrite(model, opset, plan, scales, await roundLayers(plan, scales, observed, sumGroup));
  const quantised = join(folder, 'quantised.onnx');
  writeFileSync(quantised, encodeModel(model));
  return quantised;
}

/** Lets ONNX Runtime fold constants and normalisations. At the level `basic`, it uses only operators of ONNX itself. */
async function readFolded(from: string, path: string): Promise<ModelProto> {
  const session = await loadNetwork(from, { graphOptimizationLevel: 'basic', optimizedModelFilePath: path });
  await session.release();
  const model = await readModel(path);
  // It still points to the files next to the original.
  embedData(model.graph, dirname(from));
  return model;
}

function observationsOf({ layers, rounded }: Plan): Observation[] {
  const axes = new Map(layers.map((layer) => [layer.input, channelAxisOf(layer.node)]));
  return [...new Set([...rounded.values(), ...axes.keys()])].map((name) => ({
    name,
    channelAxis: axes.get(name) ?? 'last',
  }));
}

/** Cuts off one value in 100,000 on each side. Measured against other fractions, least squares and entropy. */
const kept = 0.99999;

function scalesOf({ rounded }: Plan, observed: ReadonlyMap<string, Observed>): Map<string, ByteScale> {
  return new Map(
    [...new Set(rounded.values())].map((name) => [
      name,
      byteScaleOf(percentileRange(observed.get(name)!.histogram, kept)),
    ]),
  );
}

/**
 * Rounds the weights of all layers. Only one covariance is in memory, and the sums of one group.
 *
 * @param sumGroup Sums the products of the channels of some values over the photos.
 */
async function roundLayers(
  { layers, rounded }: Plan,
  scales: ReadonlyMap<string, ByteScale>,
  observed: ReadonlyMap<string, Observed>,
  sumGroup: (group: readonly Correlation[]) => Promise<Map<string, Float64Array>>,
): Promise<Map<NodeProto, RoundedLayer>> {
  const results = new Map<NodeProto, RoundedLayer>();
  const correlations = correlationsOf(layers);
  const layersOf = new Map<string, WeightedLayer[]>();
  for (const layer of layers) layersOf.set(layer.input, [...(layersOf.get(layer.input) ?? []), layer]);
  const roundAfter = (input: string, covariance?: Float32Array) => {
    const { means } = observed.get(input)!;
    const scale = scales.get(rounded.get(input)!)!;
    for (const layer of layersOf.get(input)!) {
      results.set(layer.node, roundLayer(layer, scale, means, covariance));
    }
  };
  for (const input of layersOf.keys()) {
    if (!correlations.has(input)) roundAfter(input);
  }
  for (const group of groupByMemory([...correlations.values()])) {
    const sums = await sumGroup(group);
    for (const { name } of group) {
      const { means, places } = observed.get(name)!;
      roundAfter(name, covarianceOf(sums.get(name)!, means, places));
      sums.delete(name);
    }
  }
  return results;
}

/** The products of so many channels take 201 MB. A layer with more inputs has its weights rounded one by one. */
const mostChannels = 4096;

/** The inputs of layers whose weights are rounded together, by their names. */
function correlationsOf(layers: readonly WeightedLayer[]): Map<string, Correlation> {
  const correlations = new Map<string, Correlation>();
  for (const layer of layers.filter(isDense)) {
    const { node, input, kernel, axis } = layer;
    const channels = kernel.dims[1 - axis]!;
    if (channels <= mostChannels) {
      correlations.set(input, { name: input, channelAxis: channelAxisOf(node), channels });
    }
  }
  return correlations;
}
