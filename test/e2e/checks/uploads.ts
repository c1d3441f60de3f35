/** Images uploaded with any client are labelled a moment later, and an event reports it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { Check } from '../check.ts';
import type { DeployedStack } from '../deployed-stack.ts';
import { catPhoto, writeLargeBitmap } from '../pictures.ts';
import type { createUploaders, Uploader } from '../uploaders.ts';

/**
 * @param prefix Prefix of the keys.
 * @param folder Folder for a generated file.
 */
export function uploadChecks(
  stack: DeployedStack,
  uploaders: ReturnType<typeof createUploaders>,
  { prefix, folder }: { readonly prefix: string; readonly folder: string },
): Check[] {
  return [
    ...Object.entries(uploaders).map(([id, uploader]) => ({
      name: `labels an upload by ${uploader.name}`,
      run: async () => {
        const head = await uploadCat(stack, uploader, { key: `${prefix}${id}.png`, model: embedded });
        assertNamesCat(head);
        if (id === 'sdk') assert.ok(head.ChecksumCRC32, 'the checksum that the SDK sent is gone');
      },
    })),
    {
      name: 'labels an upload by the AWS CLI in parts (26 MB)',
      run: async () => {
        const file = join(folder, 'large.bmp');
        await writeLargeBitmap(file);
        const key = `${prefix}in parts.bmp`;
        await uploaders.awsCli.upload(file, stack.bucket(), key);
        const [event] = await stack.predictions.about(key);
        const eTag = event!.detail.eTag!;
        assert.match(eTag, /-4$/, 'the object was not uploaded in 4 parts');
        const head = await stack.head(key);
        assertLabelled(head, embedded, eTag);
        assertNamesCat(head);
      },
    },
  ];
}

/**
 * Uploads the photo of a cat and waits for a model's labels.
 *
 * @returns The object's head afterwards.
 */
export async function uploadCat(
  stack: DeployedStack,
  uploader: Uploader,
  { key, model }: { readonly key: string; readonly model: string },
): Promise<HeadObjectCommandOutput> {
  await uploader.upload(catPhoto, stack.bucket(), key);
  const [event] = await stack.predictions.about(key);
  assert.equal(event!.detailType, 'Image Classified', JSON.stringify(event));
  const head = await stack.head(key);
  assertLabelled(head, model, catETag);
  return head;
}

const embedded = 'efficientnet-lite0';

// The photo's MD5, which is the eTag of a single-part upload.
const catETag = '0f1b4a59504988622035d850dc0555ac';

function assertLabelled(
  { Metadata: metadata = {} }: HeadObjectCommandOutput,
  model: string,
  eTag: string,
): void {
  assert.match(metadata.labels ?? '(no labels)', /^[^=,]+=[01]\.\d{4}(,[^=,]+=0\.\d{4})*$/);
  assert.match(metadata['labels-model'] ?? '(no model)', new RegExp(`^${model}/[0-9a-f]{8}$`));
  // The ETag of an upload in parts, or of an encrypted object, is not the MD5 of its bytes, which then follows.
  assert.match(
    metadata['labels-mark'] ?? '(no mark)',
    new RegExp(`^${eTag}/[0-9a-f]{8}${/^[0-9a-f]{32}$/.test(eTag) ? '' : '/[0-9a-f]{32}'}$`),
  );
}

/** The embedded network's labels for the cat, at any size. */
function assertNamesCat({ Metadata: metadata = {} }: HeadObjectCommandOutput): void {
  assert.match(metadata.labels ?? '(no labels)', /^(tiger_cat|Egyptian_cat|tabby)=/);
  assert.match(metadata['labels-general'] ?? '(no general label)', /^cat=0\.9/);
}
