import type { Classification } from '../network/prediction.ts';
import type { ModelIdentity } from '../object/mark.ts';

/**
 * The outcome of writing labels: on the object; the object was overwritten or deleted; nothing is written; no room next to
 * the user's own metadata or tags; or S3 refused, which a retry may resolve.
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
