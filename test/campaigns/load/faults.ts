/** What must have become of uploads, told from outside: what is on the objects, and what was published. */
import type { PredictionEvent } from '../../../functions/classify/publish/publish.ts';
import { labelsInMetadata } from '../../../functions/classify/write-back/read-labels.ts';
import type { Upload } from './plan.ts';

export interface StoredObject {
  /** Of its bytes as they were read back. */
  readonly md5: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface Observation {
  /** Those of a key in the order in which they were made. */
  readonly uploads: readonly Upload[];
  readonly events: readonly PredictionEvent[];
  /** The key of each write of labels on an object. */
  readonly writtenKeys: readonly string[];
  /** What each key holds in the end. */
  readonly objects: ReadonlyMap<string, StoredObject>;
}

export const faultKinds = ['lost', 'doubled', 'outdated', 'mistaken', 'damaged'] as const;

export interface Fault {
  readonly kind: (typeof faultKinds)[number];
  readonly key: string;
  readonly found: string;
}

/**
 * Finds each thing that is not as it has to be:
 *
 * - `lost`: the last upload of a key has no event, or no labels though its picture has some
 * - `doubled`: an upload has more than one event, or a key was written more often than an event says
 * - `outdated`: the labels are not of the bytes that are there
 * - `mistaken`: an event or an object says something else of a picture than the function does when it is alone
 * - `damaged`: bytes or metadata are not those of the last upload, or an event is about bytes that nobody uploaded
 */
export function findFaults({ uploads, events, writtenKeys, objects }: Observation): Fault[] {
  return [...new Set(uploads.map(({ key }) => key))].flatMap((key) => {
    const ofKey = uploads.filter((upload) => upload.key === key);
    const about = events.filter(({ detail }) => detail.key === key);
    const writes = writtenKeys.filter((written) => written === key).length;
    const found = [
      ...checkEvents(ofKey, about),
      ...checkWrites(writes, about),
      ...checkObject(ofKey.at(-1)!, objects.get(key)),
    ];
    return found.map(([kind, what]): Fault => ({ kind, key, found: what }));
  });
}

type Finding = readonly [kind: Fault['kind'], found: string];

function checkEvents(uploads: readonly Upload[], events: readonly PredictionEvent[]): Finding[] {
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
    // One that was overwritten may have been so before its turn.
    if (count === 0 && number === uploads.at(-1)!.number)
      findings.push(['lost', `no event for upload ${number}`]);
  }
  return findings;
}

function labelIn(event: PredictionEvent): string | undefined {
  return event.detailType === 'Image Classified' ? event.detail.predictions[0]?.label : undefined;
}

function checkWrites(writes: number, events: readonly PredictionEvent[]): Finding[] {
  const told = events.filter(
    ({ detailType, detail }) => detailType === 'Image Classified' && detail.writeBack === 'written',
  ).length;
  if (writes === told) return [];
  return [
    [writes > told ? 'doubled' : 'lost', `labels were written ${writes} times, and ${told} events say so`],
  ];
}

function checkObject({ number, picture }: Upload, object: StoredObject | undefined): Finding[] {
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
