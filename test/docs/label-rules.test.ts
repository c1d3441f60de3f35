import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../functions/classify/image/limits.ts';
import { createClassifier } from '../../functions/classify/network/classifier.ts';
import { parseLabelRules, readLabelRules } from '../../functions/classify/network/read-label-rules.ts';
import { readImage } from '../../functions/classify/tensor/read-image.ts';
import { blocksOf, root } from './pages.ts';

const page = 'docs/label-rules.md';
const embedded = join(root, 'layers/model/efficientnet-lite0');
const blocks = blocksOf(page)
  .filter(({ language }) => language === 'json')
  .map(({ code }) => JSON.parse(code));
const [cats, , event] = blocks;
const rules = blocks.filter((block) => block !== event);

async function classify(labelRules: unknown) {
  const { manifest, classify: run } = await createClassifier(embedded, {
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

  it('has Python that makes rules of a wordnet', ({ skip }) => {
    const folder = mkdtempSync(join(tmpdir(), 'bucketlens-'));
    for (const file of ['labels.json', 'hypernyms.json'])
      copyFileSync(join(embedded, file), join(folder, file));
    const lines = [
      '# A wordnet\tfra\thttps://example.com\tCC BY',
      '02123045-n\tlemma\tchat tigré',
      '02123159-n\tfra:lemma\tchat tigré',
      '02123159-n\tfra:lemma\tchat-tigre',
      '02123394-n\tfra:lemma\tchat tigré',
      '02123394-n\tfra:def\t0\tun chat à poil long',
      '07920052-n\tfra:lemma\tespresso',
      '02121620-n\tfra:lemma\tchat',
      '02121620-v\tfra:lemma\tmiauler',
    ];
    writeFileSync(join(folder, 'wn-data-fra.tab'), lines.join('\n'));
    const program = blocksOf(page).find(({ language }) => language === 'python')!.code;

    const { error, stderr, status } = spawnSync('python3', ['-c', program], {
      cwd: folder,
      encoding: 'utf8',
    });

    if (error) skip('there is no python3 on PATH');
    expect(status, stderr).toBe(0);
    const { rules: made } = readLabelRules(join(folder, 'french.json'));
    expect(made).toEqual({
      rename: { n02123045: 'chat tigré', n02123159: 'chat-tigre', n02121620: 'chat' },
    });
  });

  it('shows part of the event that the first rules give for a cat', async () => {
    const { predictions, general, classes } = await classify(cats);

    expect(rounded({ predictions: predictions.slice(0, 1), general, classes: classes!.slice(0, 2) })).toEqual(
      rounded(event),
    );
  });
});
