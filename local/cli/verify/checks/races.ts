/** Checks of uploads that are overwritten or deleted while they are classified. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { assertHolds, type Check, Untold } from '../check.ts';
import { describeLabels, labelled, put, tagsOf } from '../objects.ts';
import { catPhoto, coffeePhoto, largePhoto } from '../photos.ts';
import type { Target } from '../target.ts';

const advice = 'report it with --json: no setting of yours can cause it';

export const secondUploadWins: Check = {
  id: 'second-upload-wins',
  promise: 'of two uploads to one key the second wins, with its own bytes and labels',
  does: 'uploads a cat and at once a cup of coffee to the same key, three times, 0 to 300 ms apart',
  advice,
  run: async (target) => {
    const [cat, coffee] = [await catPhoto(), await coffeePhoto()];
    const fates: string[] = [];
    for (const pauseMs of [0, 150, 300]) {
      const name = `twice-after-${pauseMs}`;
      await put(target, name, cat, {}, 'any');
      await sleep(pauseMs);
      const second = await put(target, name, coffee);
      const found = await labelled(target, second);
      const { ContentLength } = found.head;
      assertHolds(
        ContentLength === coffee.length,
        `the object has ${ContentLength} bytes; the second upload has ${coffee.length}`,
      );
      fates.push(`after ${pauseMs} ms ${describeLabels(found)}`);
    }
    return fates.join('; ');
  },
};

export const versionsKept: Check = {
  id: 'versions',
  promise: 'in a versioned bucket, labels become a version of their own upload and of no other',
  does: 'uploads two photos to one key, each after the labels of the other, and lists the versions',
  advice,
  leftOut: ({ settings }) => (settings.versioned === false ? 'the bucket has no versions' : undefined),
  run: async (target) => {
    if (target.settings.versioned === undefined)
      throw new Untold('the right s3:GetBucketVersioning is missing: the bucket may have no versions');
    const photos = [await catPhoto(), await coffeePhoto()];
    for (const photo of photos) await labelled(target, await put(target, 'versions', photo));
    const key = target.uploads.at(-1)!.key;
    const { Versions = [] } = await target.clients.s3.send(
      new ListObjectVersionsCommand({ Bucket: target.deployment.BucketName, Prefix: key }),
    );
    const copies = target.settings.writeBack.includes('metadata') ? 2 : 1;
    const sizes = Versions.map(({ Size }) => Size);
    const expected = photos.flatMap(({ length }) => Array<number>(copies).fill(length)).reverse();
    assertHolds(
      JSON.stringify(sizes) === JSON.stringify(expected),
      `the versions have ${sizes.join(', ')} bytes, newest first; expected ${expected.join(', ')}`,
    );
    return `${Versions.length} versions, as expected`;
  },
};

const delaysMs = [0, 200, 600];

export const deletionWins: Check = {
  id: 'delete-during-labelling',
  promise: 'an object that is deleted while it is classified stays deleted',
  does: `uploads a 12-megapixel photo ${delaysMs.length} times and deletes it ${delaysMs.join(', ')} ms later; looks for it once all events have come`,
  advice,
  run: async (target) => {
    const photo = await largePhoto();
    for (const delayMs of delaysMs) {
      const { key } = await put(target, `deleted-after-${delayMs}`, photo, {}, 'any');
      await sleep(delayMs);
      await target.clients.s3.send(
        new DeleteObjectCommand({ Bucket: target.deployment.BucketName, Key: key }),
      );
    }
    const { events } = target;
    if (events.missing) await sleep(30_000);
    else await events.settle(target.isEmulated ? 3000 : 15_000);
    const deleted = target.uploads.filter(({ name }) => name.startsWith('deleted-after-'));
    for (const { key, name } of deleted) assertHolds(!(await exists(target, key)), `${name} is there again`);
    const reported = events.all.filter(({ key }) => deleted.some((upload) => upload.key === key));
    const fates = reported.map(({ detail }) => String(detail.writeBack));
    return `none of them is there; events: ${fates.join(', ') || 'none'}`;
  },
};

function exists(target: Target, key: string): Promise<boolean> {
  return tagsOf(target, key).then(
    () => true,
    (error) => {
      if (error.$metadata?.httpStatusCode === 404 || error.$metadata?.httpStatusCode === 405) return false;
      throw error;
    },
  );
}
