/** Runs the kernels of functions/kernels: the hot loops, in WebAssembly with SIMD. */
import { readFileSync } from 'node:fs';
import { compileKernels } from '../../../compile-kernels.ts';
import { pageBytes, type WasmMemory, type WasmModule, WebAssembly } from './web-assembly.ts';

/** The file next to the bundle. */
export const kernelsFile = 'kernels.wasm';

/** An address in an instance's memory. */
export type Address = number;

/** The kernels with a memory of their own, which an image gets for itself: it is freed with the image, and interrupted with it. */
export interface KernelInstance {
  readonly kernels: Kernels;
  /** Reserves zeroed bytes, aligned for SIMD. Older views of the memory may become empty. */
  allocate(bytes: number): Address;
  /** Frees all that was allocated, for the next part of an image: a new instance takes longer than decoding a small tile. */
  clear(): void;
  /** A view of `length` bytes, valid until the next allocation. */
  bytesAt(address: Address, length: number): Uint8Array;
  /** A view of `length` 16-bit integers, valid until the next allocation. */
  shortsAt(address: Address, length: number): Int16Array;
  /** A view of `length` 32-bit integers, valid until the next allocation. */
  wordsAt(address: Address, length: number): Int32Array;
}

/** As exported by functions/kernels/index.ts, where each is documented. */
export interface Kernels {
  heapStart(): Address;
  mostTaps(filter: number, scale: number): number;
  planTaps(
    filter: number,
    length: number,
    from: number,
    size: number,
    count: number,
    first: number,
    kept: number,
    most: number,
    starts: Address,
    counts: Address,
    weights: Address,
    scratch: Address,
  ): void;
  splitBytes(outputs: number, most: number): number;
  splitWeights(counts: Address, outputs: number, weights: Address, most: number, target: Address): void;
  mixAcross(
    planes: Address,
    planeBytes: number,
    starts: Address,
    counts: Address,
    outputs: number,
    split: Address,
    target: Address,
  ): void;
  mixDown(
    ring: Address,
    rowBytes: number,
    slots: number,
    firstSlot: number,
    weights: Address,
    taps: number,
    length: number,
    scratch: Address,
    target: Address,
  ): void;
  transformBlocks(
    blocks: Address,
    count: number,
    needed: Address,
    rows: number,
    quantization: Address,
    target: Address,
    stride: number,
  ): void;
  unstuff(reader: Address, source: Address, sourceEnd: Address, capacity: number): Address;
  huffmanTableBytes(): number;
  buildTable(table: Address): void;
  buildPairs(table: Address): void;
  buildSkips(table: Address): void;
  decodeMcus(reader: Address, blocks: Address, count: number, first: number, end: number): number;
  blankMcus(blocks: Address, count: number, first: number, end: number): void;
  readDc(reader: Address, blocks: Address, count: number, Al: number, first: number, end: number): number;
  refineDc(reader: Address, blocks: Address, count: number, Al: number, first: number, end: number): number;
  readBands(reader: Address, band: Address, first: number, end: number): number;
  refineBands(reader: Address, band: Address, first: number, end: number): number;
  placeDc(values: Address, count: number, needed: Address, coefficients: Address): void;
  mixRows(near: Address, next: Address, rounding: number, line: Address, from: number, end: number): void;
  widen(near: Address, line: Address, from: number, end: number): void;
  quarter(line: Address, target: Address, from: number, end: number): void;
  doubleAcross(
    line: Address,
    width: number,
    even: number,
    odd: number,
    shift: number,
    target: Address,
    from: number,
    end: number,
  ): void;
  repeatAcross(near: Address, ratio: number, target: Address, from: number, end: number): void;
  paintRgb(
    red: Address,
    green: Address,
    blue: Address,
    planes: Address,
    planeBytes: number,
    from: number,
    end: number,
  ): void;
  paintYcbcr(
    luma: Address,
    cbs: Address,
    crs: Address,
    planes: Address,
    planeBytes: number,
    from: number,
    end: number,
  ): void;
  paintHalfYcbcr(
    luma: Address,
    cbs: Address,
    nextCbs: Address,
    crs: Address,
    nextCrs: Address,
    width: number,
    even: number,
    odd: number,
    lines: Address,
    lineBytes: number,
    planes: Address,
    planeBytes: number,
    from: number,
    end: number,
  ): void;
  paintCmyk(
    cyan: Address,
    magenta: Address,
    yellow: Address,
    black: Address,
    planes: Address,
    planeBytes: number,
    from: number,
    end: number,
  ): void;
  paintYcck(
    luma: Address,
    cbs: Address,
    crs: Address,
    black: Address,
    planes: Address,
    planeBytes: number,
    from: number,
    end: number,
  ): void;
  splitTriples(rgb: Address, pixels: number, planes: Address, planeBytes: number): void;
  joinTriples(planes: Address, planeBytes: number, pixels: number, rgb: Address): void;
  pickTriples(planes: Address, planeBytes: number, columns: Address, count: number, rgb: Address): void;
  unfilter(filter: number, line: Address, above: Address, bytes: number, step: number): void;
  planCrc64(tables: Address): void;
  addCrc64(tables: Address, bytes: Address, length: number, before: bigint): bigint;
}

/** Loads the kernels, once. Errors here are deployment faults. */
export function loadKernels(): WasmModule {
  compiled ??= new WebAssembly.Module(readKernels());
  return compiled;
}

let compiled: WasmModule | undefined;

/** @throws {RangeError} no memory can be allocated */
export function startKernels(): KernelInstance {
  const { exports } = new WebAssembly.Instance(loadKernels(), { taps: { sin: Math.sin, cos: Math.cos } });
  const memory = exports.memory as WasmMemory;
  const kernels = exports as unknown as Kernels;
  let end = kernels.heapStart();
  let used = end;
  return {
    kernels,
    allocate: (bytes) => {
      const start = Math.ceil(end / alignment) * alignment;
      end = start + bytes;
      const pages = Math.ceil((end - memory.buffer.byteLength) / pageBytes);
      if (pages > 0) grow(memory, pages);
      if (start < used) new Uint8Array(memory.buffer, start, Math.min(end, used) - start).fill(0);
      used = Math.max(used, end);
      return start;
    },
    clear: () => {
      end = kernels.heapStart();
    },
    bytesAt: (address, length) => new Uint8Array(memory.buffer, address, length),
    shortsAt: (address, length) => new Int16Array(memory.buffer, address, length),
    wordsAt: (address, length) => new Int32Array(memory.buffer, address, length),
  };
}

function readKernels(): Uint8Array {
  // The bundler defines `import.meta.dirname` as undefined, which leaves the compiler out of the bundle.
  return import.meta.dirname ? compileKernels() : readFileSync(new URL(kernelsFile, import.meta.url));
}

function grow(memory: WasmMemory, pages: number): void {
  try {
    memory.grow(pages);
  } catch {
    throw new RangeError(`${pages} pages of memory could not be allocated`);
  }
}

const alignment = 16;
