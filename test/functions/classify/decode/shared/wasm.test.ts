import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  loadWasm,
  startWasm,
  type WasmDecoder,
} from '../../../../../functions/classify/decode/shared/wasm.ts';
import { runWithin, TimeIsUp } from '../../../../../functions/classify/decode/time-limit.ts';
import type { Bitmap } from '../../../../../functions/classify/image/image.ts';
import { CorruptImage, ImageTooLarge } from '../../../../../functions/classify/image/rejections.ts';

const folder = mkdtempSync(join(tmpdir(), 'bucketlens-'));
const header = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** A module that exports one page of memory. */
const memoryOfOnePage = Uint8Array.of(...header, 5, 3, 1, 0, 1, 7, 10, 1, 6, ...Buffer.from('memory'), 2, 0);
const pageBytes = 65_536;
const pixel = { width: 1, height: 1, data: new Uint8ClampedArray([1, 2, 3, 255]) };

/** Also exports an endless function: (func (export "loop") (loop (br 0))). */
const endlessLoop = Uint8Array.of(
  ...header,
  ...[1, 4, 1, 0x60, 0, 0],
  ...[3, 2, 1, 0],
  ...[5, 3, 1, 0, 1],
  ...[7, 17, 2, 6, ...Buffer.from('memory'), 2, 0, 4, ...Buffer.from('loop'), 0, 0],
  ...[10, 9, 1, 7, 0, 0x03, 0x40, 0x0c, 0, 0x0b, 0x0b],
);

interface Exports {
  readonly memory: { grow(pages: number): number };
  readonly loop: () => never;
}
type Decode = (exports: Exports) => unknown;
interface Options {
  instantiateWasm(imports: object, done: (instance: object) => void): Exports;
}

/** The interface of Emscripten's code around a decoder. */
function load(code: Uint8Array): Promise<WasmDecoder<Exports>> {
  const path = join(folder, 'decoder.wasm');
  writeFileSync(path, code);
  const create = async (options: object) => (options as Options).instantiateWasm({}, () => {});
  return loadWasm(Promise.resolve({ default: create }), path);
}

describe('startWasm', () => {
  const decodeWith = async (memoryBytes: number, decode: Decode) =>
    (
      await startWasm(await load(memoryOfOnePage), memoryBytes, (module) => decode(module) as Bitmap | null)
    )();

  it("returns the decoder's pixels", async () => {
    const image = await decodeWith(0, () => pixel);

    expect(image).toEqual({ width: 1, height: 1, data: Uint8Array.of(1, 2, 3, 255) });
  });

  it('rejects the file as damaged if the decoder returns null', async () => {
    await expect(decodeWith(0, () => null)).rejects.toEqual(
      new CorruptImage('the decoder refuses the data and gives no reason'),
    );
  });

  it("rethrows the decoder's errors", async () => {
    const failure = new Error('memory access out of bounds');

    await expect(
      decodeWith(0, () => {
        throw failure;
      }),
    ).rejects.toBe(failure);
  });

  describe('limits memory to what the header calls for plus 128 MB', () => {
    const memoryBytes = 10_000_000;
    const most = Math.floor((memoryBytes + 128_000_000) / pageBytes) - 1;

    it('and allows all of it', async () => {
      const image = await decodeWith(memoryBytes, ({ memory }) => {
        expect(memory.grow(most)).toBe(1);
        return pixel;
      });

      expect(image).toMatchObject({ width: 1, height: 1 });
    });

    it.each([
      ['at once', [most + 1]],
      ['little by little', [most, 1]],
    ])('and rejects a file that takes more %s', async (_, requests) => {
      const answer = decodeWith(memoryBytes, ({ memory }) => {
        for (const pages of requests) memory.grow(pages);
        return pixel;
      });

      await expect(answer).rejects.toEqual(
        new ImageTooLarge('decoding takes more than 138 MB, which is more than the header calls for'),
      );
    });

    it('and accepts a decoder that copes after a refused request', async () => {
      const decode = (result: unknown) =>
        decodeWith(memoryBytes, ({ memory }) => {
          expect(() => memory.grow(most + 1)).toThrow(RangeError);
          memory.grow(most);
          return result;
        });

      expect(await decode(pixel)).toMatchObject({ width: 1, height: 1 });
      await expect(decode(null)).rejects.toBeInstanceOf(CorruptImage);
    });
  });

  it('can be interrupted when the time is up', async () => {
    const decode = await startWasm(await load(endlessLoop), 0, ({ loop }) => loop());

    expect(() => runWithin(20, decode)).toThrow(TimeIsUp);
  });

  it('does not start a decoder whose memory cannot be limited', async () => {
    const decoder = await load(Uint8Array.from(header));

    await expect(startWasm(decoder, 0, () => null)).rejects.toThrow('the decoder does not show its memory');
  });
});
