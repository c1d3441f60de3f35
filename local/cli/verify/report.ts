/** Prints findings: text for people, one JSON object for a bug report. */
import { styleText } from 'node:util';
import { printable } from '../../../functions/classify/image/printable.ts';
import manifest from '../../../package.json' with { type: 'json' };
import type { Finding, Outcome } from './check.ts';
import type { Settings } from './target.ts';

/** ANSI styles by outcome; none on pipes and with NO_COLOR. */
const styles = { yes: 'green', no: 'red', 'could not tell': 'yellow', 'left out': 'dim' } as const;
const indent = ' '.repeat(26);

/** A finding in a few lines: outcome and promise, what the check did, what AWS answered. */
export function describeFinding({ check, promise, outcome, seconds, did, answered, toDo }: Finding): string {
  const time = outcome === 'left out' ? '' : `${seconds.toFixed(1)} s`;
  const word = styleText(styles[outcome], outcome.padEnd(16), { stream: process.stdout });
  const details = outcome === 'left out' ? [answered] : [did, answered, ...(toDo ? [`To do: ${toDo}`] : [])];
  return [
    `${time.padStart(8)}  ${word}${promise} (${check})`,
    ...details.map((line) => `${indent}${printable(line)}`),
  ].join('\n');
}

/** `24 yes, 1 no, 2 could not tell, 3 left out` */
export function summarize(findings: readonly Finding[]): string {
  const outcomes: readonly Outcome[] = ['yes', 'no', 'could not tell', 'left out'];
  return outcomes
    .map((outcome) => `${findings.filter((finding) => finding.outcome === outcome).length} ${outcome}`)
    .join(', ');
}

export interface Report {
  readonly bucketlens: string;
  readonly node: string;
  readonly system: string;
  readonly target: 'AWS' | 'an emulator, whose times mean nothing';
  readonly region: string;
  readonly settings: Settings;
  readonly checks: readonly Finding[];
}

export function createReport(
  { isEmulated, region, settings }: { isEmulated: boolean; region: string; settings: Settings },
  checks: readonly Finding[],
): Report {
  return {
    bucketlens: manifest.version,
    node: process.version,
    system: `${process.platform} ${process.arch}`,
    target: isEmulated ? 'an emulator, whose times mean nothing' : 'AWS',
    region,
    settings,
    checks,
  };
}
