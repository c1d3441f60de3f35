/** package-lock.json: whether it says all, and the same as package.json; and whose install scripts and versions were thought about. */
import { pins, skippedScripts } from './decisions.ts';

/** @see https://docs.npmjs.com/cli/configuring-npm/package-lock-json */
export interface LockedPackage {
  readonly version?: string;
  /** An SPDX expression, as a rule. */
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: true;
  /** It comes within another package, and so under that one's digest. */
  readonly inBundle?: true;
  readonly dev?: true;
  readonly hasInstallScript?: true;
}

type Ranges = Readonly<Record<string, string>>;

export interface Manifest {
  readonly dependencies: Ranges;
  readonly devDependencies?: Ranges;
}

export interface LockFile {
  /** By their folders; the repository itself is ''. */
  readonly packages: Readonly<Record<string, LockedPackage>> & { readonly '': Manifest };
}

export interface Finding {
  /** What is wrong, in sentences. */
  readonly faults: readonly string[];
  /** What there is, if nothing is wrong. */
  readonly summary: string;
}

export interface NamedPackage extends LockedPackage {
  readonly name: string;
}

/** All but the repository itself. */
export function packagesOf({ packages }: LockFile): NamedPackage[] {
  return Object.entries(packages)
    .filter(([folder]) => folder !== '')
    .map(([folder, locked]) => ({ name: folder.replace(/^.*node_modules\//, ''), ...locked }));
}

/** Every package is locked by the digest of its contents, and package.json asks for no other. */
export function checkLockFile(lock: LockFile, manifest: Manifest): Finding {
  const packages = packagesOf(lock);
  const loose = packages.filter(({ integrity, inBundle }) => !inBundle && !integrity?.startsWith('sha512-'));
  const foreign = packages.filter(({ resolved, link }) => link || /^(git|file)/.test(resolved ?? ''));
  const kinds = ['dependencies', 'devDependencies'] as const;
  const differing = kinds.filter((kind) => !isSame(lock.packages[''][kind], manifest[kind]));
  return {
    faults: [
      ...loose.map(({ name }) => `${name} is locked without the SHA-512 of its contents`),
      ...foreign.map(({ name }) => `${name} comes from elsewhere than a registry`),
      ...differing.map(
        (kind) => `the ${kind} of package.json are others than those that are locked: npm install`,
      ),
    ],
    summary: `${packages.length} packages, each with the digest of its contents, as package.json asks for`,
  };
}

function isSame(one: Ranges = {}, other: Ranges = {}): boolean {
  return JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
}

/** @param npmrc The settings of npm for this repository. */
export function checkInstallScripts(lock: LockFile, npmrc: string): Finding {
  const withScript = packagesOf(lock)
    .filter(({ hasInstallScript }) => hasInstallScript)
    .map(({ name }) => name);
  return {
    faults: [
      ...(/^ignore-scripts=true$/m.test(npmrc) ? [] : ['.npmrc has no ignore-scripts=true']),
      ...compare(withScript, skippedScripts, (name) => `${name} has an install script`),
    ],
    summary: `none is run; ${withScript.join(' and ')} have one and do without`,
  };
}

/** What is not `^`: npm install takes no newer version of it, or not each. */
export function checkPins({ dependencies, devDependencies }: Manifest): Finding {
  const ranges = Object.entries({ ...dependencies, ...devDependencies });
  const pinned = ranges.filter(([, range]) => !range.startsWith('^')).map(([name]) => name);
  return {
    faults: compare(pinned, pins, (name) => `${name} is pinned`),
    summary: `${pinned.length} of ${ranges.length} dependencies, each with its reason`,
  };
}

/** What there is and what was decided of it are to be the same. */
export function compare(
  found: readonly string[],
  decided: Readonly<Record<string, unknown>>,
  describe: (name: string) => string,
): string[] {
  return [
    ...found.filter((name) => !(name in decided)).map((name) => `${describe(name)}: say why in decisions.ts`),
    ...Object.keys(decided)
      .filter((name) => !found.includes(name))
      .map((name) => `decisions.ts has a reason for ${name}, which needs none`),
  ];
}
