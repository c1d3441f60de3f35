/** Checks of what an upload comes to: labels, a rejection, or nothing because its owner says so. */
import { isDeepStrictEqual } from 'node:util';
import { assertHolds, type Check } from '../check.ts';
import { describeLabels, eventOf, head, labelled, put, tagsOf, untilLabelled } from '../objects.ts';
import { catPhoto, largePhoto } from '../photos.ts';
import type { Target } from '../target.ts';

const seeFailures = 'docs/failures.md starts from the symptom: no labels, late, twice, wrong labels';

export const labelsArrive: Check = {
  id: 'labels-arrive',
  promise: 'an upload is labelled, and an event reports it',
  does: 'uploads a photo of a cat (PNG, 240 KB)',
  advice: seeFailures,
  run: async (target) => {
    const { events, settings } = target;
    const first = await put(target, 'arrives', await catPhoto(), {}, 'any');
    const seconds = settings.writeBack.length > 0 ? await untilLabelled(target, first) : undefined;
    const onObject = seconds === undefined ? '' : `labels after ${seconds.toFixed(1)} s; `;
    if (events.missing) {
      const found = await labelled(target, first);
      return `${onObject}${describeLabels(found)}; events were not looked for: ${events.missing}`;
    }
    // EventBridge may need a while until it delivers for a new rule: only this upload may have its event missed.
    const event = (await events.about(first, 15_000)) ?? (await eventAgain(target));
    const found = await labelled(target, { ...first, key: event.key, eTag: event.eTag });
    const eventSeconds = ((event.arrivedMs - first.startedMs) / 1000).toFixed(1);
    return `${onObject}event after ${eventSeconds} s; ${describeLabels(found)}`;
  },
};

async function eventAgain(target: Target) {
  const again = await put(target, 'arrives-again', await catPhoto());
  return eventOf(target, again, 'Image Classified');
}

export const textRejected: Check = {
  id: 'text-rejected',
  promise: 'a file that is not an image is rejected, and stays as it was',
  does: 'uploads a text with the content type image/jpeg, and compares the object before and after the event',
  advice: seeFailures,
  run: async (target) => {
    const options = { ContentType: 'image/jpeg' };
    const sent = await put(target, 'notes.jpg', Buffer.from('no image'), options, 'Image Rejected');
    const before = await unchanging(target, sent.key);
    const { detail } = await eventOf(target, sent, 'Image Rejected');
    const { name, message } = detail.error as { readonly name: string; readonly message: string };
    assertHolds(name === 'UnsupportedFormat', `it was rejected as ${name}: ${message}`);
    assertUnchanged(before, await unchanging(target, sent.key));
    return `${name}: ${message}`;
  },
};

export const optOut: Check = {
  id: 'opt-out',
  promise: 'an object whose owner says skip is left alone',
  does: 'uploads two photos, with the metadata and with the tag labels=skip (by the name of metadataPrefix)',
  advice: 'docs/failures.md#every-case; the function needs s3:GetObjectTagging to see the tag',
  run: async (target) => {
    const { metadataPrefix } = target.settings;
    for (const [name, options] of [
      ['skip-by-metadata', { Metadata: { [metadataPrefix]: 'skip' } }],
      ['skip-by-tag', { Tagging: `${metadataPrefix}=skip` }],
    ] as const) {
      const sent = await put(target, name, await catPhoto(), options, 'Image Skipped');
      const before = await unchanging(target, sent.key);
      await eventOf(target, sent, 'Image Skipped');
      assertUnchanged(before, await unchanging(target, sent.key));
      const tags = await tagsOf(target, sent.key);
      assertHolds(!('score' in tags), `${name} has been tagged: ${JSON.stringify(tags)}`);
    }
    return 'two events Image Skipped; both objects are unchanged';
  },
};

export const twelveMegapixels: Check = {
  id: 'photo-12-megapixels',
  promise: 'a photo of 12 megapixels is labelled',
  does: 'uploads a JPEG of 4000 x 3000 pixels',
  advice:
    'raise memorySize, timeout or limits.megapixels; docs/operations.md has the log query for slow images',
  run: async (target) => {
    const photo = await largePhoto();
    const found = await labelled(target, await put(target, 'large.jpg', photo));
    const { detail } = found.event ?? {};
    const { width, height } = (detail?.image ?? {}) as { readonly width?: number; readonly height?: number };
    assertHolds(
      !detail || (width === 4000 && height === 3000),
      `the event says ${width} x ${height} pixels, not 4000 x 3000`,
    );
    const steps = detail ? `; ${JSON.stringify(detail.timings)}` : '';
    return `${(photo.length / 1e6).toFixed(1)} MB: ${describeLabels(found)}${steps}`;
  },
};

/** The parts of an object's head that any write would change. */
async function unchanging(target: Target, key: string) {
  const { ETag, LastModified, VersionId, ContentType, ContentLength, Metadata } = await head(target, key);
  return { ETag, LastModified, VersionId, ContentType, ContentLength, Metadata };
}

function assertUnchanged(before: object, after: object): void {
  const found = `it was ${JSON.stringify(before)} and is now ${JSON.stringify(after)}`;
  assertHolds(isDeepStrictEqual(after, before), found);
}
