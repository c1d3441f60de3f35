/** The hostile and broken files, in groups. Made by code from the goldens, the same at every run; none is stored. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { animations } from './animations.ts';
import { bombs } from './bombs.ts';
import { cuts, flips, scribbles } from './damage.ts';
import { floods } from './floods.ts';
import { loops } from './loops.ts';
import { nonsense } from './nonsense.ts';
import { polyglots } from './polyglots.ts';
import { sizes } from './sizes.ts';

export interface HostileFile {
  /** What it is made from, and how; one of its kind in its group. */
  readonly name: string;
  readonly make: () => Uint8Array;
}

export interface Group {
  readonly name: string;
  readonly files: readonly HostileFile[];
}

export const groups: readonly Group[] = [
  { name: 'cut off at every percent', files: cuts },
  { name: 'one byte flipped', files: flips },
  { name: 'scribbled over', files: scribbles },
  { name: 'header lies', files: sizes },
  { name: 'thousands of parts', files: floods },
  { name: 'loops and far offsets', files: loops },
  { name: 'bombs', files: bombs },
  { name: 'animations', files: animations },
  { name: 'polyglots', files: polyglots },
  { name: 'nonsense', files: nonsense },
];

/** All files in a folder and below. */
export const groupOf = (folder: string): Group => ({
  name: folder,
  files: globSync('**', { cwd: folder }).map((name) => ({
    name,
    make: () => readFileSync(join(folder, name)),
  })),
});
