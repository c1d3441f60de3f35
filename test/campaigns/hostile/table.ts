/** The summary of a run, as Markdown. */

export interface Summary {
  readonly group: string;
  readonly files: number;
  readonly accepted: number;
  readonly refused: number;
  readonly slowestMs: number;
  readonly peakMegabytes: number;
  /** With Pillow. */
  readonly disagreements: number;
}

export function renderTable(summaries: readonly Summary[]): string {
  return [
    '| group | files | accepted | refused | slowest, CPU ms | most memory, MB | Pillow differs |',
    '| --- | --: | --: | --: | --: | --: | --: |',
    ...summaries.map(
      ({ group, files, accepted, refused, slowestMs, peakMegabytes, disagreements }) =>
        `| ${group} | ${files} | ${accepted} | ${refused} | ${Math.round(slowestMs)} | ${peakMegabytes} | ${disagreements} |`,
    ),
  ].join('\n');
}
