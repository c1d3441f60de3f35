/** Files in the safetensors format: the length of a JSON header, the header, and the tensors' bytes one after the other. */
import * as v from 'valibot';
import { parseJson } from '../huggingface/json-file.ts';
import { shown, UnusableModel } from '../unusable-model.ts';
import {
  type ElementType,
  elementBytes,
  type StoredTensor,
  type TensorMap,
  toFloats,
} from './tensor-file.ts';

// That of the format's own implementation.
const maxHeaderBytes = 100_000_000;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const schema = v.objectWithRest(
  { __metadata__: v.optional(v.record(v.string(), v.string())) },
  v.strictObject({
    dtype: v.string(),
    shape: v.array(whole),
    data_offsets: v.strictTuple([whole, whole]),
  }),
);

/**
 * Lists the tensors of a file. Their bytes are converted when they are read.
 *
 * @param path For messages.
 * @throws UnusableModel if the file is damaged.
 */
export function readSafetensors(bytes: Uint8Array, path: string): TensorMap {
  const header =
    bytes.length < 8
      ? Number.NaN
      : Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (!(header <= maxHeaderBytes && header <= bytes.length - 8)) {
    throw new UnusableModel(`${path} is not a complete safetensors file: its header is missing or cut off`);
  }
  const { __metadata__: _, ...entries } = parseJson(
    new TextDecoder().decode(bytes.subarray(8, 8 + header)),
    schema,
    path,
  );
  const data = bytes.subarray(8 + header);
  return new Map(
    Object.entries(entries).map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [start, end],
        },
      ]) => {
        const size = shape.reduce((product, side) => product * side, 1);
        const isKnown = dtype in elementBytes;
        const length = isKnown ? size * elementBytes[dtype as ElementType] : end - start;
        if (start > end || end > data.length || end - start !== length) {
          throw new UnusableModel(
            `${path}: tensor '${shown(name)}' of ${shown(dtype)} [${shown(shape.join(', '))}] does not fit its place in the file, which was cut off or is damaged`,
          );
        }
        const tensor: StoredTensor = {
          shape,
          read: () => {
            if (!isKnown)
              throw new UnusableModel(
                `${path}: tensor '${shown(name)}' holds ${shown(dtype)} elements; expected floats`,
              );
            return toFloats(data.subarray(start, end), dtype as ElementType, name);
          },
        };
        return [name, tensor];
      },
    ),
  );
}
