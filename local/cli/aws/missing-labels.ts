/** Explains why an object has no labels, as far as the object itself shows it, and names the places to look next. */
import type { HeadObjectCommandOutput, Tag } from '@aws-sdk/client-s3';
import { isFolder } from '../../../functions/classify/event/s3-event.ts';
import { type CopyObstacle, copyObstacle } from '../../../functions/classify/write-back/copy-obstacle.ts';
import { labelMetadata } from '../../../functions/classify/write-back/metadata.ts';
import { shellWord } from '../command.ts';

export interface UnlabelledObject {
  readonly bucket: string;
  readonly key: string;
  readonly head: HeadObjectCommandOutput;
  readonly tags: readonly Tag[];
  /** Prefix of the metadata keys; also the name of the opt-out key and of the annotation. */
  readonly metadataPrefix: string;
  /** The object is in a bucket of the playground. */
  readonly isLocal: boolean;
}

/**
 * A reason if the object shows one, then where to look next.
 *
 * @param now Milliseconds since 1970.
 * @returns Lines for people.
 */
export function explainMissingLabels(object: UnlabelledObject, now = Date.now()): string[] {
  const finding = findings.map((find) => find(object, now)).find((found) => found !== undefined);
  return [
    ...(finding ? [finding.reason] : []),
    ...(finding?.isFinal ? [] : object.isLocal ? localPlaces : awsPlaces(object)),
  ];
}

interface Finding {
  readonly reason: string;
  /** There is nothing else to look for. */
  readonly isFinal?: true;
}

type Find = (object: UnlabelledObject, now: number) => Finding | undefined;

const folder: Find = ({ key, head }) =>
  isFolder(key, head.ContentLength)
    ? {
        reason: 'It is a folder marker (an empty object whose key ends in /), never labelled.',
        isFinal: true,
      }
    : undefined;

const optOut: Find = ({ head, tags, metadataPrefix }) => {
  const inMetadata = head.Metadata?.[metadataPrefix] === 'skip';
  if (!inMetadata && !tags.some(({ Key, Value }) => Key === metadataPrefix && Value === 'skip')) return;
  const place = inMetadata ? 'metadata' : 'tag';
  return {
    reason: `Its owner opted out with the ${place} ${metadataPrefix}=skip. Remove the ${place} and upload the object again to have it labelled.`,
    isFinal: true,
  };
};

const otherPrefix: Find = ({ head: { Metadata = {} } }) => {
  const marks = Object.keys(Metadata).filter((name) => name.endsWith('-mark'));
  const prefixes = marks.map((name) => name.slice(0, -'-mark'.length));
  const prefix = prefixes.find((name) => `${name}-model` in Metadata);
  if (prefix === undefined) return;
  return {
    reason: `Its metadata has labels under another metadataPrefix: add --metadata-prefix ${prefix}.`,
    isFinal: true,
  };
};

const empty: Find = ({ head }) =>
  head.ContentLength === 0
    ? { reason: 'It is empty, and was rejected with EmptyObject. Upload it again.', isFinal: true }
    : undefined;

const archived: Find = ({ bucket, key, head: { StorageClass, ArchiveStatus, Restore } }) => {
  const isArchived = ArchiveStatus ?? (StorageClass === 'GLACIER' || StorageClass === 'DEEP_ARCHIVE');
  if (!isArchived || Restore?.includes('ongoing-request="false"')) return;
  const url = shellWord(`s3://${bucket}/${key}`);
  return {
    reason: `It is archived (${ArchiveStatus ?? StorageClass}), so the function cannot read it (UnreadableObject). Restore it, then copy it: aws s3 cp ${url} ${url} --storage-class STANDARD. With copies=false, invoke the function after that with ${JSON.stringify({ bucket, key })}; docs/failures.md.`,
    isFinal: true,
  };
};

const uncopied: Find = ({ bucket, key, head, metadataPrefix }) => {
  const obstacle = copyObstacle(head, metadataPrefix);
  if (!obstacle) return;
  const url = shellWord(`s3://${bucket}/${key}`);
  const reasons: Record<CopyObstacle, string> = {
    'hidden-metadata': `S3 does not return all of its metadata (x-amz-missing-meta), and a copy would lose some: ${skips}`,
    'unsignable-headers': `Its metadata or website redirect is not UTF-8, and cannot be sent again: ${skips}`,
    archived: `It is restored for a time, and a copy would be archived again: writeBack=metadata skips it. Copy it out of the archive: aws s3 cp ${url} ${url} --storage-class STANDARD.`,
    'expired-lock': `Its retention has ended, and a copy may be locked anew: ${skips}`,
    'foreign-labels': `It has metadata under ${metadataPrefix} that the function has not written: writeBack=metadata skips it. The event has its labels; another metadataPrefix, or writeBack=annotation, stores them.`,
  };
  return { reason: reasons[obstacle] };
};

const skips = 'writeBack=metadata skips it. The event has its labels; writeBack=annotation stores them.';

const fullMetadata: Find = ({ bucket, key, head, metadataPrefix }) => {
  const smallest = {
    predictions: [{ index: 0, id: '', label: 'a', score: 0 }],
    model: { name: 'a', sha256: '0'.repeat(64) },
    metadataPrefix,
  } as const;
  if (labelMetadata({ bucket, key, isCopy: false }, head, smallest)) return;
  return {
    reason:
      'Its own metadata leaves no room for a label within the 2 KB that S3 allows (too-large). The event has its labels; writeBack=annotation stores them.',
  };
};

const recent: Find = ({ head: { LastModified } }, now) => {
  const seconds = Math.round((now - Number(LastModified ?? 0)) / 1000);
  if (seconds > retriedForSeconds) return;
  return {
    reason: `It was stored ${Math.max(0, seconds)} s ago. Labels take seconds, or up to ${retriedForSeconds / 60} minutes after a failure: run this again.`,
  };
};

// Lambda waits one minute before the first retry and two before the second; the rest is the invocations themselves.
const retriedForSeconds = 300;

// In this order: a definite reason comes before a possible one.
const findings: readonly Find[] = [
  folder,
  optOut,
  otherPrefix,
  empty,
  archived,
  uncopied,
  fullMetadata,
  recent,
];

function awsPlaces({ bucket, key }: UnlabelledObject): string[] {
  return [
    'Look next:',
    `- the function's log (stack output LogGroupName), in Logs Insights: filter objectKey = ${JSON.stringify(key)}; docs/operations.md`,
    '- the event, which says if the image was rejected, skipped or not written to, and why; without predictions, no class reaches minScore. Upload the object again while `npx bucketlens watch` runs',
    '- the dead-letter queue: events that failed three times, or five with the trigger sqs; docs/failures.md',
    `- if none of them mentions it, it is outside the stack's prefix or suffixes (stack outputs KeyPrefix and KeySuffixes), a copy with copies=false, or older than the stack: npx bucketlens backfill --bucket ${bucket} labels existing objects`,
  ];
}

const localPlaces: readonly string[] = [
  "Look next at the playground's page, at the line that `bucketlens start` printed for it, and at function.log in the folder of --data.",
];
