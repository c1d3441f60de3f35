import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { assertEnough, dividePhotos, readPhotos } from '../../../../layers/model/int8/photos.ts';

function named(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${String(i).padStart(4, '0')}.jpg`);
}

describe('dividePhotos', () => {
  it.each([
    [32, 16, 16],
    [33, 16, 17],
    [375, 64, 311],
    [5000, 64, 448],
  ])('divides %i photos into %i that calibrate and %i that judge', (photos, calibrating, judging) => {
    const divided = dividePhotos(named(photos));

    expect(divided.calibrating).toHaveLength(calibrating);
    expect(divided.judging).toHaveLength(judging);
    expect(new Set([...divided.calibrating, ...divided.judging]).size).toBe(calibrating + judging);
  });

  it('takes photos from the whole folder, the same ones every time', () => {
    const files = named(640);

    expect(dividePhotos(files)).toEqual(dividePhotos(files));
    expect(dividePhotos(files).calibrating.at(-1)! > '0600').toBe(true);
  });
});

describe('readPhotos', () => {
  it('names files that are not images, and goes on', async () => {
    const skipped: string[] = [];
    const files = [
      'test/support/photos/chelsea.png',
      'README.md',
      'no-such-file.jpg',
      'test/support/photos/coffee.png',
    ];
    const photos = {
      folder: 'photos',
      files,
      read: (file: string) => readFile(file),
      onSkipped: (file: string, { name }: Error) => skipped.push(`${file}: ${name}`),
    };
    const recipe = {
      input: { layout: 'NCHW', width: 8, height: 8 },
      preprocess: { mode: 'tf', interpolation: 'nearest', policy: 'stretch', orientation: 'exif' },
    } as const;

    const tensors = [];
    for await (const tensor of readPhotos(files, photos, recipe)) tensors.push(tensor);

    expect(tensors.map(({ dims }) => dims)).toEqual([
      [1, 3, 8, 8],
      [1, 3, 8, 8],
    ]);
    expect(skipped).toEqual(['README.md: UnsupportedFormat', 'no-such-file.jpg: Error']);
  });
});

describe('assertEnough', () => {
  it('accepts 16 photos for each purpose', () => {
    expect(() => assertEnough(16, 'judge', 'photos')).not.toThrow();
  });

  it.each([
    [
      0,
      'calibrate',
      /photos leaves 0 photos to calibrate the int8 network with; it takes 16, and as many to judge it/,
    ],
    [
      1,
      'judge',
      /photos leaves 1 photo to judge the int8 network with; it takes 16, and as many to calibrate it: .* 32 or more/,
    ],
  ] as const)('refuses %i photos to %s', (photos, purpose, message) => {
    expect(() => assertEnough(photos, purpose, 'photos')).toThrow(message);
  });
});
