import type { Classification } from '../network/prediction.ts';
import type { ModelIdentity } from '../object/mark.ts';

/**
 * What became of the labels: on the object; a newer upload has won; nothing was to be written; they do not fit beside
 * the user's own; or S3 refused them, which a retry may mend.
 */
export type WriteBack = 'written' | 'superseded' | 'skipped' | 'too-large' | 'failed';

/** What is to be written on an object. */
export interface Labels extends Classification {
  readonly model: ModelIdentity;
  /** The prefix of our metadata keys and the name of our annotation, `labels` unless configured. */
  readonly metadataPrefix: string;
}
