/** Runs C libraries in WebAssembly, compiled by Emscripten, whose own loaders would compile them anew for each image. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bitmap } from '../../image/image.ts';
import { CorruptImage, ImageTooLarge } from '../../image/rejections.ts';
import {
  pageBytes,
  type WasmExports,
  type WasmInstance,
  type WasmMemory,
  type WasmModule,
  WebAssembly,
} from './web-assembly.ts';

/** A library's generated JavaScript, which makes a `Module` of each instance, and its compiled code. */
export interface WasmDecoder<Module> {
  readonly create: (options: object) => Module | Promise<Module>;
  readonly compiled: WasmModule;
}

/**
 * Loads and compiles a decoder: from its package in the source tree, from next to the bundle in Lambda.
 *
 * @param path the code in its package, e.g. '@jsquash/webp/codec/dec/webp_dec.wasm'; next to the bundle it is `webp_dec.wasm`
 * @throws {Error} the code is in neither place: the deployment is incomplete
 */
export async function loadWasm<Module>(
  module: Promise<{ readonly default: WasmDecoder<unknown>['create'] }>,
  path: string,
): Promise<WasmDecoder<Module>> {
  const here = pathOfCode();
  const beside = join(dirname(here), basename(path));
  const code = readFileSync(existsSync(beside) ? beside : createRequire(here).resolve(path));
  const create = (await module).default as WasmDecoder<Module>['create'];
  return { create, compiled: await WebAssembly.compile(code) };
}

/** The path of the bundle, or of this file in the source tree. */
export function pathOfCode(): string {
  // The bundle is CommonJS and has `__filename`; the source is an ES module and does not.
  return typeof __filename === 'string' ? __filename : fileURLToPath(import.meta.url);
}

/**
 * Starts a new instance for one image: an instance that failed or was interrupted is unusable, and the memory of one that
 * decoded a large image never shrinks.
 *
 * @param memoryBytes the memory that decoding should take by the header; the coded image may be far larger
 * @param decode returns null for damaged data, or throws
 * @returns A function that decodes the image, or throws a CorruptImage, or an ImageTooLarge beyond `memoryBytes`.
 */
export async function startWasm<Module>(
  decoder: WasmDecoder<Module>,
  memoryBytes: number,
  decode: Decode<Module>,
): Promise<() => Bitmap> {
  const instance = await instantiate(decoder);
  return () => decodeWithin(instance, memoryBytes, decode);
}

/** @returns null for damaged data */
export type Decode<Module> = (module: Module, exports: WasmExports) => Bitmap | null;

/** An instance with a memory of its own. */
export interface Instance<Module> {
  readonly module: Module;
  readonly exports: WasmExports;
  readonly memory: WasmMemory;
  readonly limit: MemoryLimit;
}

/** The memory's limit in bytes, and whether a request for more has been refused. */
interface MemoryLimit {
  bytes: number;
  isExceeded: boolean;
}

export async function instantiate<Module>({
  create,
  compiled,
}: WasmDecoder<Module>): Promise<Instance<Module>> {
  let started: Omit<Instance<Module>, 'module'>;
  const module = await create({
    noInitialRun: true,
    instantiateWasm: (imports: object, done: (instance: WasmInstance) => void) => {
      const instance = new WebAssembly.Instance(compiled, imports);
      const { exports } = instance;
      started = { exports, ...limitMemory(exports) };
      done(instance);
      return exports;
    },
  });
  return { module, ...started! };
}

/** Decodes an image; see `startWasm`. */
export function decodeWithin<Module>(
  { module, exports, limit }: Instance<Module>,
  memoryBytes: number,
  decode: Decode<Module>,
): Bitmap {
  limit.bytes = memoryBytes + baseBytes;
  // An instance that copes after a refused request is kept for the next image.
  limit.isExceeded = false;
  const image = decodeOrFail(() => decode(module, exports));
  if (image instanceof Error && limit.isExceeded) {
    throw new ImageTooLarge(
      `decoding takes more than ${Math.round(limit.bytes / 1e6)} MB, which is more than the header calls for`,
    );
  }
  if (image instanceof Error) throw image;
  const { width, height, data } = image;
  return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

function decodeOrFail(decode: () => Bitmap | null): Bitmap | Error {
  try {
    return decode() ?? new CorruptImage('the decoder refuses the data and gives no reason');
  } catch (error) {
    return error as Error;
  }
}

/** Makes memory growth beyond the limit fail, which the decoder reports as out of memory, and records that it did. */
function limitMemory(exports: WasmExports): Pick<Instance<unknown>, 'memory' | 'limit'> {
  const memory = Object.values(exports).find((value) => value instanceof WebAssembly.Memory);
  if (!memory) throw new Error('the decoder does not show its memory');
  const grow = memory.grow.bind(memory);
  const limit = { bytes: baseBytes, isExceeded: false };
  memory.grow = (pages) => {
    limit.isExceeded = memory.buffer.byteLength + pages * pageBytes > limit.bytes;
    if (limit.isExceeded) throw new RangeError('beyond the limit');
    return grow(pages);
  };
  return { memory, limit };
}

/** The decoder's own tables, two copies of a 50 MB file, and the reserve that Emscripten adds when growing. */
const baseBytes = 128_000_000;
