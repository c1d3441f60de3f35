import { expect, it } from 'vitest';
import { CorruptImage, UnsupportedFormat } from '../../../../functions/classify/image/rejections.ts';

it('escapes characters of the file that would control a terminal', () => {
  expect(new UnsupportedFormat("coded as '\u001b[2J'").message).toBe(String.raw`coded as '\u001b[2J'`);
});

it('keeps the cause of a rejection', () => {
  const cause = new RangeError('beyond the end');

  expect(new CorruptImage('the file ends early', { cause }).cause).toBe(cause);
});
