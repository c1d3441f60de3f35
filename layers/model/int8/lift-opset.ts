/** Raises old graphs to the first opset with integer operators. */
import { type ModelProto, toNumber } from '../onnx/proto.ts';
import { UnusableModel } from '../unusable-model.ts';

/** The first opset with QLinearConv. */
const leastOpset = 10;
/** From here to `leastOpset`, only the operators below changed their meaning. */
const oldestOpset = 7;
const changed = new Set(['Scan', 'Slice', 'TopK', 'Upsample']);

/**
 * Changes a model in place, if its opset is too old.
 *
 * @returns The opset.
 * @throws UnusableModel if an operator of the graph has changed since.
 */
export function liftOpset(model: ModelProto): number {
  const found = toNumber(model.opsetImport.find(({ domain }) => !domain)?.version ?? 0);
  if (found >= leastOpset) return found;
  const obstacle = model.graph.node.find(({ opType }) => changed.has(opType));
  if (found < oldestOpset || obstacle) {
    throw new UnusableModel(
      `the network uses opset ${found}${obstacle ? `, and its operator ${obstacle.opType} has changed since` : ''}; integer operators need opset ${leastOpset}: export it again with opset 13 or newer, or convert it with onnx.version_converter.convert_version(model, 13)`,
    );
  }
  const others = model.opsetImport.filter(({ domain }) => domain);
  Object.assign(model, { opsetImport: [{ version: leastOpset }, ...others] });
  return leastOpset;
}
