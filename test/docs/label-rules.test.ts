import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../functions/classify/image/limits.ts';
import { createClassifier } from '../../functions/classify/network/classifier.ts';
import { parseLabelRules } from '../../functions/classify/network/read-label-rules.ts';
import { readImage } from '../../functions/classify/tensor/read-image.ts';
import { blocksOf, root } from './pages.ts';

const page = 'docs/label-rules.md';
const blocks = blocksOf(page)
  .filter(({ language }) => language === 'json')
  .map(({ code }) => JSON.parse(code));
const [cats, , event] = blocks;
const rules = blocks.filter((block) => block !== event);

async function classify(labelRules: unknown) {
  const { manifest, classify: run } = await createClassifier(join(root, 'layers/model/efficientnet-lite0'), {
    labelRules: parseLabelRules(labelRules, page),
  });
  const photo = await readFile(join(root, 'test/support/photos/chelsea.png'));
  const { toTensor } = await readImage(photo, defaultLimits, manifest);
  const [classification] = await run(toTensor());
  return classification!;
}

/** Scores differ a little between processors. */
function rounded(value: unknown) {
  return JSON.parse(
    JSON.stringify(value, (_, member) => (typeof member === 'number' ? Number(member.toFixed(2)) : member)),
  );
}

describe(page, () => {
  it.each(rules)('has rules that the embedded model takes: %j', async (given) => {
    await expect(classify(given)).resolves.toMatchObject({ classes: [{}, {}, {}, {}, {}] });
  });

  it('shows part of the event that the first rules give for a cat', async () => {
    const { predictions, general, classes } = await classify(cats);

    expect(rounded({ predictions: predictions.slice(0, 1), general, classes: classes!.slice(0, 2) })).toEqual(
      rounded(event),
    );
  });
});
