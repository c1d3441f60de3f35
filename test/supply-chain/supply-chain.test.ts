import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkAdvisories } from '../../supply-chain/advisories.ts';
import { checkLicences, checkUnnamedLicences } from '../../supply-chain/licences.ts';
import {
  checkInstallScripts,
  checkLockFile,
  checkPins,
  type LockedPackage,
  type LockFile,
} from '../../supply-chain/lock-file.ts';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const lock: LockFile = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const npmrc = readFileSync('.npmrc', 'utf8');

/** The lock file with one package added or replaced. */
function lockWith(name: string, locked: LockedPackage): LockFile {
  return {
    packages: {
      ...lock.packages,
      [`node_modules/${name}`]: { integrity: 'sha512-x', license: 'MIT', ...locked },
    },
  };
}

describe('the installed packages', () => {
  it.each([
    ['are locked by the digests of their contents', checkLockFile(lock, manifest)],
    ['are pinned only for a reason', checkPins(manifest)],
    ['run no install script', checkInstallScripts(lock, npmrc)],
    [
      'need no more than a notice by their licence if they are distributed',
      checkLicences(lock, 'dependencies'),
    ],
    ['may be under a few more licences if they are tools', checkLicences(lock, 'devDependencies')],
    ['have an entry in decisions.ts exactly if they state no licence', checkUnnamedLicences(lock)],
  ])('%s', (_, { faults }) => {
    expect(faults).toEqual([]);
  });
});

describe('npm run supply-chain', () => {
  const other = (change: object) => ({ ...manifest, dependencies: { ...manifest.dependencies, ...change } });

  it.each([
    [
      'a package without a digest',
      checkLockFile(lockWith('a', { integrity: 'sha1-x' }), manifest),
      /^a is locked without/,
    ],
    [
      'a package from a git repository',
      checkLockFile(lockWith('a', { resolved: 'git+ssh://b' }), manifest),
      /^a does not come from/,
    ],
    [
      'a dependency that is not locked',
      checkLockFile(lock, other({ a: '^1.0.0' })),
      /^the dependencies of package\.json/,
    ],
    ['a pin without a reason', checkPins(other({ a: '1.0.0' })), /^a is pinned: give the reason/],
    [
      'a reason for a pin that is gone',
      checkPins({ ...manifest, devDependencies: {} }),
      /an unneeded entry for knip:/,
    ],
    [
      'a new install script',
      checkInstallScripts(lockWith('a', { hasInstallScript: true }), npmrc),
      /^a has an install script/,
    ],
    ['install scripts that are run', checkInstallScripts(lock, ''), /ignore-scripts=true/],
    [
      'a licence with more obligations',
      checkLicences(lockWith('a', { license: 'GPL-3.0-only' }), 'dependencies'),
      /^a is under GPL/,
    ],
    [
      'two licences of which one has more obligations',
      checkLicences(lockWith('a', { license: 'MIT AND GPL-3.0-only' }), 'dependencies'),
      /^a /,
    ],
    [
      'a licence that only tools may have',
      checkLicences(lockWith('a', { license: 'MPL-2.0' }), 'dependencies'),
      /^a is under MPL/,
    ],
    [
      'a package without a licence',
      checkUnnamedLicences(lockWith('a', { license: '' })),
      /^a names no licence: give the reason/,
    ],
  ])('finds %s', (_, { faults }, sentence) => {
    expect(faults.join('\n')).toMatch(new RegExp(sentence, 'm'));
  });

  it.each([
    [
      'one allowed licence of several alternatives is enough',
      lockWith('a', { license: '(GPL-3.0-only OR MIT)' }),
      'dependencies',
    ],
    ['tools may be under more licences', lockWith('a', { license: 'MPL-2.0', dev: true }), 'devDependencies'],
  ] as const)('accepts that %s', (_, locked, kind) => {
    expect(checkLicences(locked, kind).faults).toEqual([]);
  });

  it('reports each advisory of npm audit once, with its address', () => {
    const advisory = { url: 'https://example.com/1', name: 'a', title: 'Reads too far', severity: 'high' };
    const vulnerabilities = { a: { via: [advisory] }, b: { via: ['a'] }, c: { via: [advisory] } };

    expect(checkAdvisories({ vulnerabilities })?.faults).toEqual([
      expect.stringMatching(/^a: Reads too far \(high, https:\/\/example\.com\/1\): give the reason/),
    ]);
    expect(checkAdvisories({ vulnerabilities: {} })?.faults).toEqual([]);
  });

  it('reports no result if the registry does not answer', () => {
    expect(checkAdvisories({ message: '405 Method Not Allowed' })).toBeUndefined();
  });
});
