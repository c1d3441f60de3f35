/** The results of a hostile run, as Markdown tables. */
import { table } from '../../../bench/page.ts';
import { disagreementOf } from './disagreements.ts';
import type { Finding } from './survey.ts';

export interface Summary {
  readonly group: string;
  readonly files: number;
  readonly accepted: number;
  readonly refused: number;
  readonly slowestMs: number;
  readonly peakMegabytes: number;
  /** Number of files for which Pillow gives another result. */
  readonly disagreements: number;
}

export function renderTable(summaries: readonly Summary[]): string {
  return table(
    ['group', 'files', 'accepted', 'refused', 'slowest, CPU ms', 'most memory, MB', 'Pillow differs'],
    summaries.map(({ group, files, accepted, refused, slowestMs, peakMegabytes, disagreements }) => [
      group,
      ...[files, accepted, refused, Math.round(slowestMs), peakMegabytes, disagreements].map(String),
    ]),
  );
}

/** How the results of real files compare with Pillow's, by format. AVIF counts as equal, because its pixels are only bounded. */
export function renderComparison(findings: readonly Finding[]): string {
  const formats = [...new Set(findings.map(({ verdict }) => verdict?.format ?? ''))].sort();
  return table(
    ['format', 'files', 'equal', 'other pixels', 'refused by both', 'refused here', 'refused by Pillow'],
    formats.map((format) => {
      const own = findings.filter(({ verdict }) => (verdict?.format ?? '') === format);
      const kinds = own.map((finding) => disagreementOf(finding)?.pillow ?? 'equal');
      const count = (kind: string) => kinds.filter((other) => other === kind).length;
      const refused = own.filter(({ verdict }) => !verdict?.pixels).length - count('accepts it');
      return [
        format || 'others',
        ...[
          own.length,
          count('equal') - refused,
          count('has other pixels'),
          refused,
          count('accepts it'),
          count('refuses it'),
        ].map(String),
      ];
    }),
  );
}
