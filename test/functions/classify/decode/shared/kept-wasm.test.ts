import { describe, expect, it } from 'vitest';
import { keepInstance } from '../../../../../functions/classify/decode/shared/kept-wasm.ts';
import type { Decode } from '../../../../../functions/classify/decode/shared/wasm.ts';
import {
  type WasmMemory,
  WebAssembly,
} from '../../../../../functions/classify/decode/shared/web-assembly.ts';
import { CorruptImage } from '../../../../../functions/classify/image/rejections.ts';

/** A module that exports one page of memory. */
const memoryOfOnePage = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[5, 3, 1, 0, 1],
  ...[7, 10, 1, 6, ...Buffer.from('memory'), 2, 0],
);

interface Library {
  readonly memory: WasmMemory;
  /** Counts instances from 1. */
  readonly number: number;
}

interface Options {
  instantiateWasm(imports: object, done: () => void): Omit<Library, 'number'>;
}

const pixel = { width: 1, height: 1, data: Uint8Array.of(1, 2, 3, 255) };

/** A decoder whose new memory holds 7 in its first and last bytes. */
async function open() {
  let number = 0;
  const start = keepInstance<Library>({
    compiled: await WebAssembly.compile(memoryOfOnePage),
    create: async (options) => {
      const { memory } = (options as Options).instantiateWasm({}, () => {});
      const bytes = new Uint8Array(memory.buffer);
      bytes[0] = bytes[bytes.length - 1] = 7;
      return { memory, number: ++number };
    },
  });
  return async (decode: Decode<Library> = () => pixel) => {
    let used = 0;
    const run = await start(0, (library, exports) => {
      used = library.number;
      return decode(library, exports);
    });
    return { run, instance: () => used };
  };
}

describe('keepInstance', () => {
  /** Decodes some images, one after the other. Returns the numbers of the instances that did. */
  const instancesOf = async (...decodes: (Decode<Library> | undefined)[]) => {
    const start = await open();
    const numbers: number[] = [];
    for (const decode of decodes) {
      const { run, instance } = await start(decode);
      try {
        run();
      } catch (error) {
        expect(error).toBeInstanceOf(CorruptImage);
      }
      numbers.push(instance());
    }
    return numbers;
  };

  it("keeps the second image's instance", async () => {
    expect(await instancesOf(undefined, undefined, undefined, undefined)).toEqual([1, 2, 2, 2]);
  });

  it('keeps no instance that refused an image', async () => {
    expect(await instancesOf(undefined, () => null, undefined, undefined)).toEqual([1, 2, 3, 3]);
  });

  it('keeps no instance whose memory has grown', async () => {
    const grow: Decode<Library> = ({ memory }) => {
      memory.grow(1);
      return pixel;
    };

    expect(await instancesOf(undefined, grow, undefined, undefined)).toEqual([1, 2, 3, 3]);
  });

  it('does not blame the memory limit for an image that fails after one whose request was refused', async () => {
    const copeWithRefusal: Decode<Library> = ({ memory }) => {
      expect(() => memory.grow(3000)).toThrow('beyond the limit');
      return pixel;
    };
    const start = await open();
    await start();
    (await start(copeWithRefusal)).run();

    const damaged = await start(() => null);

    expect(() => damaged.run()).toThrow(CorruptImage);
    expect(damaged.instance()).toBe(2);
  });

  it('keeps no instance whose decoding did not end', async () => {
    const start = await open();
    await start();

    const unfinished = await start();
    const next = await start();
    next.run();
    unfinished.run();

    expect([next.instance(), unfinished.instance()]).toEqual([3, 2]);
  });

  it('puts the memory back to what it was before the image', async () => {
    const start = await open();
    const spoil: Decode<Library> = ({ memory }) => {
      new Uint8Array(memory.buffer).fill(99);
      return pixel;
    };
    for (let image = 0; image < 2; image++) (await start(spoil)).run();

    let seen = new Uint8Array();
    const { run, instance } = await start(({ memory }) => {
      seen = new Uint8Array(memory.buffer).slice();
      return pixel;
    });
    run();

    expect(instance()).toBe(2);
    const expected = new Uint8Array(seen.length);
    expected[0] = expected[expected.length - 1] = 7;
    expect(Buffer.from(seen).equals(expected)).toBe(true);
  });
});
