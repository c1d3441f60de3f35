/** With the decoder that the user has installed, a deployment labels HEIC, the format of iPhones. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Check } from '../check.ts';
import type { DeployedStack } from '../deployed-stack.ts';
import type { Uploader } from '../uploaders.ts';

/** A cat in a grid of tiles, as iPhones write it. */
const heicPhoto = join(import.meta.dirname, '../../functions/classify/decode/heic/fixtures/grid.heic');

export function heicCheck(stack: DeployedStack, uploader: Uploader, key: string): Check {
  return {
    name: 'labels a HEIC photo',
    run: async () => {
      await uploader.upload(heicPhoto, stack.bucket(), key);
      const [event] = await stack.predictions.about(key);
      assert.equal(event!.detailType, 'Image Classified', JSON.stringify(event));
      assert.equal(event!.detail.image?.format, 'heic');
      const { Metadata: metadata = {} } = await stack.head(key);
      assert.match(metadata.labels ?? '(no labels)', /^(tiger_cat|Egyptian_cat|tabby)=/);
    },
  };
}
