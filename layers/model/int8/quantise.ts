/**
 * Static quantisation: a float32 network and some images -> the same network computing with integers. Weights take seven bits,
 * so that no processor saturates, with a scale for each output channel; the values between layers take eight, with one scale.
 */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Tensor } from '../../../functions/classify/tensor/preprocess.ts';
import { embedData } from '../onnx/external-data.ts';
import { loadNetwork } from '../onnx/optimise.ts';
import { encodeModel, type ModelProto, readModel } from '../onnx/proto.ts';
import { UnusableModel } from '../unusable-model.ts';
import { isDense } from './channels.ts';
import { readFloatGraph } from './float-graph.ts';
import type { Observation, Observed } from './observation.ts';
import { observe } from './observe.ts';
import { type Plan, planOf, type WeightedLayer } from './plan.ts';
import { percentileRange } from './ranges.ts';
import { rewrite } from './rewrite.ts';
import { roundLayer } from './round-layer.ts';
import { byteScaleOf } from './rounding.ts';

export interface Calibration {
  /** The name of the network's input. */
  readonly input: string;
  readonly images: readonly Tensor[];
}

/**
 * Quantises a network.
 *
 * @param from The float32 network. @param folder Takes the result and intermediate files.
 * @returns The path of the quantised network.
 * @throws UnusableModel if nothing in it can be quantised.
 */
export async function quantise(from: string, calibration: Calibration, folder: string): Promise<string> {
  const model = await readFolded(from, join(folder, 'folded.onnx'));
  const plan = planOf(readFloatGraph(model.graph));
  if (plan.layers.length === 0) {
    throw new UnusableModel(
      'the network has no convolution after its first one, and no matrix product with constant weights, that could compute with integers: use --precision fp16',
    );
  }
  const observed = await observe(model, observationsOf(plan), calibration, join(folder, 'observed.onnx'));
  applyPlan(model, plan, observed);
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

/** Covariances of more channels take too much memory: 64 MB for 4,096. */
const mostChannels = 4096;

function observationsOf({ layers, rounded }: Plan): Observation[] {
  const inputs = new Map(layers.map((layer) => [inputOf(layer), layer]));
  return [...new Set([...rounded.values(), ...inputs.keys()])].map((name) => {
    const layer = inputs.get(name);
    const channels = layer && isDense(layer) ? layer.kernel.dims[1 - layer.axis]! : Number.POSITIVE_INFINITY;
    return {
      name,
      channelAxis: layer?.node.opType === 'Conv' ? 'second' : 'last',
      ...(channels <= mostChannels && { channels }),
    };
  });
}

function inputOf({ node }: WeightedLayer): string {
  return node.input[0]!;
}

/** Cuts off one value in 100,000 on each side. Measured against other fractions, least squares and entropy. */
const kept = 0.99999;

function applyPlan(model: ModelProto, plan: Plan, observed: ReadonlyMap<string, Observed>): void {
  const scales = new Map(
    [...new Set(plan.rounded.values())].map((name) => [
      name,
      byteScaleOf(percentileRange(observed.get(name)!.histogram, kept)),
    ]),
  );
  const layers = new Map(
    plan.layers.map((layer) => {
      const input = inputOf(layer);
      const scale = scales.get(plan.rounded.get(input)!)!;
      return [layer.node, roundLayer(layer, scale, observed.get(input)!)];
    }),
  );
  rewrite(model, plan, scales, layers);
}
