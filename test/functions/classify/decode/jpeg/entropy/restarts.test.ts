import { describe, expect, it } from 'vitest';
import {
  checkScanEnd,
  findRestart,
} from '../../../../../../functions/classify/decode/jpeg/entropy/restarts.ts';
import { CorruptImage } from '../../../../../../functions/classify/image/rejections.ts';

function readerOf(hex: string, { at = 0, markerAt = 0 } = {}) {
  return { source: Buffer.from(hex, 'hex'), at, markerAt, isDry: false, isCutOff: false };
}

describe('findRestart, where restart 3 is due', () => {
  it.each([
    ['takes it', 'ffd3', 2, true],
    ['leaves restart 4 for later, since 3 is lost', 'ffd4ffd3', 2, false],
    ['leaves restart 5 for later', 'ffd5ffd3', 2, false],
    ['takes restart 6 for it', 'ffd6ffd3', 2, true],
    ['takes restart 7 for it', 'ffd7ffd3', 2, true],
    ['takes restart 0 for it', 'ffd0ffd3', 2, true],
    ['skips restart 1, which is late', 'ffd1ffd3', 4, true],
    ['skips restart 2', 'ffd2ffd3', 4, true],
    ['skips unknown markers', 'ffbfff01ffd3', 6, true],
    ['ends the data at another marker', 'ffd9ffd3', 2, false],
    ['ends the data at the first marker of frames', 'ffc0ffd3', 2, false],
    ['skips data', '1234ff0056ffd3', 7, true],
  ])('%s', (_, hex, at, isTaken) => {
    expect(findRestart(readerOf(hex), 3)).toEqual({ at, isTaken });
  });

  it('begins at the marker that ended the data', () => {
    expect(findRestart(readerOf('ffd3ffd4', { at: 4, markerAt: 2 }), 3)).toEqual({ at: 2, isTaken: true });
  });

  it('counts from 7 to 0', () => {
    expect(findRestart(readerOf('ffd0'), 7)).toEqual({ at: 2, isTaken: false });
    expect(findRestart(readerOf('ffd7ffd0'), 0)).toEqual({ at: 4, isTaken: true });
  });
});

describe('checkScanEnd', () => {
  it.each([
    ['the next scan', '12ffda'],
    ['the first marker of frames', '12ffc0'],
    ['the end after restarts and TEM', '12ffd0ff01ffd9'],
  ])('accepts %s', (_, hex) => {
    expect(() => checkScanEnd(readerOf(hex))).not.toThrow();
  });

  it.each([
    ['after the data', readerOf('12ffbf')],
    ['after a restart', readerOf('12ffd0ffbf')],
    ['that has ended the data', readerOf('ffbfffd9', { at: 4, markerAt: 2 })],
  ])('rejects an unknown marker %s', (_, reader) => {
    expect(() => checkScanEnd(reader)).toThrow(new CorruptImage('unknown marker ffbf'));
  });
});
