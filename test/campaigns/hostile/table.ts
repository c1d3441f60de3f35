/** The summary of a hostile run, as a Markdown table. */
import { table } from '../../../bench/page.ts';

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
