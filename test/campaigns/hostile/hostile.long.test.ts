/** Decodes a few files of each group; `npm run hostile` decodes all. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { folderVariable } from '../../../functions/classify/decode/heic/heic.ts';
import { findHeicDecoder } from '../../../functions/heic-decoder.ts';
import { type Group, groups } from './corpus.ts';
import { describe as describeKind, disagreementOf, reasonFor } from './disagreements.ts';
import { judge } from './judge.ts';
import { readVerdicts } from './verdicts.ts';

const filesOfGroup = 24;

/** An even sample of the group's quick files. */
function sampleOf({ name, files }: Group): number[] {
  const quick = [...files.keys()].filter((index) => !/\d MP|\d MB|x\d{4,}|\d{5} /.test(files[index].name));
  const step = Math.max(1, Math.floor(quick.length / filesOfGroup));
  return name === 'bombs' ? quick : quick.filter((_, i) => i % step === 0);
}

const samples = groups.map((group) => ({ group, name: group.name, indices: sampleOf(group) }));

describe('hostile files', () => {
  beforeAll(() => {
    vi.stubEnv(folderVariable, findHeicDecoder().folder);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });

  it.each(samples)(
    'give the same result as Pillow, or differ for a known reason: $name',
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
