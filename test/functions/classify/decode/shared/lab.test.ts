import { expect, it } from 'vitest';
import { labPainter } from '../../../../../functions/classify/decode/shared/lab.ts';
import { sha256Of } from '../pillow-answers.ts';

/** Printed by fixtures/lab.py. */
const pillow = '9e173997fb5989180e4f8ef82dec839c4c933be3bfd3cbaae001a536dabd8026';

it("equals Pillow's conversion of L*a*b* to RGB over the whole range", () => {
  const steps = Array.from({ length: 52 }, (_, i) => 5 * i);
  const samples = Uint8Array.from(
    steps.flatMap((l) => steps.flatMap((a) => steps.flatMap((b) => [l, a, b]))),
  );
  const rgba = new Uint8Array((samples.length / 3) * 4);
  const paint = labPainter();

  for (let s = 0, o = 0; s < samples.length; s += 3, o += 4) paint(samples, s, rgba, o);

  expect(sha256Of(rgba.filter((_, i) => i % 4 < 3))).toBe(pillow);
  expect(rgba[3]).toBe(255);
});
