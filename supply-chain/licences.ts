/** The licences of all packages, as the lock file states them. */
import { allowedLicences, allowedLicencesOfTools, licencesElsewhere } from './decisions.ts';
import { compare, type Finding, type LockFile, type NamedPackage, packagesOf } from './lock-file.ts';

/** @param kind A section of package.json; includes the transitive dependencies of its packages. */
export function checkLicences(lock: LockFile, kind: 'dependencies' | 'devDependencies'): Finding {
  const packages = packagesOf(lock).filter(({ dev }) => (kind === 'devDependencies') === (dev ?? false));
  const allowed = [...allowedLicences, ...(kind === 'devDependencies' ? allowedLicencesOfTools : [])];
  const refused = packages.filter((locked) => !isAllowed(licenceOf(locked), allowed));
  return {
    faults: refused.map((locked) => `${locked.name} is under ${licenceOf(locked) || 'no stated licence'}`),
    summary: `${packages.length} packages: ${countLicences(packages)}`,
  };
}

/** Packages without an SPDX licence must be exactly those of decisions.ts. */
export function checkUnnamedLicences(lock: LockFile): Finding {
  const unnamed = packagesOf(lock)
    .filter(({ license }) => !license || license.startsWith('SEE LICENSE'))
    .map(({ name }) => name);
  return {
    faults: compare(unnamed, licencesElsewhere, (name) => `${name} names no licence`),
    summary: `${unnamed.length} packages, each with its licence in decisions.ts`,
  };
}

function licenceOf({ name, license = '' }: NamedPackage): string {
  return licencesElsewhere[name]?.[0] ?? license;
}

/** Reads the SPDX expressions that occur in practice: alternatives of combinations. */
function isAllowed(expression: string, allowed: readonly string[]): boolean {
  return expression
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((licence) => allowed.includes(licence)));
}

function countLicences(packages: readonly NamedPackage[]): string {
  const counts = new Map<string, number>();
  for (const licence of packages.map(licenceOf)) counts.set(licence, (counts.get(licence) ?? 0) + 1);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([licence, count]) => `${count} ${licence}`)
    .join(', ');
}
