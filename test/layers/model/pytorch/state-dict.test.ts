import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readPickle } from '../../../../layers/model/pytorch/pickle.ts';
import { PickledNamespace } from '../../../../layers/model/pytorch/pickle-values.ts';
import { readStateDict } from '../../../../layers/model/pytorch/state-dict.ts';
import { archive, dictionary, floats, legacy, pickle, tensor } from './pickles.ts';

const path = 'weights.pth';

function read(bytes: Uint8Array) {
  return [...readStateDict(bytes, path).tensors].map(([name, { shape, read }]) => [name, shape, [...read()]]);
}

describe('a state dict', () => {
  it('lists its tensors with their shapes and values', () => {
    const dict = dictionary({ a: tensor('0', [2, 2]), b: tensor('1', [1]) });

    expect(read(archive(dict, { 0: floats(1, 2, 3, 4), 1: floats(5) }))).toEqual([
      ['a', [2, 2], [1, 2, 3, 4]],
      ['b', [1], [5]],
    ]);
  });

  it('reads views in row-major order', () => {
    const dict = dictionary({ turned: tensor('0', [2, 2], { offset: 1, strides: [1, 2] }) });

    expect(read(archive(dict, { 0: floats(0, 1, 2, 3, 4) }))).toEqual([['turned', [2, 2], [1, 3, 2, 4]]]);
  });

  it.each([
    [
      'HalfStorage',
      Uint8Array.of(0, 0x3c, 0, 0xc0, 1, 0, 0, 0x7c),
      [1, -2, 2 ** -24, Number.POSITIVE_INFINITY],
    ],
    ['BFloat16Storage', Uint8Array.of(0x80, 0x3f, 0, 0xc0, 0, 0, 0x80, 0x3e), [1, -2, 0, 0.25]],
    ['DoubleStorage', new Uint8Array(Float64Array.of(1, 2, 3, 0.5).buffer), [1, 2, 3, 0.5]],
  ])('reads %s as float32', (storage, bytes, values) => {
    const dict = dictionary({ a: tensor('0', [4], { storage }) });

    expect(read(archive(dict, { 0: bytes }))).toEqual([['a', [4], values]]);
  });

  it.each(['state_dict', 'model_state_dict', 'model'])('is found in a checkpoint under %s', (key) => {
    const dict = dictionary({ optimizer: dictionary({}), [key]: dictionary({ a: tensor('0', [1]) }) });

    expect(read(archive(dict, { 0: floats(7) }))).toEqual([['a', [1], [7]]]);
  });

  it('is found next to a tensor of its checkpoint', () => {
    const dict = dictionary({ best_acc1: tensor('0', [1]), model: dictionary({ a: tensor('1', [1]) }) });

    expect(read(archive(dict, { 0: floats(7), 1: floats(8) }))).toEqual([['a', [1], [8]]]);
  });

  it.each([
    ['a tensor beyond its storage', { a: tensor('0', [3]) }, "tensor 'a' [3] is not complete"],
    ['an offset beyond its storage', { a: tensor('0', [1], { offset: 2 }) }, 'is not complete'],
    ['a tensor that repeats its storage', { a: tensor('0', [500], { strides: [0] }) }, 'is not complete'],
    ['a storage that is not there', { a: tensor('9', [1]) }, 'is not complete'],
    [
      'no tensors',
      { epoch: dictionary({}) },
      'is a checkpoint with epoch; expected tensors, or a state dict under state_dict',
    ],
  ])('with %s is refused', (_, entries, message) => {
    expect(() => readStateDict(archive(dictionary(entries), { 0: floats(1, 2) }), path)).toThrow(message);
  });

  it('is read in the legacy format, from after its pickles', () => {
    const dict = dictionary({ a: tensor('5', [2]) });

    expect(read(legacy(dict, '5', floats(1, 2)))).toEqual([['a', [2], [1, 2]]]);
    expect(() => read(legacy(dict, '5', floats(1, 2)).subarray(0, -1))).toThrow('storage 5 is not complete');
    expect(() => read(legacy(dict, '6', floats(1, 2)))).toThrow('storage 6 is not complete');
  });

  it('of integers is refused once its values are needed', () => {
    const [entry] = readStateDict(
      archive(dictionary({ a: tensor('0', [1], { storage: 'LongStorage' }) }), { 0: new Uint8Array(8) }),
      path,
    ).tensors;

    expect(() => entry![1].read()).toThrow("tensor 'a' holds I64 elements; expected floats");
  });

  it('that is a list is refused', () => {
    expect(() => readStateDict(archive(Buffer.from(']')), path)).toThrow('does not hold a state dict');
  });

  it.each([
    ['a compressed archive', zipSync({ 'a/data.pkl': Buffer.alloc(100) }), 'is a compressed zip archive'],
    ['an archive without a pickle', zipSync({ 'a/data/0': floats(1) }, { level: 0 }), 'without data.pkl'],
    ['a damaged archive', archive(dictionary({})).subarray(0, 60), 'is a damaged zip archive'],
    ['another pickle', pickle('N'), 'is a pickle, but not one of torch.save'],
    [
      'a big-endian machine',
      archive(dictionary({}), {}, { 'archive/byteorder': Buffer.from('big') }),
      'was saved on a big-endian machine',
    ],
  ])('in %s is refused', (_, bytes, message) => {
    expect(() => readStateDict(bytes, path)).toThrow(message);
  });
});

