/** A few files of each group; `npm run hostile` goes through all of them. */
import { describe, expect, it } from 'vitest';
import { type Group, groups } from './corpus.ts';
import { describe as describeKind, disagreementOf, reasonFor } from './disagreements.ts';
import { judge } from './judge.ts';
import { readVerdicts } from './verdicts.ts';

const filesOfGroup = 24;

/** Spread over the group, among those that are made and decoded in no time. */
function sampleOf({ name, files }: Group): number[] {
  const quick = [...files.keys()].filter((index) => !/\d MP|\d MB|x\d{4,}|\d{5} /.test(files[index].name));
  const step = Math.max(1, Math.floor(quick.length / filesOfGroup));
  return name === 'bombs' ? quick : quick.filter((_, i) => i % step === 0);
}

const samples = groups.map((group) => ({ group, name: group.name, indices: sampleOf(group) }));

describe('hostile files', () => {
  it.each(samples)(
    'are answered as Pillow does, or in a way that is known: $name',
    { timeout: 120_000 },
    async ({ group, indices }) => {
      const pillow = readVerdicts(group);
      for (const index of indices) {
        const file = group.files[index];

        const verdict = await judge(file.make());

        expect(verdict.faults, file.name).toEqual([]);
        expect(verdict.rejection ?? verdict.pixels, file.name).toBeDefined();
        const kind = disagreementOf({
          file,
          verdict,
          pillow: pillow[index],
          faults: [],
        });
        if (kind) expect(reasonFor(kind), `${file.name}: ${describeKind(kind)}`).toBeDefined();
      }
    },
  );
});
