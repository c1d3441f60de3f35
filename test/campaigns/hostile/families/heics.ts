/** HEIC files that are cut off, damaged, or state another size than their own. */
import { readdirSync, readFileSync } from 'node:fs';
import type { HostileFile } from '../hostile-file.ts';
import { cut, scribbleOver } from './damage.ts';
import { claims } from './sizes.ts';

const fixtures = new URL('../../../functions/classify/decode/heic/fixtures/', import.meta.url);

const originals = readdirSync(fixtures)
  .filter((name) => name.endsWith('.heic'))
  .sort()
  .map((name): [string, Buffer] => [name, readFileSync(new URL(name, fixtures))]);

const sizes: readonly HostileFile[] = originals.flatMap(([name, bytes]) =>
  claims.map(([width, height]) => ({
    name: `${name} that says ${width}x${height}`,
    make: () => {
      const lying = Buffer.from(bytes);
      const at = lying.indexOf('ispe') + 8;
      lying.writeUInt32BE(width, at);
      lying.writeUInt32BE(height, at + 4);
      return lying;
    },
  })),
);

export const heics: readonly HostileFile[] = [
  ...originals.flatMap(cut),
  ...originals.flatMap(scribbleOver),
  ...sizes,
];
