/** Runs a float32 network on the calibration photos, and shows the values inside. */
import { rmSync, writeFileSync } from 'node:fs';
import { type InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { loadNetwork } from '../onnx/optimise.ts';
import { encodeModel, float32, type GraphProto, type ModelProto, type ValueProto } from '../onnx/proto.ts';
import type { Calibration, Observation } from './observation.ts';

/** The parts of a graph that give it further outputs. */
export type ExtendedGraph = Pick<GraphProto, 'node' | 'initializer' | 'output'>;

type Value = InferenceSession.OnnxValueMapType[string];

/** Runs the network on all photos, and visits the values of these names. */
type ForEachValue = (names: readonly string[], visit: (name: string, value: Value) => void) => Promise<void>;

/**
 * Opens a network with further outputs.
 *
 * @param path A file that may be written, and is removed again.
 * @param use Reads the values; the network is closed afterwards.
 */
export async function withInnerValues<Result>(
  {
    model,
    graph,
    path,
  }: { readonly model: ModelProto; readonly graph: ExtendedGraph; readonly path: string },
  { input, images }: Calibration,
  use: (forEachValue: ForEachValue) => Promise<Result>,
): Promise<Result> {
  const session = await open(model, graph, path);
  try {
    return await use(async (names, visit) => {
      const computed = names.filter((name) => name !== input);
      for (const { data, dims } of images) {
        const image = new OrtTensor('float32', data, dims);
        const results = await session.run({ [input]: image }, computed);
        for (const name of names) visit(name, name === input ? image : results[name]!);
      }
    });
  } finally {
    await session.release();
    rmSync(path, { force: true });
  }
}

async function open(model: ModelProto, extended: ExtendedGraph, path: string): Promise<InferenceSession> {
  const { node, initializer, output } = model.graph;
  // Assigned, not copied: a copy would lose the fields that onnx.proto does not name.
  Object.assign(model.graph, extended);
  writeFileSync(path, encodeModel(model));
  Object.assign(model.graph, { node, initializer, output });
  return loadNetwork(path, { graphOptimizationLevel: 'all' });
}

/** Makes values inside a graph its outputs. */
export function withOutputs(graph: GraphProto, observations: readonly Observation[]): GraphProto {
  const known = new Set([...graph.output, ...graph.input].map(({ name }) => name));
  const added = observations.filter(({ name }) => !known.has(name)).map(({ name }) => floatOutput(name));
  return { ...graph, output: [...graph.output, ...added] };
}

export function floatOutput(name: string): ValueProto {
  return { name, type: { tensorType: { elemType: float32 } } };
}
