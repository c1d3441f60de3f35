import { expect, it } from 'vitest';
import type { Finding } from './survey.ts';
import { renderComparison } from './table.ts';

function finding(format: string, pixels: string | undefined, pillow: string | undefined): Finding {
  const rejection = { name: 'CorruptImage', message: 'png: no IDAT chunk' };
  const outcome = pixels === undefined ? { rejection } : { pixels };
  return {
    file: { name: 'a', make: () => new Uint8Array() },
    verdict: { format, ...outcome, cpuMs: 1, grownMegabytes: 1, faults: [] },
    pillow: pillow === undefined ? { refusal: 'OSError' } : { pixels: pillow },
    faults: [],
  };
}

it("counts by format how files compare with Pillow's results", () => {
  const rows = renderComparison([
    finding('png', '1x1 a', '1x1 a'),
    finding('png', '1x1 a', '1x1 b'),
    finding('png', undefined, undefined),
    finding('png', undefined, '1x1 a'),
    finding('png', '1x1 a', undefined),
    finding('avif', '1x1 a', '1x1 b'),
    finding('', undefined, undefined),
  ])
    .split('\n')
    .slice(2)
    .map((row) => row.split('|').map((cell) => cell.trim()));

  expect(rows).toEqual([
    ['', 'others', '1', '0', '0', '1', '0', '0', ''],
    ['', 'avif', '1', '1', '0', '0', '0', '0', ''],
    ['', 'png', '5', '1', '1', '1', '1', '1', ''],
  ]);
});
