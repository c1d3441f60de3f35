import { describe, expect, it } from 'vitest';
import { describeEvent } from '../../../local/cli/event-line.ts';

function lineOf(writeBack: string) {
  return describeEvent({
    detailType: 'Image Classified',
    detail: {
      bucket: 'uploads',
      key: 'cat.jpg',
      predictions: [{ id: 'n02123159', label: 'tiger_cat', score: 0.4092 }],
      writeBack,
    },
  });
}

describe('the line of an image that has been classified', () => {
  it.each(['written', 'skipped'])('says no more than its labels: %s', (writeBack) => {
    expect(lineOf(writeBack)).toBe('uploads/cat.jpg  tiger_cat 40.9 %');
  });

  it.each([
    ['too-large', 'not on the object, which has no room for them'],
    ['superseded', 'not on the object, which has been overwritten or deleted'],
    ['failed', 'not on the object yet: that is tried again'],
  ])('says why they are not on the object: %s', (writeBack, reason) => {
    expect(lineOf(writeBack)).toBe(`uploads/cat.jpg  tiger_cat 40.9 %; ${reason}`);
  });
});

it('is one line, that steers no terminal, whatever the key is', () => {
  const detail = { bucket: 'uploads', key: 'a\nb\x1b[31m.jpg' };

  expect(describeEvent({ detailType: 'Image Skipped', detail })).toBe(
    'uploads/a\\u000ab\\u001b[31m.jpg  skipped, as its owner wants',
  );
});
