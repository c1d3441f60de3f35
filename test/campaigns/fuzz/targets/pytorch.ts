/** PyTorch state dicts (pickles) and safetensors: tensors of the sizes that the file holds, or an UnusableModel. */
import assert from 'node:assert/strict';
import { readSafetensors } from '../../../../layers/model/pytorch/safetensors.ts';
import { readStateDict } from '../../../../layers/model/pytorch/state-dict.ts';
import type { TensorMap } from '../../../../layers/model/pytorch/tensor-file.ts';
import { UnusableModel } from '../../../../layers/model/unusable-model.ts';
import {
  archive,
  dictionary,
  floats,
  legacy,
  safetensors,
  tensor,
} from '../../../layers/model/pytorch/pickles.ts';
import { resultOf } from '../target.ts';

export function seeds(): Uint8Array[] {
  const dict = dictionary({ a: tensor('0', [2, 1]), b: tensor('1', [1], { storage: 'HalfStorage' }) });
  return [
    archive(dict, { 0: floats(1, 2), 1: Uint8Array.of(0, 60) }),
    archive(dictionary({ state_dict: dict }), { 0: floats(1, 2), 1: Uint8Array.of(0, 60) }),
    legacy(dictionary({ a: tensor('0', [2]) }), '0', floats(1, 2)),
    safetensors(
      { __metadata__: { format: 'pt' }, a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } },
      floats(1, 2),
    ),
  ];
}

export async function check(input: Uint8Array): Promise<void> {
  const readers = [
    (...args: Parameters<typeof readStateDict>) => readStateDict(...args).tensors,
    readSafetensors,
  ];
  for (const read of readers) {
    const tensors = await resultOf(() => read(input, 'weights.pth'), UnusableModel);
    if (tensors instanceof Error) assert(tensors.message.length > 10 && tensors.message.length < 5000);
    else await checkTensors(tensors, input.length);
  }
}

async function checkTensors(tensors: TensorMap, fileBytes: number): Promise<void> {
  for (const { shape, read } of tensors.values()) {
    const values = await resultOf(read, UnusableModel);
    if (values instanceof Error) continue;
    assert.equal(
      values.length,
      shape.reduce((product, side) => product * side, 1),
    );
    // Half floats become twice as large.
    assert(values.byteLength <= 2 * fileBytes, 'a tensor larger than its file');
  }
}
