/** Runs jSquash's decoders: C libraries in WebAssembly, whose own loaders work only in browsers. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bitmap } from '../../image/image.ts';
import { CorruptImage, ImageTooLarge } from '../../image/rejections.ts';
import { pageBytes, type WasmInstance, type WasmModule, WebAssembly } from './web-assembly.ts';

/** A decoder's generated JavaScript and its compiled code. */
export interface WasmDecoder {
  readonly create: (options: object) => Promise<unknown>;
  readonly compiled: WasmModule;
}

/**
 * Loads and compiles a decoder: from its package in the source tree, from next to the bundle in Lambda.
 *
 * @param path the code in its package, e.g. '@jsquash/webp/codec/dec/webp_dec.wasm'; next to the bundle it is `webp_dec.wasm`
 * @throws {Error} the code is in neither place: the deployment is incomplete
 */
export async function loadWasm(
  module: Promise<{ readonly default: WasmDecoder['create'] }>,
  path: string,
): Promise<WasmDecoder> {
  // The bundle is CommonJS and has `__filename`, its own path; the source is an ES module and does not.
  const here = typeof __filename === 'string' ? __filename : fileURLToPath(import.meta.url);
  const beside = join(dirname(here), basename(path));
  const code = readFileSync(existsSync(beside) ? beside : createRequire(here).resolve(path));
  return { create: (await module).default, compiled: await WebAssembly.compile(code) };
}

/**
 * Starts a new instance for one image: an instance that failed or was interrupted is unusable, and the memory of one that
 * decoded a large image never shrinks.
 *
 * @param memoryBytes the memory that decoding should take by the header; the coded image may be far larger
 * @returns A function that decodes the image, or throws a CorruptImage, or an ImageTooLarge beyond `memoryBytes`.
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
    instantiateWasm: (imports: object, done: (instance: WasmInstance) => void) => {
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
    return decoder.decode(...input) ?? new CorruptImage('the decoder refuses the data and gives no reason');
  } catch (error) {
    return error as Error;
  }
}

/** Makes memory growth beyond the limit fail, which the decoder reports as out of memory, and records that it did. */
function limitMemory({ exports }: WasmInstance, maxBytes: number): { readonly isExhausted: boolean } {
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

/** The decoder's own tables, two copies of a 50 MB file, and the reserve that Emscripten adds when growing. */
const baseBytes = 128_000_000;

/** The file and, for AVIF only, the requested bits per sample. */
type DecoderInput = [bytes: Uint8Array, bitDepth?: 8];

interface Decoder {
  decode(...input: DecoderInput): Bitmap | null;
}
