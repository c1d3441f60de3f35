/** The function does its work once and makes no other requests. */
import assert from 'node:assert/strict';
import type { Check } from '../check.ts';
import type { DeployedStack } from '../deployed-stack.ts';
import { eventually } from '../eventually.ts';
import type { RecordedRequest } from '../recorder.ts';

export interface Traffic {
  readonly trigger: string;
  /** Number of uploads with tags. */
  readonly tagged?: number;
  /** Only the object shows that a copy is the function's own: S3's events on EventBridge do not name the requester. */
  readonly readsOwnCopies?: boolean;
}

/** Keys of all uploads of a stage start with its trigger, except those of `bucketlens verify`. */
export function requestsCheck(
  stack: DeployedStack,
  { trigger, tagged = 0, readsOwnCopies = false }: Traffic,
): Check {
  return {
    name: `reads each upload once, copies it once and makes no other request to AWS (${trigger})`,
    run: async () => {
      await stack.predictions.settle();
      const prefix = `${trigger}/`;
      const events = stack.predictions.all.filter(({ detail }) => detail.key.startsWith(prefix));
      const copies = events.filter(({ detailType }) => detailType === 'Image Classified').length;
      const reads = events.length + (readsOwnCopies ? copies : 0);
      const requests = () => tally(stack.requestsAbout(prefix).map(operationOf));
      await eventually(`${reads} reads`, async () => (requests().GetObject! >= reads ? true : undefined));
      assert.deepEqual(requests(), {
        GetObject: reads,
        CopyObject: copies,
        ...(tagged > 0 && { GetObjectTagging: tagged }),
      });
      const elsewhere = tally(stack.requestsElsewhere().map(operationOf));
      assert.deepEqual(Object.keys(elsewhere), ['AWSEvents.PutEvents']);
      assert.deepEqual(stack.otherHosts(), []);
    },
  };
}

function operationOf({ method, path, headers }: RecordedRequest): string {
  const query = new URL(path, 'http://s3').searchParams;
  if (method === 'PUT' && 'x-amz-copy-source' in headers) return 'CopyObject';
  if (method === 'GET' && query.has('tagging')) return 'GetObjectTagging';
  if (method === 'GET' && query.get('x-id') === 'GetObject') return 'GetObject';
  return String(headers['x-amz-target'] ?? `${method} ${path}`);
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
