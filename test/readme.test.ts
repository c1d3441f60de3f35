import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createClassifier } from '../functions/classify/classify.ts';
import { defaultLimits } from '../functions/classify/decode.ts';
import { readImage } from '../functions/classify/read-image.ts';
import { labelMetadata } from '../functions/classify/writeback/metadata.ts';

describe('the README', () => {
  it('shows the metadata that its photo gets', async () => {
    const readme = await readFile('README.md', 'utf8');
    const { manifest, classify } = await createClassifier('layers/model/efficientnet-lite0');
    const { toTensor } = await readImage(await readFile('test/photos/chelsea.png'), defaultLimits, manifest);
    const [classification] = await classify(toTensor());

    const metadata = labelMetadata(
      { bucket: 'my-photos', key: 'cat.png', eTag: '0f1b4a59504988622035d850dc0555ac', isCopy: false },
      {},
      { ...classification, model: manifest, metadataPrefix: 'labels' },
    );

    const shown = [...readme.matchAll(/^ {4}x-amz-meta-(\S+) +(\S+)$/gm)].map(([, key, value]) => [
      key,
      value,
    ]);
    expect(Object.fromEntries(shown)).toEqual(metadata);
  });
});
