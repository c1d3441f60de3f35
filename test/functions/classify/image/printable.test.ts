import { describe, expect, it } from 'vitest';
import { printable } from '../../../../functions/classify/image/printable.ts';

describe('a printable name', () => {
  it.each([
    ['\x1b[2J\x1b]0;title\x07', '\\u001b[2J\\u001b]0;title\\u0007'],
    ['cat.jpg\n07:21:15  other.jpg', 'cat.jpg\\u000a07:21:15  other.jpg'],
    ['\x9b31m', '\\u009b31m'],
    ['\u202egpj.tac', '\\u202egpj.tac'],
  ])('cannot control a terminal', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it.each(['Müller/Ørsted 猫.jpg', '👩‍👧 कुत्ता.png', "it's 100%.jpg"])(
    'stays as it is otherwise: %s',
    (text) => {
      expect(printable(text)).toBe(text);
    },
  );
});
