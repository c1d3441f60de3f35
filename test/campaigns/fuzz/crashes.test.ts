/** Checks some of the fuzzer's seeds, and every input that once failed, without the fuzzer. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crashesFolder, loadTarget, targetNames } from './target.ts';

const handful = 20;

describe.each(targetNames)('the fuzz target %s', async (name) => {
  const { seeds, check } = await loadTarget(name);
  const folder = join(crashesFolder, name);
  const crashes = existsSync(folder) ? readdirSync(folder) : [];

  it('passes its seeds', async () => {
    const inputs = await seeds();
    const some = inputs.filter((_, i) => i % Math.ceil(inputs.length / handful) === 0);

    for (const input of some) await check(input);

    expect(some.length).toBeGreaterThan(0);
  });

  it.each(crashes)('passes an input that once failed: %s', async (file) => {
    await expect(Promise.resolve(check(readFileSync(join(folder, file))))).resolves.toBeUndefined();
  });
});
