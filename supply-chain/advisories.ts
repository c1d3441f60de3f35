/** What `npm audit` knows of the locked versions. */
import { acceptedAdvisories } from './decisions.ts';
import { compare, type Finding } from './lock-file.ts';

/** Of what `npm audit --json` prints, the part that is read: of a registry that does not answer, `message` alone. */
export interface AuditReport {
  readonly vulnerabilities?: Readonly<Record<string, { readonly via: readonly (string | Advisory)[] }>>;
  readonly message?: string;
}

interface Advisory {
  readonly url: string;
  readonly name: string;
  readonly title: string;
  readonly severity: string;
}

/** @returns undefined if the registry could not be asked. */
export function checkAdvisories({ vulnerabilities }: AuditReport): Finding | undefined {
  if (!vulnerabilities) return undefined;
  // Names stand for packages that depend on another one that is listed too.
  const advisories = Object.values(vulnerabilities)
    .flatMap(({ via }) => via)
    .filter((cause) => typeof cause !== 'string');
  const byUrl = new Map(advisories.map((advisory) => [advisory.url, advisory]));
  const describe = (url: string) => {
    const { name, severity, title } = byUrl.get(url)!;
    return `${name}: ${title} (${severity}, ${url})`;
  };
  return {
    faults: compare([...byUrl.keys()], acceptedAdvisories, describe),
    summary: byUrl.size === 0 ? 'npm audit finds none' : `${byUrl.size}, each explained`,
  };
}
