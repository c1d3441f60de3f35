/** Random bytes behind the signature of an image. */
import { randomFrom } from '../../../support/random.ts';
import type { HostileFile } from '../hostile-file.ts';
import { oneOfEach, originals } from '../originals.ts';

const lengths = [2, 3, 4, 8, 12, 16, 24, 32, 48, 64];

const endings: readonly (readonly [string, (random: () => number) => Buffer])[] = [
  ['nothing', () => Buffer.alloc(0)],
  ['zeros', () => Buffer.alloc(1000)],
  ['ones', () => Buffer.alloc(1000, 0xff)],
  ['noise', (random) => Buffer.from(Uint8Array.from({ length: 1000 }, () => 256 * random()))],
  ['more noise', (random) => Buffer.from(Uint8Array.from({ length: 20_000 }, () => 256 * random()))],
];

export const nonsense: readonly HostileFile[] = oneOfEach.flatMap((name, file) =>
  lengths.flatMap((length) =>
    endings.map(([kind, make]) => ({
      name: `${length} bytes of ${name}, then ${kind}`,
      make: () =>
        Buffer.concat([originals.get(name)!.subarray(0, length), make(randomFrom(100 * file + length))]),
    })),
  ),
);
