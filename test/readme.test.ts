import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../functions/classify/image/limits.ts';
import { createClassifier } from '../functions/classify/network/classifier.ts';
import { readImage } from '../functions/classify/tensor/read-image.ts';
import { labelMetadata } from '../functions/classify/write-back/metadata.ts';
import { blocksOf } from './docs/pages.ts';

const photo = await readFile('test/support/photos/chelsea.png');
const eTag = createHash('md5').update(photo).digest('hex');
const { manifest, classify } = await createClassifier('layers/model/efficientnet-lite0');
const { info, toTensor } = await readImage(photo, defaultLimits, manifest);
const [classification] = await classify(toTensor());

describe('the README', () => {
  it("shows its photo's actual metadata", async () => {
    const metadata = labelMetadata(
      { bucket: 'my-photos', key: 'cat.png', eTag, isCopy: false },
      {},
      { ...classification, model: manifest, metadataPrefix: 'labels' },
    );

    const readme = await readFile('README.md', 'utf8');
    const shown = [...readme.matchAll(/^x-amz-meta-(\S+) +(\S+)$/gm)].map(([, key, value]) => [key, value]);
    expect(Object.fromEntries(shown)).toEqual(metadata);
  });
});

describe('docs/predictions.md', () => {
  it("shows the same photo's actual event", () => {
    const [block] = blocksOf('docs/predictions.md').filter(({ language }) => language === 'json');
    const { detail } = JSON.parse(block!.code);

    const { format, width, height, orientation } = info;
    expect(detail).toMatchObject({
      eTag,
      size: photo.length,
      image: { format, width, height, orientation },
      model: { name: manifest.name, sha256: manifest.sha256 },
    });
    const labels = (list: readonly { label: string; score: number }[]) =>
      list.map(({ label, score }) => `${label} ${score.toFixed(4)}`);
    expect(labels(detail.predictions)).toEqual(labels(classification.predictions));
    expect(labels([detail.general])).toEqual(labels([classification.general!]));
  });
});
