/** Damage as networks, disks and broken programs cause it. */
import { randomFrom } from '../../../support/random.ts';
import type { HostileFile } from '../hostile-file.ts';
import { originals } from '../originals.ts';

/** Every golden, cut off at every percent of its length. */
export const cuts: readonly HostileFile[] = [...originals].flatMap(cut);

export function cut([name, bytes]: readonly [name: string, bytes: Buffer]): HostileFile[] {
  const lengths = new Set(
    Array.from({ length: 100 }, (_, percent) => Math.floor((bytes.length * percent) / 100)),
  );
  return [...lengths].map((length) => ({
    name: `${name}, ${length} bytes of it`,
    make: () => bytes.subarray(0, length),
  }));
}

/** Every byte of every small golden, inverted. */
export const flips: readonly HostileFile[] = [...originals]
  .filter(([, { length }]) => length <= 700)
  .flatMap(([name, bytes]) =>
    Array.from({ length: bytes.length }, (_, at) => ({
      name: `${name}, byte ${at} inverted`,
      make: () => {
        const flipped = Buffer.from(bytes);
        flipped[at] ^= 0xff;
        return flipped;
      },
    })),
  );

const scribblesOfEach = 20;

/** Every golden, with up to 8 bytes of its first 1000 or of all of it changed. */
export const scribbles: readonly HostileFile[] = [...originals].flatMap(scribbleOver);

/** @param file a number of the file's own, from which its changes follow */
export function scribbleOver(
  [name, bytes]: readonly [name: string, bytes: Buffer],
  file: number,
): HostileFile[] {
  return Array.from({ length: scribblesOfEach }, (_, n) => ({
    name: `${name}, scribble ${n}`,
    make: () => scribble(bytes, randomFrom(scribblesOfEach * file + n), n % 2 === 0 ? 1000 : bytes.length),
  }));
}

function scribble(bytes: Buffer, random: () => number, reach: number): Buffer {
  const changed = Buffer.from(bytes);
  for (let count = 1 + Math.floor(8 * random()); count > 0; count--) {
    changed[Math.floor(random() * Math.min(reach, bytes.length))] = pickByte(random);
  }
  return changed;
}

/** A random byte, often at the end of a range. */
function pickByte(random: () => number): number {
  const edges = [0, 1, 0x7f, 0x80, 0xfe, 0xff];
  return random() < 0.3 ? edges[Math.floor(random() * edges.length)] : Math.floor(256 * random());
}