describe('a file of PyTorch that is a program', () => {
  const forbidden = (module: string, name: string) => archive(Buffer.from(`c${module}\n${name}\n)R`));

  it.each([
    ['os', 'system'],
    ['builtins', 'eval'],
    ['__builtin__', 'getattr'],
    ['numpy.core.multiarray', 'scalar'],
    ['torch', 'load'],
    ['collections', 'deque'],
    ['torch._utils', '__proto__'],
  ])('is refused by the name of what it calls: %s.%s', (module, name) => {
    expect(() => readStateDict(forbidden(module, name), path)).toThrow(
      `${path} names ${module.replace('__builtin__', 'builtins')}.${name}, which would run code`,
    );
    expect(() => readStateDict(forbidden(module, name), path)).toThrow(
      /torch\.save\(.*\n.*--from weights\.pth/,
    );
  });

  it.each([
    [
      'a whole module',
      forbidden('torchvision.models.resnet', 'ResNet'),
      /is a whole pickled module \(torchvision\.models\.resnet\.ResNet\)/,
    ],
    ['a module of its author', forbidden('__main__', 'Net'), /is a whole pickled module \(__main__\.Net\)/],
    [
      'compressed TorchScript, as torch.jit.save writes it',
      zipSync({ 'script/code/net.py': Buffer.alloc(100), 'script/data.pkl': Buffer.alloc(100) }),
      /is a TorchScript program/,
    ],
    [
      'TorchScript',
      archive(dictionary({}), {}, { 'archive/code/net.py': Buffer.alloc(1) }),
      /is a TorchScript program/,
    ],
    [
      'an exported program',
      archive(dictionary({}), {}, { 'archive/archive_format': Buffer.from('pt2') }),
      /is an exported program \(\.pt2\)/,
    ],
  ])('is refused with the lines that export it: %s', (_, bytes, message) => {
    expect(() => readStateDict(bytes, path)).toThrow(message);
    expect(() => readStateDict(bytes, path)).toThrow(/torch\.onnx\.export\([\s\S]*then --from model\.onnx/);
  });
});

describe('readPickle', () => {
  it.each<[string, Uint8Array, unknown]>([
    ['None', pickle('N'), null],
    ['booleans', pickle(0x88), true],
    ['small numbers', pickle('K', 200), 200],
    ['negative numbers', pickle('J', Uint8Array.of(255, 255, 255, 255)), -1],
    ['long numbers', pickle(0x8a, 9, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1)), 2n ** 64n],
    ['floats', pickle('G', Uint8Array.of(0x3f, 0xe0, 0, 0, 0, 0, 0, 0)), 0.5],
    ['texts', pickle('X', Uint8Array.of(2, 0, 0, 0), 'ab'), 'ab'],
    ['lists', pickle('](K', 1, 'K', 2, 'e'), [1, 2]],
    ['tuples', pickle('K', 1, 'K', 2, 'K', 3, 0x87), [1, 2, 3]],
    ['dictionaries', pickle('}K', 1, 'K', 2, 's'), new Map([[1, 2]])],
    [
      'ordered dictionaries',
      pickle('ccollections\nOrderedDict\n](K', 1, 'K', 2, 't', 'a', 0x85, 'R'),
      new Map([[1, 2]]),
    ],
    [
      'the options of a training script',
      pickle('cargparse\nNamespace\n)', 0x81, '}K', 1, 'K', 2, 'sb'),
      new PickledNamespace([[1, 2]]),
    ],
    ['counters', pickle('ccollections\nCounter\n}K', 1, 'K', 2, 's', 0x85, 'R'), new Map([[1, 2]])],
    ['empty counters', pickle('ccollections\nCounter\n)R'), new Map()],
    ['references', pickle(']q', 5, 'h', 5, 0x86), [[], []]],
  ])('reads %s', (_, bytes, value) => {
    expect(readPickle(bytes, 0, path)).toEqual({ value, end: bytes.length });
  });

  it.each<[string, Uint8Array, string]>([
    ['an operation that state dicts do not need', pickle('(i'), '0x69'],
    [
      'the construction of an object',
      pickle('ctorch\nSize\n)', 0x81),
      'names torch.Size, which would run code',
    ],
    ['an object of a number', pickle('K', 1, ')', 0x81), 'an object of something else than a class'],
    [
      'an end in the middle',
      pickle('X', Uint8Array.of(9, 0, 0, 0), 'ab'),
      'it ends in the middle of a value',
    ],
    ['a missing value', pickle(0x85), 'a value is missing'],
    ['a missing mark', pickle('t'), 'a mark is missing'],
    ['an unknown reference', pickle('h', 1), 'an unknown reference'],
    ['entries of a number', pickle('K', 1, '(NNu'), 'entries of something else than a dictionary'],
    ['items of a number', pickle('K', 1, 'Na'), 'items of something else than a list'],
    ['a call of a number', pickle('K', 1, ')R'), 'a call of something else than a class'],
    ['a call of a storage', pickle('ctorch\nFloatStorage\n)R'), 'names torch.FloatStorage'],
    [
      'a tensor without a storage',
      pickle('ctorch._utils\n_rebuild_tensor_v2\n)R'),
      'a tensor without a storage',
    ],
    ['a state of a number', pickle('K', 1, 'Nb'), 'a state of something else'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readPickle(bytes, 0, path)).toThrow(message);
  });
});
