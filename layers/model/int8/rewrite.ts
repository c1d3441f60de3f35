/**
 * Rewrites a float32 graph into its quantised form: QuantizeLinear and DequantizeLinear around the operators that compute with
 * integers. ONNX Runtime replaces each such group by one integer operator.
 */
import { type ModelProto, type NodeProto, toNumber } from '../onnx/proto.ts';
import type { Plan } from './plan.ts';
import { createQdqWriter, type QdqWriter, roundedName } from './qdq.ts';
import type { RoundedLayer } from './round-layer.ts';
import type { ByteScale } from './rounding.ts';

/**
 * Changes a model in place.
 *
 * @param opset That of the model. @param scales By the names of the values that the plan rounds.
 * @param layers By the nodes of the plan's layers.
 */
export function rewrite(
  model: ModelProto,
  opset: number,
  { rounded, merged }: Plan,
  scales: ReadonlyMap<string, ByteScale>,
  layers: ReadonlyMap<NodeProto, RoundedLayer>,
): void {
  const { graph } = model;
  const writer = createQdqWriter(opset);
  const redundant = new Set(merged.values());
  const round = (name: string) => {
    const origin = rounded.get(name);
    if (origin !== undefined) writer.round(name, origin);
  };
  for (const [name, scale] of scales) writer.scale(name, scale);
  for (const { name } of graph.input) round(name);
  for (const node of graph.node) {
    const [output = ''] = node.output;
    if (redundant.has(output)) continue;
    const layer = layers.get(node);
    const input = node.input.map((name) => (rounded.has(name) ? roundedName(name) : name));
    if (layer) addWeights(writer, output, input, layer);
    const outputs = [merged.get(output) ?? output, ...node.output.slice(1)];
    // Assigned, not copied: a copy would lose the fields that onnx.proto does not name.
    writer.nodes.push(Object.assign(node, { input, output: outputs }));
    for (const name of outputs) round(name);
  }
  const used = new Set(writer.nodes.flatMap(({ input }) => input));
  const weights = new Set(graph.initializer.map(({ name }) => name));
  Object.assign(graph, {
    node: writer.nodes,
    initializer: [...graph.initializer, ...writer.tensors].filter(({ name }) => used.has(name)),
    input: graph.input.filter(({ name }) => !weights.has(name)),
    valueInfo: [],
  });
  // Before version 4 of the format, weights had to be inputs too.
  Object.assign(model, { irVersion: Math.max(toNumber(model.irVersion), 4) });
}

function addWeights(writer: QdqWriter, output: string, input: string[], layer: RoundedLayer): void {
  const { integers, dims, scales, axis } = layer.kernel;
  input[1] = writer.constant(`${output}__weights`, integers, dims, scales, axis);
  if (!layer.bias) return;
  const { length } = layer.bias.integers;
  input[2] = writer.constant(`${output}__bias`, layer.bias.integers, [length], layer.bias.scales, 0);
}
