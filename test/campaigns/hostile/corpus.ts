/** Hostile and broken files in groups, generated from the goldens, the same on every run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { animations } from './families/animations.ts';
import { bombs } from './families/bombs.ts';
import { cuts, flips, scribbles } from './families/damage.ts';
import { floods } from './families/floods.ts';
import { heics } from './families/heics.ts';
import { loops } from './families/loops.ts';
import { losslessJpegs } from './families/lossless-jpegs.ts';
import { nonsense } from './families/nonsense.ts';
import { oldJpegs } from './families/old-jpegs.ts';
import { polyglots } from './families/polyglots.ts';
import { psds } from './families/psds.ts';
import { sizes } from './families/sizes.ts';
import type { HostileFile } from './hostile-file.ts';

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
  { name: 'HEIC', files: heics },
  { name: 'lossless JPEG', files: losslessJpegs },
  { name: 'PSD', files: psds },
  { name: 'old-style JPEG', files: oldJpegs },
];

/** All files below a folder. */
export function groupOf(folder: string): Group {
  return {
    name: folder,
    files: globSync('**', { cwd: folder }).map((name) => ({
      name,
      make: () => readFileSync(join(folder, name)),
    })),
  };
}
