/** Known vulnerabilities of the locked versions, from `npm audit`. */
import { acceptedAdvisories } from './decisions.ts';
import { compare, type Finding } from './lock-file.ts';

/** The part of `npm audit --json` that is read; if the registry does not answer, only `message` is there. */
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

/** @returns undefined if the registry did not answer. */
export function checkAdvisories({ vulnerabilities }: AuditReport): Finding | undefined {
  if (!vulnerabilities) return undefined;
  // A name refers to another listed package; only the objects are advisories.
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
