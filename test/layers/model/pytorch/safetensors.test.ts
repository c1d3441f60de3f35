import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../../../layers/model/pytorch/safetensors.ts';
import { safetensors } from './pickles.ts';

const path = 'model.safetensors';

const entry = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
const data = new Uint8Array(Float32Array.of(1.5, -2).buffer);

describe('a safetensors file', () => {
  it('lists its tensors', () => {
    const [found, ...others] = readSafetensors(
      safetensors({ __metadata__: { format: 'pt' }, a: entry }, data),
      path,
    );

    expect(others).toEqual([]);
    expect([found![0], found![1].shape, [...found![1].read()]]).toEqual(['a', [2], [1.5, -2]]);
  });

  it('is read wherever it lies in memory', () => {
    const moved = Buffer.concat([Buffer.of(1), safetensors({ a: entry }, data)]).subarray(1);

    expect([...readSafetensors(moved, path).get('a')!.read()]).toEqual([1.5, -2]);
  });

  it.each([
    ['that is empty', new Uint8Array(), 'is not a complete safetensors file'],
    [
      'whose header is cut off',
      safetensors({ a: entry }).subarray(0, 20),
      'is not a complete safetensors file',
    ],
    ['whose header is not JSON', safetensors('{'), 'is not JSON'],
    ['whose header is a number', safetensors('7'), 'the file should be'],
    [
      'without an offset',
      safetensors({ a: { dtype: 'F32', shape: [2] } }, data),
      'a.data_offsets is missing',
    ],
    [
      'whose data are cut off',
      safetensors({ a: entry }, data.subarray(0, 7)),
      "tensor 'a' of F32 [2] does not fit",
    ],
    ['whose shape is another', safetensors({ a: { ...entry, shape: [3] } }, data), 'does not fit'],
    ['with a negative size', safetensors({ a: { ...entry, shape: [-2] } }, data), 'a.shape.0 should be'],
  ])('%s is refused', (_, bytes, message) => {
    expect(() => readSafetensors(bytes, path)).toThrow(message);
  });

  it('of elements that are no floats is refused once they are needed', () => {
    const bytes = safetensors(
      { a: { ...entry, dtype: 'F8_E4M3' }, b: { ...entry, dtype: 'U8', shape: [8] } },
      data,
    );
    const tensors = readSafetensors(bytes, path);

    expect(() => tensors.get('a')!.read()).toThrow("tensor 'a' holds F8_E4M3 elements");
    expect(() => tensors.get('b')!.read()).toThrow("tensor 'b' holds U8 elements");
  });
});
