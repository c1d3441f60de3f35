import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { decode } from '../../../../../functions/classify/decode/decode.ts';
import { defaultLimits } from '../../../../../functions/classify/image/limits.ts';
import { sha256Of } from '../pillow-answers.ts';
import { rgbOf } from '../rgb.ts';

/** Written by fixtures/odd_samples.py. */
const files: readonly { readonly name: string; readonly sha256: string; readonly file: string }[] =
  JSON.parse(readFileSync(new URL('fixtures/odd_samples.json', import.meta.url), 'utf8'));

it.each(files)("equals Pillow's pixels for a TIFF of unusual samples: $name", async ({ file, sha256 }) => {
  const image = await decode(Buffer.from(file, 'base64'), defaultLimits);

  expect(sha256Of(rgbOf(image))).toBe(sha256);
});
