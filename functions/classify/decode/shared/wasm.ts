/** Runs the decoders of jSquash: C libraries in WebAssembly, which by themselves find their files only in a browser. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bitmap } from '../../image/image.ts';
import { CorruptImage, ImageTooLarge } from '../../image/rejections.ts';

/** What jSquash generated around a decoder, and its compiled code. */
export interface WasmDecoder {
  readonly create: (options: object) => Promise<unknown>;
  readonly compiled: WasmModule;
}

/**
 * Loads a decoder and compiles its code: from its package in the source tree; in Lambda from beside the bundle.
 *
 * @param path of the code in a package, e.g. '@jsquash/webp/codec/dec/webp_dec.wasm'; beside the bundle it is `webp_dec.wasm`
 * @throws {Error} it is in neither place: the deployment is incomplete
 */
export async function loadWasm(
  module: Promise<{ readonly default: WasmDecoder['create'] }>,
  path: string,
): Promise<WasmDecoder> {
  // The bundle is CommonJS, where `__filename` is the bundle itself; the source is an ES module, which has none.
  const here = typeof __filename === 'string' ? __filename : fileURLToPath(import.meta.url);
  const beside = join(dirname(here), basename(path));
  const code = readFileSync(existsSync(beside) ? beside : createRequire(here).resolve(path));
  return { create: (await module).default, compiled: await WebAssembly.compile(code) };
}

/**
 * Starts a new instance for an image, to be used once: one that has failed or was interrupted cannot be used again, and
 * the memory of one that has decoded a large image never shrinks.
 *
 * @param memoryBytes what decoding should take by the header: the coded image in the file may be far larger
 * @returns What decodes it, or throws: a CorruptImage, or an ImageTooLarge if it takes more memory than that
 */
export async function startWasm(
  { create, compiled }: WasmDecoder,
  memoryBytes: number,
  ...input: DecoderInput
): Promise<() => Bitmap> {
  const maxBytes = memoryBytes + baseBytes;
  let memory = { isExhausted: false };
  const decoder = (await create({
    noInitialRun: true,
    instantiateWasm: (imports: object, done: (instance: Instance) => void) => {
      const instance = new WebAssembly.Instance(compiled, imports);
      memory = limitMemory(instance, maxBytes);
      done(instance);
      return instance.exports;
    },
  })) as Decoder;
  return () => {
    const image = decodeOrFail(decoder, input);
    if (image instanceof Error && memory.isExhausted) {
      throw new ImageTooLarge(
        `decoding takes more than ${Math.round(maxBytes / 1e6)} MB, which is more than the header calls for`,
      );
    }
    if (image instanceof Error) throw image;
    const { width, height, data } = image;
    return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
  };
}

function decodeOrFail(decoder: Decoder, input: DecoderInput): Bitmap | Error {
  try {
    return decoder.decode(...input) ?? new CorruptImage('the data are damaged');
  } catch (error) {
    return error as Error;
  }
}

/** Refuses the decoder's wishes for more, which it takes for a lack of memory, and remembers that it did. */
function limitMemory({ exports }: Instance, maxBytes: number): { readonly isExhausted: boolean } {
  const memory = Object.values(exports).find((value) => value instanceof WebAssembly.Memory);
  if (!memory) throw new Error('the decoder does not show its memory');
  const grow = memory.grow.bind(memory);
  const state = { isExhausted: false };
  memory.grow = (pages) => {
    state.isExhausted = memory.buffer.byteLength + pages * pageBytes > maxBytes;
    if (state.isExhausted) throw new RangeError('beyond the limit');
    return grow(pages);
  };
  return state;
}

const pageBytes = 65_536;
/** For the decoder's own tables, two copies of a file of 50 MB, and the reserve with which Emscripten grows. */
const baseBytes = 128_000_000;

/** The file and, for AVIF alone, the bits a sample that are asked for. */
type DecoderInput = [bytes: Uint8Array, bitDepth?: 8];

/** Compiled code, not yet an instance. */
type WasmModule = { readonly __brand: 'WebAssembly.Module' };

interface Decoder {
  decode(...input: DecoderInput): Bitmap | null;
}

interface Instance {
  readonly exports: { readonly [name: string]: unknown };
}

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

// Node has it, but its types have not.
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    compile(bytes: Uint8Array): Promise<WasmModule>;
    readonly Memory: new () => Memory;
    readonly Instance: new (compiled: WasmModule, imports: object) => Instance;
  };
};
