import { describe, expect, it } from 'vitest';
import { findLeaks } from './leak.ts';

function at(runs: number, heapMegabytes: number, externalMegabytes = 20, residentMegabytes = 260) {
  return {
    runs,
    heapMegabytes,
    externalMegabytes,
    residentMegabytes,
    peakMegabytes: 280,
  };
}

describe('npm run load -- --leak', () => {
  it('tolerates small changes of memory', () => {
    expect(findLeaks([at(500, 13), at(1000, 20), at(2000, 14)])).toEqual([]);
  });

  it.each([
    ['a closure per invocation: 4 KB in the heap', at(2000, 13 + 1500 * 0.004), /^heapMegabytes: 6\.0 more/],
    ['a buffer of 10 KB per invocation', at(2000, 13, 20 + 1500 * 0.01), /^externalMegabytes: 15\.0 more/],
    [
      'native memory: 50 KB per invocation',
      at(2000, 13, 20, 260 + 1500 * 0.05),
      /^residentMegabytes: 75\.0 more/,
    ],
  ])('finds %s', (_, last, sentence) => {
    expect(findLeaks([at(500, 13), last])).toEqual([expect.stringMatching(sentence)]);
  });
});
