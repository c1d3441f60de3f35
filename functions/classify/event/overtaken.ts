/** Drops events of a batch whose bytes a later event of the same batch has replaced. */
import type { ImageRef } from './image-ref.ts';
import type { Message } from './message.ts';

/**
 * Keeps only the last of several uploads to one key in a batch, by S3's sequencer, and lists the others as ignored. Versioned
 * objects are all kept, because their bytes still exist. Copies overtake nothing: one may be our own, of an earlier upload.
 */
export function dropOvertaken(messages: readonly Message[]): Message[] {
  const latest = new Map<string, string>();
  for (const image of messages.flatMap(({ images }) => (images instanceof Error ? [] : images))) {
    const order = orderOf(image);
    const object = objectOf(image);
    if (!image.isCopy && order > (latest.get(object) ?? '')) latest.set(object, order);
  }
  const isOvertaken = (image: ImageRef) =>
    orderOf(image) !== '' && orderOf(image) < (latest.get(objectOf(image)) ?? '');
  return messages.map(({ messageId, images, ignored }) => {
    if (images instanceof Error) return { messageId, images, ignored };
    const overtaken = images
      .filter(isOvertaken)
      .map(({ bucket, key }) => ({ reason: 'overtaken', bucket, key }) as const);
    return {
      messageId,
      images: images.filter((image) => !isOvertaken(image)),
      ignored: [...ignored, ...overtaken],
    };
  });
}

function objectOf({ bucket, key }: ImageRef): string {
  return `${bucket}/${key}`;
}

// Padded to one length, so that strings compare as numbers. Empty if S3 gave no sequencer, or the version makes the order
// irrelevant.
function orderOf({ versionId, sequencer }: ImageRef): string {
  return versionId !== undefined || sequencer === undefined ? '' : sequencer.toUpperCase().padStart(64, '0');
}
