import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureFolder, UnusableFolder } from '../../../../local/cli/output/folder.ts';
import { startCommand } from '../../../../local/cli/start.ts';
import { templateCommand } from '../../../../local/cli/template.ts';
import { sentenceOf } from '../../../support/sentence.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bucketlens-test-'));
  writeFileSync(join(folder, 'cat.png'), '');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a folder that an option names', () => {
  it('is made, or stays', () => {
    const wanted = join(folder, 'a', 'b');
    ensureFolder(wanted, '--data');
    ensureFolder(wanted, '--data');

    expect(existsSync(wanted)).toBe(true);
  });

  it('is refused with the reason if it cannot be made', () => {
    const make = () => ensureFolder(join(folder, 'x'.repeat(300)), '--data x');

    expect(make).toThrow(UnusableFolder);
    expect(make).toThrow(/^--data x is not a folder that can be written to \(\w+\); choose another/);
  });

  it.each([
    ['start --data', startCommand, '--data'],
    ['template -o', templateCommand, '-o'],
  ])('is refused by %s if it is a file', async (_, command, option) => {
    const photo = join(folder, 'cat.png');

    expect(await sentenceOf(command(), [option, photo])).toContain(
      `error: ${option} ${photo} cannot be a folder, because a file has that name`,
    );
  });
});
