import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../../functions/classify/decode/decode.ts';
import { defaultLimits } from '../../../../functions/classify/image/limits.ts';
import samples from '../../../../local/playground/server/samples/samples.json' with { type: 'json' };
import { repository } from '../../../support/run.ts';

const folder = join(repository, 'local/playground/server/samples');

describe('the sample photos', () => {
  it('are the twelve files of their folder', async () => {
    const files = (await readdir(folder)).filter((name) => name !== 'samples.json');

    expect(samples).toHaveLength(12);
    expect(files.toSorted()).toEqual(samples.map(({ file }) => file).toSorted());
  });

  it('are small', async () => {
    const sizes = await Promise.all(samples.map(async ({ file }) => (await stat(join(folder, file))).size));

    expect(sizes.reduce((a, b) => a + b)).toBeLessThan(2_000_000);
  });

  it.each(samples)('include $file as an image, with its author and licence in NOTICE', async (sample) => {
    const notice = await readFile(join(repository, 'NOTICE'), 'utf8');
    const { width } = await decode(await readFile(join(folder, sample.file)), defaultLimits);

    expect(width).toBeGreaterThanOrEqual(400);
    const [line = ''] = notice.split('\n').filter((text) => text.startsWith(`  ${sample.file}: `));
    expect(line).toContain(sample.author);
    expect(line).toContain(sample.licence);
    expect(line).toContain(sample.source.replace('https://www.', ''));
  });
});
