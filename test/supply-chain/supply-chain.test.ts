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

/** The lock file with one package more, or another one. */
function lockWith(name: string, locked: LockedPackage): LockFile {
  return {
    packages: {
      ...lock.packages,
      [`node_modules/${name}`]: { integrity: 'sha512-x', license: 'MIT', ...locked },
    },
  };
}

describe('what is installed', () => {
  it.each([
    ['is locked by its contents', checkLockFile(lock, manifest)],
    ['is pinned only for a reason', checkPins(manifest)],
    ['runs no install script', checkInstallScripts(lock, npmrc)],
    ['is under a licence that asks for no more than a notice', checkLicences(lock, 'dependencies')],
    ['is, for development, under a few besides', checkLicences(lock, 'devDependencies')],
    ['has its licence said elsewhere only if it does not say it itself', checkUnnamedLicences(lock)],
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
      'a package of a repository',
      checkLockFile(lockWith('a', { resolved: 'git+ssh://b' }), manifest),
      /^a comes from/,
    ],
    [
      'a dependency that is not locked',
      checkLockFile(lock, other({ a: '^1.0.0' })),
      /^the dependencies of package\.json/,
    ],
    ['a pin without a reason', checkPins(other({ a: '1.0.0' })), /^a is pinned: say why/],
    [
      'a reason for what is pinned no more',
      checkPins({ ...manifest, devDependencies: {} }),
      /a reason for knip,/,
    ],
    [
      'a new install script',
      checkInstallScripts(lockWith('a', { hasInstallScript: true }), npmrc),
      /^a has an install script/,
    ],
    ['install scripts that are run', checkInstallScripts(lock, ''), /ignore-scripts=true/],
    [
      'a licence that asks for more',
      checkLicences(lockWith('a', { license: 'GPL-3.0-only' }), 'dependencies'),
      /^a is under GPL/,
    ],
    [
      'two licences, one of which does',
      checkLicences(lockWith('a', { license: 'MIT AND GPL-3.0-only' }), 'dependencies'),
      /^a /,
    ],
    [
      'a licence for tools alone',
      checkLicences(lockWith('a', { license: 'MPL-2.0' }), 'dependencies'),
      /^a is under MPL/,
    ],
    ['no licence', checkUnnamedLicences(lockWith('a', { license: '' })), /^a names no licence: say why/],
  ])('finds %s', (_, { faults }, sentence) => {
    expect(faults.join('\n')).toMatch(new RegExp(sentence, 'm'));
  });

  it.each([
    ['one of two licences is enough', lockWith('a', { license: '(GPL-3.0-only OR MIT)' }), 'dependencies'],
    ['tools may be under more', lockWith('a', { license: 'MPL-2.0', dev: true }), 'devDependencies'],
  ] as const)('knows that %s', (_, locked, kind) => {
    expect(checkLicences(locked, kind).faults).toEqual([]);
  });

  it('names what npm audit finds once, with its address', () => {
    const advisory = { url: 'https://example.com/1', name: 'a', title: 'Reads too far', severity: 'high' };
    const vulnerabilities = { a: { via: [advisory] }, b: { via: ['a'] }, c: { via: [advisory] } };

    expect(checkAdvisories({ vulnerabilities })?.faults).toEqual([
      expect.stringMatching(/^a: Reads too far \(high, https:\/\/example\.com\/1\): say why/),
    ]);
    expect(checkAdvisories({ vulnerabilities: {} })?.faults).toEqual([]);
  });

  it('does not take silence of the registry for good news', () => {
    expect(checkAdvisories({ message: '405 Method Not Allowed' })).toBeUndefined();
  });
});
