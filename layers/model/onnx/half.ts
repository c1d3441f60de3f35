/**
 * Stores weights as float16: half the size, still computed as float32. A Cast node converts each one back when the network
 * runs. Rounding changes a weight by at most 1 part in 2048 (by 2^-25, if it is smaller than 2^-14).
 */
import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { UnusableModel } from '../unusable-model.ts';
import { createDataFile } from './data-file.ts';
import { readExternal } from './external-data.ts';
import {
  encodeModel,
  float32,
  intAttribute,
  type NodeProto,
  readModel,
  type TensorProto,
  toNumber,
} from './proto.ts';

/**
 * Rewrites an optimised .onnx file and its weights. Run it after the optimisation, which would compute the casts in advance.
 *
 * @param from The optimised file, with its weights in a file next to it.
 * @param to The new .onnx file.
 * @param dataPath Its weights, in the same folder.
 * @throws UnusableModel if a weight is too large for float16.
 */
export async function storeAsHalf(from: string, to: string, dataPath: string): Promise<void> {
  const model = await readModel(from);
  const data = createDataFile(dataPath);
  const casts: NodeProto[] = [];
  const halve = (tensor: TensorProto): TensorProto => {
    if (tensor.dataType !== float32 || !tensor.externalData?.length) return tensor;
    const stored = `${tensor.name}_half`;
    casts.push({
      name: `${tensor.name}_cast`,
      opType: 'Cast',
      input: [stored],
      output: [tensor.name],
      attribute: [{ name: 'to', type: intAttribute, i: float32 }],
    });
    const values = new Float32Array(readExternal(tensor, dirname(from)).buffer);
    return data.append(stored, tensor.dims, halves(values, tensor.name));
  };
  try {
    const initializer = model.graph.initializer.map(halve);
    const nowComputed = new Set(casts.flatMap(({ output }) => output));
    // Assigned, not copied: a copy would lose the fields that onnx.proto does not name.
    Object.assign(model.graph, {
      initializer,
      node: [...casts, ...model.graph.node],
      // Before version 4 of the format, weights are inputs too.
      input: model.graph.input.filter(({ name }) => !nowComputed.has(name)),
    });
    Object.assign(model, { irVersion: Math.max(toNumber(model.irVersion), 4) });
    writeFileSync(to, encodeModel(model));
  } finally {
    data.close();
  }
}

/**
 * Rounds to the nearest float16, ties to even.
 *
 * @param name The weight's name, for error messages.
 * @returns The bits of each value.
 * @throws UnusableModel if a value exceeds 65504, the largest float16.
 */
export function halves(values: Float32Array, name: string): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const result = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i]!);
    if (magnitude >= overflow) {
      throw new UnusableModel(
        `weight '${name}' holds ${values[i]}; float16 ends at 65504: use --precision fp32`,
      );
    }
    const sign = (bits[i]! >>> 16) & 0x8000;
    result[i] = sign | (magnitude < smallestNormal ? subnormal(magnitude) : normal(bits[i]! & 0x7fffffff));
  }
  return result;
}

// The smallest magnitude whose nearest float16 is infinity.
const overflow = 65520;
const smallestNormal = 2 ** -14;

// Float32 numbers from 0.5 to 1 stand 2^-24 apart, as subnormal float16 do: adding 0.5 rounds to that grid.
function subnormal(magnitude: number): number {
  return (Math.fround(magnitude + 0.5) - 0.5) * 2 ** 24;
}

/** Moves the exponent's bias from 127 to 15 and rounds away the 13 lowest bits; a carry runs on into the exponent. */
function normal(bits: number): number {
  return (bits - 0x38000000 + 0xfff + ((bits >>> 13) & 1)) >>> 13;
}
