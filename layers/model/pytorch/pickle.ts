/**
 * Python's pickle format, as far as state dicts need it: numbers, texts, containers and tensors. Every other opcode and every
 * other global is refused by name, so a model file never runs code.
 */
import { UnusableModel } from '../unusable-model.ts';
import {
  ForbiddenGlobal,
  instantiate,
  isKnownGlobal,
  PersistentId,
  PickledNamespace,
  PickleGlobal,
  type PickleValue,
  rebuild,
} from './pickle-values.ts';

const mark = Symbol('mark');
type StackItem = PickleValue | typeof mark;

/**
 * Reads one pickle.
 *
 * @param path For messages.
 * @returns The value and the position after the pickle.
 * @throws UnusableModel if it is damaged, or ForbiddenGlobal.
 */
export function readPickle(
  bytes: Uint8Array,
  start: number,
  path: string,
): { readonly value: PickleValue; readonly end: number } {
  const machine = createMachine(bytes, start, path);
  for (let steps = 0; steps < maxSteps; steps++) {
    const value = machine.step();
    if (value !== undefined) return { value, end: machine.position() };
  }
  throw new UnusableModel(
    `${path} holds more than ${maxSteps} pickle operations; a state dict has some thousands`,
  );
}

const maxSteps = 5_000_000;

function createMachine(bytes: Uint8Array, start: number, path: string) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack: StackItem[] = [];
  const memo = new Map<number, PickleValue>();
  let at = start;

  const fail = (reason: string): never => {
    throw new UnusableModel(`${path} is not a readable PyTorch file: ${reason} at byte ${at}`);
  };
  const forbidden = (name: string): never => {
    throw new ForbiddenGlobal(name, path);
  };
  const take = (count: number): number => {
    if (count < 0 || at + count > bytes.length) fail('it ends in the middle of a value');
    at += count;
    return at - count;
  };
  const pop = (): PickleValue => {
    const value = stack.pop();
    return value === undefined || value === mark ? fail('a value is missing') : value;
  };
  const popToMark = (): PickleValue[] => {
    const place = stack.lastIndexOf(mark);
    if (place < 0) fail('a mark is missing');
    const items = stack.splice(place + 1) as PickleValue[];
    stack.pop();
    return items;
  };
  const top = (): PickleValue => {
    const value = stack.at(-1);
    return value === undefined || value === mark ? fail('a value is missing') : value;
  };
  const text = (length: number): string => new TextDecoder().decode(bytes.subarray(take(length), at));
  const line = (): string => {
    const end = bytes.indexOf(10, at);
    if (end < 0) fail('a line does not end');
    const value = text(end - at);
    at++;
    return value;
  };
  const global = (name: string): PickleGlobal => {
    const current = name.replace(/^__builtin__\./, 'builtins.');
    if (isKnownGlobal(current)) return new PickleGlobal(current);
    return forbidden(current);
  };
  const setItems = (items: readonly PickleValue[]): undefined => {
    const target = top();
    if (!(target instanceof Map) || items.length % 2 > 0)
      return fail('entries of something else than a dictionary');
    for (let i = 0; i < items.length; i += 2) target.set(items[i]!, items[i + 1]!);
    return undefined;
  };
  const append = (items: readonly PickleValue[]): undefined => {
    const target = top();
    if (!Array.isArray(target)) return fail('items of something else than a list');
    for (const item of items) target.push(item);
    return undefined;
  };
  /** The state of a namespace is its entries; that of an OrderedDict, `_metadata`, says nothing of the weights. */
  const setState = (state: PickleValue): undefined => {
    const target = top();
    if (!(target instanceof Map)) return fail('a state of something else than a dictionary');
    if (target instanceof PickledNamespace && state instanceof Map)
      for (const [key, value] of state) target.set(key, value);
    return undefined;
  };
  const call = (): PickleValue => {
    const args = pop();
    const callee = pop();
    if (!(callee instanceof PickleGlobal) || !Array.isArray(args))
      return fail('a call of something else than a class');
    return rebuild(callee.name, args, fail) ?? forbidden(callee.name);
  };
  const recall = (index: number): PickleValue =>
    memo.get(index) ?? (memo.has(index) ? null : fail('an unknown reference'));

  /** Pushes a value, or acts on the stack. */
  const operations: Readonly<Record<number, () => PickleValue | undefined>> = {
    128: () => void take(1),
    149: () => void take(8),
    [code('(')]: () => void stack.push(mark),
    [code('N')]: () => null,
    136: () => true,
    137: () => false,
    [code('J')]: () => view.getInt32(take(4), true),
    [code('K')]: () => bytes[take(1)]!,
    [code('M')]: () => view.getUint16(take(2), true),
    138: () => long(bytes, take(1), take),
    [code('G')]: () => view.getFloat64(take(8)),
    [code('X')]: () => text(view.getUint32(take(4), true)),
    140: () => text(bytes[take(1)]!),
    [code('U')]: () => text(bytes[take(1)]!),
    [code('T')]: () => text(view.getUint32(take(4), true)),
    [code('}')]: () => new Map(),
    [code(']')]: () => [],
    [code(')')]: () => [],
    [code('t')]: popToMark,
    133: () => [pop()],
    134: () => [pop(), pop()].reverse(),
    135: () => [pop(), pop(), pop()].reverse(),
    [code('c')]: () => global(`${line()}.${line()}`),
    147: () => {
      const [module, name] = [pop(), pop()].reverse();
      return global(`${module}.${name}`);
    },
    [code('Q')]: () => {
      const parts = pop();
      return Array.isArray(parts) ? new PersistentId(parts) : fail('a storage without a description');
    },
    [code('R')]: call,
    129: () => {
      const [callee] = [pop(), pop()].reverse();
      if (!(callee instanceof PickleGlobal)) return fail('an object of something else than a class');
      return instantiate(callee.name) ?? forbidden(callee.name);
    },
    [code('b')]: () => setState(pop()),
    [code('s')]: () => {
      const [key, value] = [pop(), pop()].reverse();
      return setItems([key!, value!]);
    },
    [code('u')]: () => setItems(popToMark()),
    [code('a')]: () => append([pop()]),
    [code('e')]: () => append(popToMark()),
    [code('q')]: () => void memo.set(bytes[take(1)]!, top()),
    [code('r')]: () => void memo.set(view.getUint32(take(4), true), top()),
    148: () => void memo.set(memo.size, top()),
    [code('h')]: () => recall(bytes[take(1)]!),
    [code('j')]: () => recall(view.getUint32(take(4), true)),
  };

  return {
    position: () => at,
    /** @returns The pickle's value, once it is complete. */
    step: (): PickleValue | undefined => {
      const opcode = bytes[take(1)]!;
      if (opcode === code('.')) return pop();
      const operation = operations[opcode];
      if (!operation)
        return fail(`it has the pickle operation 0x${opcode.toString(16)}, which state dicts do not need,`);
      const value = operation();
      if (value !== undefined) stack.push(value);
      return undefined;
    },
  };
}

function code(letter: string): number {
  return letter.charCodeAt(0);
}

/** A little-endian integer of so many bytes in two's complement. */
function long(bytes: Uint8Array, lengthAt: number, take: (count: number) => number): number | bigint {
  const length = bytes[lengthAt]!;
  const from = take(length);
  let value = 0n;
  for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[from + i]!);
  const signed = BigInt.asIntN(8 * length, value);
  return signed >= BigInt(Number.MIN_SAFE_INTEGER) && signed <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(signed)
    : signed;
}
