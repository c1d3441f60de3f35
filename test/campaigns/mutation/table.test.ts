import { describe, expect, it } from 'vitest';
import { type Mutants, merge, rowsOf, scoreOf } from './table.ts';

const event: Mutants = { killed: 90, timedOut: 5, survived: 4, uncovered: 1 };
const time: Mutants = { killed: 10, timedOut: 0, survived: 10, uncovered: 0 };

describe('scoreOf', () => {
  it('counts mutants that time out as detected', () => {
    expect(scoreOf(event)).toBe(95);
  });

  it('gives a folder without mutants the full score', () => {
    expect(scoreOf({ killed: 0, timedOut: 0, survived: 0, uncovered: 0 })).toBe(100);
  });
});

describe('rowsOf', () => {
  it('ends with the sum of several folders', () => {
    expect(rowsOf(new Map(Object.entries({ event, time })))).toEqual([
      ['event', '100', '90', '5', '4', '1', '95 %'],
      ['time', '20', '10', '0', '10', '0', '50 %'],
      ['together', '120', '100', '5', '14', '1', '87.5 %'],
    ]);
  });
});

describe('merge', () => {
  it('keeps earlier results, replaces those measured again, and drops folders that are gone', () => {
    const earlier = rowsOf(new Map(Object.entries({ gone: time, event: time, time })));

    const merged = merge(earlier, new Map([['event', event]]), ['event', 'image', 'time']);

    expect([...merged]).toEqual([
      ['event', event],
      ['time', time],
    ]);
  });
});
