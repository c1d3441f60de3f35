/** Every message of the function's log. docs/operations.md explains each, and so does it for the reasons of `ignored`. */
export const logMessages = [
  /** The image has been classified; `writeBack` says whether its labels are on the object. */
  'classified',
  /** The upload can never be classified; `error` says why. */
  'rejected',
  /** The object's owner has opted out. */
  'skipped',
  /** The event is about the function's own copy. */
  'own-copy',
  /** A batch job leaves out what this model has labelled. */
  'labelled-already',
  /** The bytes have been deleted or overwritten. */
  'gone',
  /** A record without an image to label; `reason` is one of `ignoreReasons`. */
  'ignored',
  /** An image, a message or an event failed and comes again. */
  'This failed and will be retried',
] as const;

export type LogMessage = (typeof logMessages)[number];
