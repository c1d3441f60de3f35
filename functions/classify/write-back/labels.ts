import type { Classification } from '../network/prediction.ts';
import type { ModelIdentity } from '../object/mark.ts';

/**
 * The outcome of writing labels:
 * - `written`: they are on the object;
 * - `superseded`: the object was overwritten or deleted meanwhile;
 * - `skipped`: write-back is off, the labels of a later classifier stand, or a copy would lose the user's own metadata;
 * - `too-large`: the user's own metadata, tags or annotations leave no room;
 * - `failed`: S3 did not store them, and a retry may help.
 */
export type WriteBack = 'written' | 'superseded' | 'skipped' | 'too-large' | 'failed';

/** Labels to be written on an object. */
export interface Labels extends Classification {
  readonly model: ModelIdentity;
  /** The prefix of our metadata keys and the name of our annotation, `labels` by default. */
  readonly metadataPrefix: string;
  /** MD5 of the stored bytes, in hexadecimal: the mark has it if the ETag is another. */
  readonly contentMd5?: string;
}
