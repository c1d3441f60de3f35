import { expect, it } from 'vitest';
import { type Int8Row, lineOf, median, updateTable } from './table.ts';

function row(photos: string, same: number): Int8Row {
  return {
    photos,
    tool: 'Bucketlens',
    agreement: { all: { photos: 200, same }, sure: { photos: 100, same: 100 }, topFive: 0.9312 },
    time: 0.487,
    date: '2026-01-01',
  };
}

it('states agreement, time and date', () => {
  expect(lineOf(row('foods', 193))).toBe(
    '| foods | Bucketlens | 96.5 % of 200 photos | 100 % of 100 photos | 93.1 % | 0.49 | 2026-01-01 |',
  );
});

it('replaces the rows of photos that were measured again, and keeps the others', () => {
  const before = updateTable('', [row('foods', 190), row('places', 198)]);

  const after = updateTable(before, [row('foods', 193)]);

  expect(after.split('\n').slice(2)).toEqual([lineOf(row('places', 198)), lineOf(row('foods', 193))]);
});

it('takes the middle of the times', () => {
  expect(median([3, 1, 100])).toBe(3);
});
