/** Pickles that Python would refuse too, and the few calls that state dicts contain. */
import { describe, expect, it } from 'vitest';
import { readPickle } from '../../../../layers/model/pytorch/pickle.ts';
import { readStateDict } from '../../../../layers/model/pytorch/state-dict.ts';
import { archive, dictionary, floats, legacy, pickle, tensor } from './pickles.ts';

const path = 'weights.pth';
const orderedDict = 'ccollections\nOrderedDict\n';
const parameter = 'ctorch._utils\n_rebuild_parameter\n';

function read(bytes: Uint8Array) {
  const { tensors } = readStateDict(bytes, path);
  return [...tensors].map(([name, { read }]) => [name, [...read()]]);
}

describe('readPickle', () => {
  it.each<[string, Uint8Array, unknown]>([
    ['a small number of variable length', pickle(0x8a, 1, Uint8Array.of(5)), 5],
    ['a negative number of variable length', pickle(0x8a, 1, Uint8Array.of(255)), -1],
    ['references to None', pickle('N', 'q', 5, 'h', 5, 0x86), [null, null]],
    ['an ordered dictionary with a state', pickle(`${orderedDict})R}b`), new Map()],
    ['the shape of a scalar', pickle('ctorch\nSize\n)R'), []],
    ['a device without a name', pickle('ctorch\ndevice\n)R'), 'cpu'],
  ])('reads %s', (_, bytes, value) => {
    expect(readPickle(bytes, 0, path).value).toEqual(value);
  });

  it.each<[string, Uint8Array, string]>([
    ['a dictionary of a number', pickle(orderedDict, 'K', 1, 0x85, 'R'), 'an OrderedDict of something else'],
    ['a pair of one', pickle(orderedDict, '](K', 1, 0x85, 'e', 0x85, 'R'), 'a pair without two values'],
    ['a parameter of nothing', pickle(parameter, 'N', 0x85, 'R'), 'a parameter that is not a tensor'],
    ['a value where a mark stands', pickle('(', 0x85), 'a value is missing'],
    ['a name without an end', pickle('ccollections'), 'a line does not end'],
    ['a storage that is a number', pickle('K', 1, 'Q'), 'a storage without a description'],
    [
      'a tensor with a stride too few',
      pickle(tensor('0', [2, 2], { strides: [1] })),
      'a tensor without a storage, shape or strides',
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readPickle(bytes, 0, path)).toThrow(message);
  });
});

describe('a state dict', () => {
  it('holds parameters as their tensors, and leaves out what is not a tensor', () => {
    const wrapped = Buffer.concat([
      Buffer.from(parameter),
      tensor('0', [2]),
      Buffer.of(0x85),
      Buffer.from('R'),
    ]);

    expect(read(archive(dictionary({ a: wrapped, epoch: Buffer.from('N') }), { 0: floats(1, 2) }))).toEqual([
      ['a', [1, 2]],
    ]);
  });

  it('of half precision may hold numbers that are none', () => {
    const dict = dictionary({ a: tensor('0', [2], { storage: 'HalfStorage' }) });

    expect(read(archive(dict, { 0: Uint8Array.of(0, 0x7e, 0, 0xfc) }))).toEqual([
      ['a', [Number.NaN, Number.NEGATIVE_INFINITY]],
    ]);
  });

  it('is refused where a tensor has no storage', () => {
    const bare = 'ctorch._utils\n_rebuild_tensor_v2\n((tQK\0(K\x01t(K\x01ttR';

    expect(() => read(archive(dictionary({ a: Buffer.from(bare, 'latin1') })))).toThrow(
      "weights.pth: tensor 'a' [1] is not complete; the file was cut off or is damaged",
    );
  });
});

describe('the legacy format', () => {
  const shared = Buffer.concat([tensor('5', [2]), Buffer.from('q\x07')]);
  const again = Buffer.from('h\x07');

  it('finds the storages of tensors in any container, and of those that are shared', () => {
    const dict = dictionary({ a: shared, b: again, list: Buffer.from('](K\x01K\x01e', 'latin1') });

    expect(read(legacy(dict, '5', floats(1, 2)))).toEqual([
      ['a', [1, 2]],
      ['b', [1, 2]],
    ]);
  });

  it.each([
    [
      'cut off before the length of a storage',
      legacy(dictionary({ a: tensor('5', [2]) }), '5', floats(1, 2)).subarray(0, -12),
    ],
    [
      'with a storage of an unknown type',
      legacy(dictionary({ a: tensor('5', [2], { storage: 'QInt8Storage' }) }), '5', floats(1, 2)),
    ],
  ])('is refused %s', (_, bytes) => {
    expect(() => read(bytes)).toThrow('weights.pth was cut off or is damaged: storage 5 is not complete');
  });

  it.each([
    ['nothing', 'N'],
    ['a list of nothing', ']Na'],
  ])('is refused where its storages are %s', (_, keys) => {
    const dict = dictionary({ a: tensor('5', [2]) });
    const whole = legacy(dict, '5', floats(1, 2));
    const list = pickle(']', Buffer.from([0x8c, 1]), '5', 'a');
    const start = whole.subarray(0, whole.length - 16 - list.length);

    expect(() => read(new Uint8Array(Buffer.concat([start, pickle(keys)])))).toThrow(
      'weights.pth does not list its storages; it is damaged',
    );
  });
});
