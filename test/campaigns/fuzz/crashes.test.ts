/** What npm run fuzz starts from, and what it has failed on once: without the fuzzer, on every run of the tests. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crashesFolder, loadTarget, targetNames } from './target.ts';

const handful = 20;

describe.each(targetNames)('what must hold of %s', async (name) => {
  const { seeds, check } = await loadTarget(name);
  const folder = join(crashesFolder, name);
  const crashes = existsSync(folder) ? readdirSync(folder) : [];

  it('holds of what the fuzzer starts from', async () => {
    const inputs = await seeds();
    const some = inputs.filter((_, i) => i % Math.ceil(inputs.length / handful) === 0);

    for (const input of some) await check(input);

    expect(some.length).toBeGreaterThan(0);
  });

  it.each(crashes)('holds of what it once did not hold of: %s', async (file) => {
    await expect(Promise.resolve(check(readFileSync(join(folder, file))))).resolves.toBeUndefined();
  });
});
