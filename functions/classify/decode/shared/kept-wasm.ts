/**
 * Keeps an instance of a C library for the next image, with its memory put back to what it was before the image, so that nothing
 * of one image can reach another. Creating an instance and collecting its memory takes longer than that.
 */
import type { Bitmap } from '../../image/image.ts';
import {
  type Decode,
  decodeWithin,
  type Instance,
  instantiate,
  startWasm,
  type WasmDecoder,
} from './wasm.ts';

/** Like `startWasm`, for one decoder. */
export type StartKept<Module> = (memoryBytes: number, decode: Decode<Module>) => Promise<() => Bitmap>;

/**
 * An instance is kept after it has decoded an image without taking more memory than it began with. One that failed or was
 * interrupted is never used again. The first image's is not kept either: to see what its memory holds would lengthen a cold start.
 *
 * @param decoder whose images are copies, not views of its memory
 */
export function keepInstance<Module>(decoder: WasmDecoder<Module>): StartKept<Module> {
  let isFirst = true;
  let idle: Kept<Module> | undefined;
  return async (memoryBytes, decode) => {
    if (isFirst) {
      isFirst = false;
      return startWasm(decoder, memoryBytes, decode);
    }
    // Another image may start while this one waits.
    const free = idle;
    idle = undefined;
    const kept = free ?? startKept(await instantiate(decoder));
    return () => {
      const bitmap = decodeWithin(kept.instance, memoryBytes, decode);
      if (restore(kept)) idle = kept;
      return bitmap;
    };
  };
}

interface Kept<Module> {
  readonly instance: Instance<Module>;
  readonly bytes: number;
  /** The parts of the new memory that are not zero. */
  readonly parts: readonly Part[];
}

interface Part {
  readonly at: number;
  readonly data: Uint8Array;
}

function startKept<Module>(instance: Instance<Module>): Kept<Module> {
  const memory = Buffer.from(instance.memory.buffer);
  const parts: Part[] = [];
  for (let at = 0; at < memory.length; at += partBytes) {
    const part = memory.subarray(at, at + partBytes);
    if (!part.equals(zeros)) parts.push({ at, data: Uint8Array.from(part) });
  }
  return { instance, bytes: memory.length, parts };
}

/** @returns false if the memory has grown: it never shrinks */
function restore<Module>({ instance, bytes, parts }: Kept<Module>): boolean {
  const memory = new Uint8Array(instance.memory.buffer);
  if (memory.length !== bytes) return false;
  memory.fill(0);
  for (const { at, data } of parts) memory.set(data, at);
  return true;
}

/** Memory consists of whole pages of 64 KB. */
const partBytes = 16_384;
const zeros = new Uint8Array(partBytes);
