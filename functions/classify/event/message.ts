import type { ImageRef } from './image-ref.ts';
import type { UnknownEvent } from './unknown-event.ts';

// An alias, unlike an interface, fits the records that Powertools takes.
export type Message = {
  readonly messageId: string;
  readonly images: readonly ImageRef[] | UnknownEvent;
};
