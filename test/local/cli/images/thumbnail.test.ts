import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CorruptImage } from '../../../../functions/classify/image/rejections.ts';
import { drawThumbnail, showsThumbnails } from '../../../../local/cli/images/thumbnail.ts';
import { repository } from '../../../support/run.ts';

function golden(name: string) {
  return readFileSync(join(repository, 'test/goldens/images', name));
}

describe('thumbnails', () => {
  it('draws twelve lines, each of which resets the colours', async () => {
    const lines = (await drawThumbnail(golden('coffee_base_420.jpg'))).split('\n');

    expect(lines).toHaveLength(12);
    for (const line of lines) {
      const cells = line.replaceAll('\x1b', 'ESC').match(/ESC\[38;2;\d+;\d+;\d+mESC\[48;2;\d+;\d+;\d+m▀/g);
      expect(cells).toHaveLength(24);
      expect(line.endsWith('\x1b[0m')).toBe(true);
    }
  });

  it('rejects what readImage rejects', async () => {
    await expect(drawThumbnail(golden('bad_truncated.png'))).rejects.toThrow(CorruptImage);
  });

  it.each([
    [true, 24, true],
    [true, 8, false],
    [false, 24, false],
  ])('isTTY %s with %i-bit colour shows thumbnails: %s', (isTTY, depth, shown) => {
    expect(showsThumbnails({ isTTY, getColorDepth: () => depth })).toBe(shown);
  });
});
