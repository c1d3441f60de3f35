import { describe, expect, it, vi } from 'vitest';
import type { Photo } from '../../../../local/playground/labelling/photos.ts';
import { createEntries } from '../../../../local/playground/page/entries.ts';

function photo(key: string, storedAt: number): Photo {
  return { key, storedAt, answer: { status: 'waiting' } };
}

function setUp() {
  const onChange = vi.fn();
  return { entries: createEntries(onChange), onChange };
}

describe('createEntries', () => {
  it('keeps the place of an upload whose photo arrives before the upload ends', () => {
    const { entries } = setUp();
    entries.beginUpload('a.png', 10);
    entries.setUpload('a.png', { sent: 0.9 });
    entries.setPhoto(photo('a.png', 15));
    entries.endUpload('a.png');

    expect(entries.get('a.png')).toEqual({ key: 'a.png', addedAt: 10, photo: photo('a.png', 15) });
  });

  it('keeps the place of an upload whose photo arrives after the upload ends', () => {
    const { entries } = setUp();
    entries.beginUpload('a.png', 10);
    entries.endUpload('a.png');
    expect(entries.get('a.png')).toEqual({ key: 'a.png', addedAt: 10, upload: { sent: 1 } });

    entries.setPhoto(photo('a.png', 15));
    entries.setPhoto(photo('a.png', 15));
    expect(entries.get('a.png')).toEqual({ key: 'a.png', addedAt: 10, photo: photo('a.png', 15) });
  });

  it('moves a photo to the front that was uploaded again elsewhere', () => {
    const { entries } = setUp();
    entries.setPhoto(photo('a.png', 15));
    entries.setPhoto(photo('a.png', 20));

    expect(entries.get('a.png')!.addedAt).toBe(20);
  });

  it('removes entries that left the bucket, except uploads', () => {
    const { entries, onChange } = setUp();
    entries.setPhotos([photo('a.png', 1), photo('b.png', 2)]);
    entries.beginUpload('c.png', 3);
    onChange.mockClear();

    entries.setPhotos([photo('b.png', 2)]);

    expect(entries.all().map(({ key }) => key)).toEqual(['b.png', 'c.png']);
    expect(onChange).toHaveBeenCalledWith('a.png');
  });
});
