import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readRepository } from '../../../../layers/model/huggingface/repository.ts';
import { imagenetLabels } from '../../../../layers/model/imagenet.ts';
import { temporaryFolder } from '../fixtures.ts';

const home = temporaryFolder();
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(home, 'network-'));
  path = join(folder, 'config.json');
});

describe("a network's folder", () => {
  it.each([
    ["those of ImageNet for timm's 1000 classes", 1000, imagenetLabels],
    ['none for another number of classes', 5, undefined],
  ])('without labels has %s', async (_, num_classes, labels) => {
    writeFileSync(path, JSON.stringify({ architecture: 'resnet18', num_classes }));

    expect((await readRepository(folder)).labels).toEqual(labels);
  });

  it('is refused without its configuration', async () => {
    await expect(readRepository(folder)).rejects.toThrow(
      `${path} is missing; expected an image classifier of transformers or timm`,
    );
  });

  it.each([
    ['no network', {}, 'a network without an architecture'],
    ['another kind of network', { architectures: ['BertModel'] }, 'BertModel'],
  ])('is refused with %s', async (_, config, found) => {
    writeFileSync(path, JSON.stringify(config));

    await expect(readRepository(folder)).rejects.toThrow(
      `${path} describes ${found}; expected an image classifier, whose architecture is called ...ForImageClassification`,
    );
  });
});
