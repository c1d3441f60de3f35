/** Events of one batch that a later one has made pointless: their bytes are gone. */
import type { ImageRef } from './image-ref.ts';
import type { Message } from './message.ts';

/**
 * Leaves, of several uploads to one key in a batch of messages, only the last by S3's sequencer. Versioned objects all
 * stay: their bytes are still there. A copy overtakes nothing, as it may be our own, of the bytes of an earlier event.
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
  return messages.map(({ messageId, images }) => ({
    messageId,
    images: images instanceof Error ? images : images.filter((image) => !isOvertaken(image)),
  }));
}

function objectOf({ bucket, key }: ImageRef): string {
  return `${bucket}/${key}`;
}

// Of one length, so that texts compare as the numbers they are. Empty: does not take part.
function orderOf({ versionId, sequencer }: ImageRef): string {
  return versionId !== undefined || sequencer === undefined ? '' : sequencer.toUpperCase().padStart(64, '0');
}
