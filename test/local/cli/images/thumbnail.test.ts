import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CorruptImage } from '../../../../functions/classify/image/rejections.ts';
import { drawThumbnail, showsThumbnails } from '../../../../local/cli/images/thumbnail.ts';
import { repository } from '../../../support/run.ts';

function golden(name: string) {
  return readFileSync(join(repository, 'test/goldens/images', name));
}

describe('a thumbnail', () => {
  it('is twelve lines of the photo, each of which leaves the colours as they were', async () => {
    const lines = (await drawThumbnail(golden('coffee_base_420.jpg'))).split('\n');

    expect(lines).toHaveLength(12);
    for (const line of lines) {
      const cells = line.replaceAll('\x1b', 'ESC').match(/ESC\[38;2;\d+;\d+;\d+mESC\[48;2;\d+;\d+;\d+m▀/g);
      expect(cells).toHaveLength(24);
      expect(line.endsWith('\x1b[0m')).toBe(true);
    }
  });

  it('is refused as the photo is', async () => {
    await expect(drawThumbnail(golden('bad_truncated.png'))).rejects.toThrow(CorruptImage);
  });

  it.each([
    [true, 24, true],
    [true, 8, false],
    [false, 24, false],
  ])('is shown on a terminal (%s) of %i bits: %s', (isTTY, depth, shown) => {
    expect(showsThumbnails({ isTTY, getColorDepth: () => depth })).toBe(shown);
  });
});
