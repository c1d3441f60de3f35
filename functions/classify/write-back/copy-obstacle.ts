/** Reasons to leave an object's metadata alone: copying it onto itself would change more than our keys. */
import type { ObjectHead } from '../object/object-head.ts';
import { canBeSigned } from './header-bytes.ts';

export type CopyObstacle =
  /** GetObject cannot return all metadata, which the copy would lose. */
  | 'hidden-metadata'
  /** Its headers cannot be sent again. */
  | 'unsignable-headers'
  /** It is restored for a time, and the copy would be archived again. */
  | 'archived'
  /** Its retention has ended, and the copy may be locked anew by the bucket's default. */
  | 'expired-lock'
  /** Keys of ours are there without a mark: the owner's own, or another program's. */
  | 'foreign-labels';

/** The first reason not to copy an object, if there is one. */
export function copyObstacle(head: ObjectHead, metadataPrefix: string): CopyObstacle | undefined {
  const { MissingMeta, StorageClass, ObjectLockRetainUntilDate: lockedUntil, Metadata = {} } = head;
  if (MissingMeta) return 'hidden-metadata';
  if (StorageClass === 'GLACIER' || StorageClass === 'DEEP_ARCHIVE') return 'archived';
  if (lockedUntil && lockedUntil.getTime() <= Date.now()) return 'expired-lock';
  const { mark, ...labels } = ourKeys(metadataPrefix);
  if (!(mark in Metadata) && Object.values(labels).some((key) => key in Metadata)) return 'foreign-labels';
  return canBeSigned(head) ? undefined : 'unsignable-headers';
}

/** The metadata keys that a write-back writes, and no others. */
export function ourKeys(metadataPrefix: string) {
  return {
    labels: metadataPrefix,
    general: `${metadataPrefix}-general`,
    model: `${metadataPrefix}-model`,
    mark: `${metadataPrefix}-mark`,
  };
}
