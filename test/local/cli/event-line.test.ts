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

describe('the line of a classified image', () => {
  it.each(['written', 'skipped'])('shows only the labels if writeBack is %s', (writeBack) => {
    expect(lineOf(writeBack)).toBe('uploads/cat.jpg  tiger_cat 40.9 %');
  });

  it.each([
    ['too-large', 'not on the object: its own metadata, tags or annotations leave no room'],
    ['superseded', 'not on the object: it has been overwritten or deleted'],
    ['failed', 'not on the object yet: the write will be retried'],
  ])('says why the labels are not on the object if writeBack is %s', (writeBack, reason) => {
    expect(lineOf(writeBack)).toBe(`uploads/cat.jpg  tiger_cat 40.9 %; ${reason}`);
  });
});

it('the line of any key is one line without control characters', () => {
  const detail = { bucket: 'uploads', key: 'a\nb\x1b[31m.jpg' };

  expect(describeEvent({ detailType: 'Image Skipped', detail })).toBe(
    'uploads/a\\u000ab\\u001b[31m.jpg  skipped: its owner opted out',
  );
});
