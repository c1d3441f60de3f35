import { describe, expect, it } from 'vitest';
import { assertAgreement, percent, portion, summarise } from '../../../../layers/model/int8/agreement.ts';

function pair(isSame: boolean, isSure: boolean, common: number) {
  return { isSame, isSure, common };
}

describe('summarise', () => {
  const pairs = [pair(true, true, 5), pair(false, false, 4), pair(true, false, 5), pair(false, true, 2)];

  it('counts equal first labels, of all photos and of those that float32 is sure of', () => {
    expect(summarise(pairs, 10)).toEqual({
      all: { photos: 4, same: 2 },
      sure: { photos: 2, same: 1 },
      topFive: 0.8,
    });
  });

  it('has no five best labels where there are no more classes', () => {
    expect(summarise(pairs, 5)).not.toHaveProperty('topFive');
  });
});

describe('assertAgreement', () => {
  it.each([
    ['the least of each', { all: { photos: 100, same: 90 }, sure: { photos: 100, same: 97 } }],
    ['no photo with a score above 0.5', { all: { photos: 100, same: 90 }, sure: { photos: 0, same: 0 } }],
  ])('accepts %s', (_, agreement) => {
    expect(() => assertAgreement(agreement)).not.toThrow();
  });

  it.each([
    [
      { all: { photos: 100, same: 89 }, sure: { photos: 100, same: 99 } },
      'as int8, the network keeps its first label on 89 % of 100 photos that it was not calibrated with (at least 90 % is accepted), and on 99 % of 100 photos with a score above 0.5 (at least 97 %): calibrate with more photos of the kind that it will label, use --precision fp16, or build it all the same with --allow-loss',
    ],
    [
      { all: { photos: 100, same: 99 }, sure: { photos: 30, same: 29 } },
      'as int8, the network keeps its first label on 99 % of 100 photos that it was not calibrated with (at least 90 % is accepted), and on 96.6 % of 30 photos with a score above 0.5 (at least 97 %): calibrate with more photos of the kind that it will label, use --precision fp16, or build it all the same with --allow-loss',
    ],
    [
      { all: { photos: 20, same: 1 }, sure: { photos: 0, same: 0 } },
      'as int8, the network keeps its first label on 5 % of 20 photos that it was not calibrated with (at least 90 % is accepted): calibrate with more photos of the kind that it will label, use --precision fp16, or build it all the same with --allow-loss',
    ],
  ])('refuses %j and names the ways on', (agreement, message) => {
    expect(() => assertAgreement(agreement)).toThrow(message);
  });
});

describe('portion', () => {
  it('says 100 % only of all photos', () => {
    expect(portion({ photos: 3000, same: 2999 })).toBe('99.9 % of 3000 photos');
    expect(portion({ photos: 1, same: 1 })).toBe('100 % of 1 photo');
    expect(percent(0.29)).toBe('29 %');
  });
});
