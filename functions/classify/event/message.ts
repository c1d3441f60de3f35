import type { IgnoredRecord } from './event-content.ts';
import type { ImageRef } from './image-ref.ts';
import type { UnknownEvent } from './unknown-event.ts';

/** A message of a queue. A type alias, because Powertools' record type does not accept an interface. */
export type Message = {
  readonly messageId: string;
  /** The error, if the message cannot be read. */
  readonly images: readonly ImageRef[] | UnknownEvent;
  readonly ignored: readonly IgnoredRecord[];
};
