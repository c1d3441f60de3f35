/** Checks package-lock.json for completeness and agreement with package.json, and install scripts and pins against decisions.ts. */
import { pins, skippedScripts } from './decisions.ts';

/** @see https://docs.npmjs.com/cli/configuring-npm/package-lock-json */
export interface LockedPackage {
  readonly version?: string;
  /** Usually an SPDX expression. */
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: true;
  /** Shipped inside another package, and so covered by that one's digest. */
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
  /** By folder; '' is the repository itself. */
  readonly packages: Readonly<Record<string, LockedPackage>> & { readonly '': Manifest };
}

export interface Finding {
  /** Problems, one sentence each. */
  readonly faults: readonly string[];
  /** Describes the state if there are no problems. */
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

/** Every package is locked by the digest of its contents, and the lock file agrees with package.json. */
export function checkLockFile(lock: LockFile, manifest: Manifest): Finding {
  const packages = packagesOf(lock);
  const loose = packages.filter(({ integrity, inBundle }) => !inBundle && !integrity?.startsWith('sha512-'));
  const foreign = packages.filter(({ resolved, link }) => link || /^(git|file)/.test(resolved ?? ''));
  const kinds = ['dependencies', 'devDependencies'] as const;
  const differing = kinds.filter((kind) => !isSame(lock.packages[''][kind], manifest[kind]));
  return {
    faults: [
      ...loose.map(({ name }) => `${name} is locked without the SHA-512 of its contents`),
      ...foreign.map(({ name }) => `${name} does not come from a registry`),
      ...differing.map((kind) => `the ${kind} of package.json differ from the lock file: run npm install`),
    ],
    summary: `${packages.length} packages, each with the SHA-512 of its contents; they match package.json`,
  };
}

function isSame(one: Ranges = {}, other: Ranges = {}): boolean {
  return JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
}

/** @param npmrc Contents of the repository's .npmrc. */
export function checkInstallScripts(lock: LockFile, npmrc: string): Finding {
  const withScript = packagesOf(lock)
    .filter(({ hasInstallScript }) => hasInstallScript)
    .map(({ name }) => name);
  return {
    faults: [
      ...(/^ignore-scripts=true$/m.test(npmrc) ? [] : ['.npmrc has no ignore-scripts=true']),
      ...compare(withScript, skippedScripts, (name) => `${name} has an install script`),
    ],
    summary: `none is run; ${withScript.join(' and ')} have one and work without it`,
  };
}

/** Ranges other than `^` keep npm install from taking all newer versions: each needs a reason. */
export function checkPins({ dependencies, devDependencies }: Manifest): Finding {
  const ranges = Object.entries({ ...dependencies, ...devDependencies });
  const pinned = ranges.filter(([, range]) => !range.startsWith('^')).map(([name]) => name);
  return {
    faults: compare(pinned, pins, (name) => `${name} is pinned`),
    summary: `${pinned.length} of ${ranges.length} dependencies, each with its reason`,
  };
}

/** Compares the packages found with those decided on: each needs a decision, each decision a package. */
export function compare(
  found: readonly string[],
  decided: Readonly<Record<string, unknown>>,
  describe: (name: string) => string,
): string[] {
  return [
    ...found
      .filter((name) => !(name in decided))
      .map((name) => `${describe(name)}: give the reason in decisions.ts`),
    ...Object.keys(decided)
      .filter((name) => !found.includes(name))
      .map((name) => `decisions.ts has an unneeded entry for ${name}: remove it`),
  ];
}
