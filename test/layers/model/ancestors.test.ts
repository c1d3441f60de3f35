import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { writeAncestors } from '../../../layers/model/ancestors.ts';
import { UnusableModel } from '../../../layers/model/unusable-model.ts';
import { temporaryFolder } from './fixtures.ts';

const parent = temporaryFolder();
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(parent, 'model-'));
  path = join(folder, 'mine.json');
});

function written() {
  return JSON.parse(readFileSync(join(folder, 'ancestors.json'), 'utf8'));
}

describe('writeAncestors', () => {
  it("writes the user's file, whose keys are the labels' numbers where labels have no ids", async () => {
    const own = { names: { pet: 'pet' }, ancestors: { 0: ['pet'] } };
    writeFileSync(path, JSON.stringify(own));

    expect(await writeAncestors(path, ['cat', 'car'], folder)).toBe(true);

    expect(written()).toEqual(own);
    expect(readdirSync(folder)).not.toContain('LICENSE.ancestors.txt');
  });

  it("refuses a user's file for other classes", async () => {
    writeFileSync(path, JSON.stringify({ names: { pet: 'pet' }, ancestors: { cat: ['pet'] } }));

    const refused = writeAncestors(path, ['cat', 'car'], folder);

    await expect(refused).rejects.toThrow(UnusableModel);
    await expect(refused).rejects.toThrow(
      `${path} names none of the classes; its 'ancestors' go by the labels' ids (0, 1, …)`,
    );
  });

  it("writes WordNet's ancestors for ImageNet's ids, with their licence", async () => {
    expect(await writeAncestors(undefined, [['n02123045', 'tabby']], folder)).toBe(true);

    expect(written().ancestors.n02123045.length).toBeGreaterThan(1);
    expect(readdirSync(folder)).toContain('LICENSE.ancestors.txt');
  });

  it('writes nothing for other labels', async () => {
    expect(await writeAncestors(undefined, [['n02123045', 'tabby'], 'my cat'], folder)).toBe(false);
  });
});
