import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { describeTable, drawResults, type Row } from '../../../../local/cli/tune/results.ts';

const arm: Row = {
  architecture: 'arm64',
  memoryMb: 1024,
  coldMs: 1903.4,
  coldBilledMs: 1904,
  warmMs: 410.2,
  warmBilledMs: 411,
  peakMb: 281,
};
const rows: readonly Row[] = [
  arm,
  { ...arm, architecture: 'x86_64', memoryMb: 1769, warmMs: 250, warmBilledMs: 250, peakMb: 290 },
  { architecture: 'x86_64', memoryMb: 10_240, refused: 'AWS refuses 10240 MB: the most is 3008' },
];

it('marks the cheapest and the fastest row, and says why one is missing', () => {
  expect(stripVTControlCharacters(describeTable(rows))).toBe(
    `architecture   memory    warm     cold  peak memory  a million
arm64         1024 MB  410 ms  1903 ms       281 MB      $5.88  cheapest
x86_64        1769 MB  250 ms  1903 ms       290 MB      $7.87  fastest
x86_64: AWS refuses 10240 MB: the most is 3008`,
  );
});

it('marks one row that is both', () => {
  expect(describeTable([arm])).toContain('cheapest and fastest');
});

it('draws a bar for each row and figure', () => {
  const svg = drawResults(rows, 'tuned <today>');
  expect(svg.match(/<rect/g)).toHaveLength(6);
  expect(svg).toContain('tuned &lt;today>');
  expect(svg).toContain('arm64, 1024 MB');
});
