/** Checks the effects of uploads from outside: the objects and the published events. */
import type { PredictionEvent } from '../../../functions/classify/publish/publish.ts';
import { labelsInMetadata } from '../../../functions/classify/write-back/read-labels.ts';
import type { Upload } from './plan.ts';

export interface StoredObject {
  /** MD5 of the bytes as read back. */
  readonly md5: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface Observation {
  /** Uploads of one key are in the order in which they were made. */
  readonly uploads: readonly Upload[];
  readonly events: readonly PredictionEvent[];
  /** One key for each write of labels. */
  readonly writtenKeys: readonly string[];
  /** The objects at the end, by key. */
  readonly objects: ReadonlyMap<string, StoredObject>;
}

export const faultKinds = ['lost', 'doubled', 'outdated', 'mistaken', 'damaged'] as const;

export interface Fault {
  readonly kind: (typeof faultKinds)[number];
  readonly key: string;
  readonly found: string;
}

/**
 * Finds all faults:
 *
 * - `lost`: the last upload of a key has no event, or no labels although its picture has some
 * - `doubled`: an upload has more than one event, or a key was written more often than an event says
 * - `outdated`: the labels belong to other bytes than the object's
 * - `mistaken`: an event or an object differs from the function's result for the picture when nothing else runs
 * - `damaged`: bytes or metadata are not the last upload's, or an event concerns bytes that nobody uploaded
 */
export function findFaults({ uploads, events, writtenKeys, objects }: Observation): Fault[] {
  return [...new Set(uploads.map(({ key }) => key))].flatMap((key) => {
    const ofKey = uploads.filter((upload) => upload.key === key);
    const eventsOfKey = events.filter(({ detail }) => detail.key === key);
    const writes = writtenKeys.filter((written) => written === key).length;
    const findings = [
      ...checkEvents(ofKey, eventsOfKey),
      ...checkWrites(writes, eventsOfKey),
      ...checkObject(ofKey.at(-1)!, objects.get(key)),
    ];
    return findings.map(([kind, found]): Fault => ({ kind, key, found }));
  });
}

export type Finding = readonly [kind: Fault['kind'], found: string];

/** Checks the events of a key against its uploads. */
export function checkEvents(uploads: readonly Upload[], events: readonly PredictionEvent[]): Finding[] {
  const findings: Finding[] = [];
  for (const event of events) {
    const upload = uploads.find(({ picture }) => picture.eTag === event.detail.eTag);
    if (!upload) findings.push(['damaged', `an event about ${event.detail.eTag}, which nobody uploaded`]);
    else if (labelIn(event) !== upload.picture.label)
      findings.push(['mistaken', `an event says ${labelIn(event)}, not ${upload.picture.label}`]);
  }
  for (const { number, picture } of uploads) {
    const count = events.filter(({ detail }) => detail.eTag === picture.eTag).length;
    if (count > 1) findings.push(['doubled', `${count} events for upload ${number}`]);
    // An upload may have been overwritten before its turn.
    if (count === 0 && number === uploads.at(-1)!.number)
      findings.push(['lost', `no event for upload ${number}`]);
  }
  return findings;
}

function labelIn(event: PredictionEvent): string | undefined {
  return event.detailType === 'Image Classified' ? event.detail.predictions[0]?.label : undefined;
}

function checkWrites(writes: number, events: readonly PredictionEvent[]): Finding[] {
  const announced = events.filter(
    ({ detailType, detail }) => detailType === 'Image Classified' && detail.writeBack === 'written',
  ).length;
  if (writes === announced) return [];
  return [
    [
      writes > announced ? 'doubled' : 'lost',
      `labels were written ${writes} times, and ${announced} events say so`,
    ],
  ];
}

/** Checks a key's object against its last upload. */
export function checkObject({ number, picture }: Upload, object: StoredObject | undefined): Finding[] {
  if (!object) return [['lost', 'there is no object']];
  const findings: Finding[] = [];
  const { upload, 'labels-mark': mark } = object.metadata;
  if (object.md5 !== picture.eTag) findings.push(['damaged', 'other bytes than were uploaded']);
  if (upload !== String(number)) findings.push(['damaged', `metadata of upload ${upload}, not ${number}`]);
  const label = labelsInMetadata(object.metadata, 'labels')?.labels[0]?.label;
  if (label === undefined && picture.label !== undefined) findings.push(['lost', 'no labels']);
  if (label !== undefined && mark?.split('/')[0] !== picture.eTag)
    findings.push(['outdated', 'labels of other bytes']);
  else if (label !== undefined && label !== picture.label)
    findings.push(['mistaken', `labelled ${label}, not ${picture.label}`]);
  return findings;
}
