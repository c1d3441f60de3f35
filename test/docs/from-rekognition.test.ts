import { expect, it } from 'vitest';
import { readPage } from './pages.ts';

const page = readPage('docs/recipes/from-rekognition.md');

/** The price of the next so many images of a month, each. */
const tiers = [
  [1e6, 0.001],
  [4e6, 0.0008],
  [30e6, 0.0006],
  [Number.POSITIVE_INFINITY, 0.00025],
] as const;

function rekognition(images: number): number {
  let rest = images;
  return tiers.reduce((dollars, [size, price]) => {
    const inTier = Math.min(rest, size);
    rest -= inTier;
    return dollars + inTier * price;
  }, 0);
}

const rows = [...page.matchAll(/^\| ([\d,]+) \| \$([\d,.]+) \| \$([\d,.]+) \| 1 : (\d+) \|$/gm)].map(
  ([, ...cells]) => cells.map((cell) => Number(cell.replaceAll(',', ''))),
);

it.each(rows)('computes the cost of %s images', (images, theirs, ours, ratio) => {
  expect(theirs).toBeCloseTo(rekognition(images!), 6);
  expect(ours).toBeCloseTo((12 * images!) / 1e6, 6);
  expect(ratio).toBe(Math.round(theirs! / ours!));
});

it('takes the cost of a million images from the cost page, rounded', () => {
  const [, table] = readPage('docs/cost.md').split('## A million images with efficientnet-lite0\n');
  const [, dollars] = /^\| 2048 MB \| \d+ ms \| \$([\d.]+) \|/m.exec(table!)!;

  expect(rows).toHaveLength(4);
  expect(Math.abs(Number(dollars) - 12) / 12).toBeLessThan(0.25);
});
