import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { minVersion, satisfies } from 'semver';
import { describe, expect, it } from 'vitest';
import { repository } from '../support/run.ts';

interface LockedPackage {
  readonly dev?: true;
  readonly engines?: { readonly node?: string };
}

function readJson(name: string) {
  return JSON.parse(readFileSync(join(repository, name), 'utf8'));
}

describe('the supported range of Node.js', () => {
  const lowest = minVersion(readJson('package.json').engines.node)!.version;

  it('starts where the pages say', () => {
    const [, named] = /Node\.js (\d+\.\d+) to \d+/.exec(
      readFileSync(join(repository, 'docs/command-line.md'), 'utf8'),
    )!;

    expect(lowest).toBe(`${named}.0`);
  });

  it('is that of every dependency in the lock file', () => {
    const packages: Readonly<Record<string, LockedPackage>> = readJson('package-lock.json').packages;
    const limited = Object.entries(packages).flatMap(([path, { dev, engines }]) =>
      engines?.node && !dev ? [{ path, node: engines.node }] : [],
    );

    expect(limited.length).toBeGreaterThan(50);
    expect(limited.filter(({ node }) => !satisfies(lowest, node))).toEqual([]);
  });
});
