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

describe('the entries of the page', () => {
  it('keep the place of an upload when its photo arrives before the upload is known to be over', () => {
    const { entries } = setUp();
    entries.beginUpload('a.png', 10);
    entries.setUpload('a.png', { sent: 0.9 });
    entries.setPhoto(photo('a.png', 15));
    entries.endUpload('a.png');

    expect(entries.get('a.png')).toEqual({ key: 'a.png', addedAt: 10, photo: photo('a.png', 15) });
  });

  it('keep the place of an upload when its photo arrives afterwards', () => {
    const { entries } = setUp();
    entries.beginUpload('a.png', 10);
    entries.endUpload('a.png');
    expect(entries.get('a.png')).toEqual({ key: 'a.png', addedAt: 10, upload: { sent: 1 } });

    entries.setPhoto(photo('a.png', 15));
    entries.setPhoto(photo('a.png', 15));
    expect(entries.get('a.png')).toEqual({ key: 'a.png', addedAt: 10, photo: photo('a.png', 15) });
  });

  it('move to the front what others have uploaded again', () => {
    const { entries } = setUp();
    entries.setPhoto(photo('a.png', 15));
    entries.setPhoto(photo('a.png', 20));

    expect(entries.get('a.png')!.addedAt).toBe(20);
  });

  it('go when the bucket does not have them any more, but for uploads', () => {
    const { entries, onChange } = setUp();
    entries.setPhotos([photo('a.png', 1), photo('b.png', 2)]);
    entries.beginUpload('c.png', 3);
    onChange.mockClear();

    entries.setPhotos([photo('b.png', 2)]);

    expect(entries.all().map(({ key }) => key)).toEqual(['b.png', 'c.png']);
    expect(onChange).toHaveBeenCalledWith('a.png');
  });
});
