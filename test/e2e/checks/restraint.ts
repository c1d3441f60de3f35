/** The function does what it has to do once, and asks for nothing else. */
import assert from 'node:assert/strict';
import type { Check } from '../check.ts';
import type { DeployedStack } from '../deployed-stack.ts';
import type { RecordedRequest } from '../recorder.ts';

export interface Traffic {
  /** Of all keys that were uploaded. */
  readonly prefix: string;
  /** How many of the uploads had tags. */
  readonly tagged: number;
  /** Whether only the object tells that a copy is the function's own, as S3's events on EventBridge do not say who made it. */
  readonly readsOwnCopies: boolean;
}

/** To be run after the uploads with one trigger. */
export const restraintChecks = (
  stack: DeployedStack,
  { prefix, tagged, readsOwnCopies }: Traffic,
): Check[] => [
  {
    name: 'publishes one event for each upload, and none for its own copies',
    run: async () => {
      await stack.predictions.settle();
      const uploads = eventsBelow(stack, prefix).map(({ detail }) => `${detail.key} ${detail.eTag}`);
      const twice = uploads.filter((upload, index) => uploads.indexOf(upload) !== index);
      assert.deepEqual(twice, [], 'these have more than one event');
    },
  },
  {
    name: 'reads each upload once and copies each classified one once, and asks AWS for nothing else',
    run: async () => {
      const events = eventsBelow(stack, prefix);
      const classified = events.filter(({ detailType }) => detailType === 'Image Classified').length;
      assert.deepEqual(tally(stack.requestsAbout(prefix).map(operationOf)), {
        GetObject: events.length + (readsOwnCopies ? classified : 0),
        CopyObject: classified,
        ...(tagged > 0 && { GetObjectTagging: tagged }),
      });
      const elsewhere = stack.requestsElsewhere().map(operationOf);
      assert.deepEqual(Object.keys(tally(elsewhere)), ['AWSEvents.PutEvents']);
    },
  },
];

const eventsBelow = ({ predictions }: DeployedStack, prefix: string) =>
  predictions.all.filter(({ detail }) => detail.key.startsWith(prefix));

const operationOf = ({ method, path, headers }: RecordedRequest): string => {
  const query = new URL(path, 'http://s3').searchParams;
  if (method === 'PUT' && 'x-amz-copy-source' in headers) return 'CopyObject';
  if (method === 'GET' && query.has('tagging')) return 'GetObjectTagging';
  if (method === 'GET' && query.get('x-id') === 'GetObject') return 'GetObject';
  return String(headers['x-amz-target'] ?? `${method} ${path}`);
};

const tally = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};
