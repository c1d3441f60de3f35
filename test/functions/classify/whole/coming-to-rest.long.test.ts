/** Buckets that copy to each other, with classifiers at each: any graph of them comes to rest with every object labelled. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../../../functions/classify/config.ts';
import type { ImageRef } from '../../../../functions/classify/event/image-ref.ts';
import { labelImage } from '../../../../functions/classify/label-image.ts';
import type { Classifier } from '../../../../functions/classify/network/classifier.ts';
import { readManifest } from '../../../../functions/classify/network/manifest.ts';
import { createDeadline } from '../../../../functions/classify/time/deadline.ts';
import { type StoredVersion, startS3, type TestS3 } from '../../../support/aws/s3.ts';

const photo = readFileSync('test/goldens/images/tiny_3x2.png');
const embedded = await readManifest('layers/model/efficientnet-lite0');

/** A classifier that answers without its network; the number of labels stands for its operator's topK. */
function stubClassifier(name: string, topK: number): Classifier {
  const predictions = Array.from({ length: topK }, (_, index) => ({
    index,
    id: `${index}`,
    label: `${name}-${index}`,
    score: 0.5 / (index + 1),
  }));
  return { manifest: { ...embedded, name }, classify: async () => [{ predictions }] };
}

interface Labeller {
  readonly model: 'a' | 'b' | 'c';
  readonly topK: number;
  /** EventBridge does not say who made a copy. */
  readonly eventBridge: boolean;
}

interface Bucket {
  readonly labellers: readonly Labeller[];
  /** KMS gives each copy another ETag. */
  readonly kms: boolean;
}

interface Arrival {
  readonly bucket: number;
  readonly stored: StoredVersion;
  readonly isCopy: boolean;
  readonly requester: string;
  readonly sequencer: string;
}

const maxBuckets = 4;
let servers: TestS3[];
beforeAll(async () => {
  servers = await Promise.all(Array.from({ length: maxBuckets }, () => startS3({ versioned: true })));
});
afterAll(() => Promise.all(servers.map((server) => server.close())));

const anyLabeller: fc.Arbitrary<Labeller> = fc.record({
  model: fc.constantFrom('a', 'b', 'c'),
  topK: fc.integer({ min: 1, max: 5 }),
  eventBridge: fc.boolean(),
});
const anyBucket: fc.Arbitrary<Bucket> = fc.record({
  labellers: fc.array(anyLabeller, { minLength: 1, maxLength: 3 }),
  kms: fc.boolean(),
});
const anyGraph = fc.record({
  buckets: fc.array(anyBucket, { minLength: 1, maxLength: maxBuckets }),
  edges: fc.uniqueArray(
    fc.tuple(fc.nat(maxBuckets - 1), fc.nat(maxBuckets - 1)).filter(([from, to]) => from !== to),
    { selector: String },
  ),
  copiesByS3: fc.boolean(),
  lastFirst: fc.boolean(),
});

/** Uploads once to the first bucket and follows every write until nothing moves. Returns the number of write-backs. */
async function run(key: string, graph: typeof anyGraph extends fc.Arbitrary<infer G> ? G : never) {
  const { buckets, copiesByS3, lastFirst } = graph;
  const edges = graph.edges.filter(([from, to]) => from < buckets.length && to < buckets.length);
  const waiting: Arrival[] = [];
  let writes = 0;
  let creations = 0;
  const arrive = (arrival: Omit<Arrival, 'sequencer'>) =>
    waiting.push({ ...arrival, sequencer: (++creations).toString(16) });

  const replicate = (from: number, version: StoredVersion) => {
    for (const [source, to] of edges) {
      if (source !== from) continue;
      const { 'x-amz-server-side-encryption': _, ...headers } = version.headers;
      const kms = buckets[to]!.kms && { 'x-amz-server-side-encryption': 'aws:kms' };
      const stored = servers[to]!.put(key, version.bytes, { ...headers, ...kms });
      arrive({ bucket: to, stored, isCopy: copiesByS3, requester: 'AWS:AROA:s3-replication' });
      replicated(to, stored);
    }
  };
  // S3 does not replicate replicas; other mirrors do. The object is the same after one round.
  const replicated = (at: number, version: StoredVersion) => {
    const seen = JSON.stringify([at, version.headers]);
    if (seenReplicas.has(seen)) return;
    seenReplicas.add(seen);
    replicate(at, version);
  };
  const seenReplicas = new Set<string>();

  const first = buckets[0]!.kms ? { 'x-amz-server-side-encryption': 'aws:kms' } : {};
  const uploaded = servers[0]!.put(key, photo, first);
  arrive({ bucket: 0, stored: uploaded, isCopy: false, requester: 'AWS:AIDA:alice' });
  replicated(0, uploaded);

  while (waiting.length > 0) {
    const arrival = lastFirst ? waiting.pop()! : waiting.shift()!;
    for (const [n, labeller] of buckets[arrival.bucket]!.labellers.entries()) {
      const written = await labelAs(`labeller-${arrival.bucket}-${n}`, labeller, key, arrival);
      if (!written) continue;
      writes++;
      expect(writes, 'write-backs').toBeLessThan(500);
      arrive({ ...arrival, stored: written.stored, isCopy: true, requester: written.requester });
      replicated(arrival.bucket, written.stored);
    }
  }
  return { writes, edges };
}

/** Handles an arrival, and returns what was written. */
async function labelAs(
  functionName: string,
  { model, topK, eventBridge }: Labeller,
  key: string,
  arrival: Arrival,
) {
  const server = servers[arrival.bucket]!;
  const ref: ImageRef = {
    bucket: `bucket-${arrival.bucket}`,
    key,
    eTag: arrival.stored.eTag,
    versionId: arrival.stored.versionId,
    sequencer: arrival.sequencer,
    isCopy: arrival.isCopy,
    ...(!eventBridge && { requester: arrival.requester }),
  };
  const before = server.current(key)!.versionId;
  const outcome = await labelImage(ref, {
    s3: server.client,
    classifier: Promise.resolve(stubClassifier(model, topK)),
    config: readConfig({ AWS_LAMBDA_FUNCTION_NAME: functionName }),
    requestId: 'r1',
    deadline: createDeadline(() => 60_000),
    skipLabelled: false,
  });
  if (outcome.status === 'classified') expect(outcome.writeBackError).toBeUndefined();
  const stored = server.current(key)!;
  return stored.versionId === before ? undefined : { stored, requester: `AWS:AROA:${functionName}` };
}

it('any graph of buckets that copy to each other comes to rest, with every object labelled', async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(anyGraph, async (graph) => {
      const key = `${++runs}.png`;

      await run(key, graph);

      const labelled = servers.flatMap((server) => server.current(key)?.headers['x-amz-meta-labels'] ?? []);
      const holding = servers.filter((server) => server.current(key)).length;
      expect(labelled).toHaveLength(holding);
    }),
    { numRuns: 60 },
  );
}, 60_000);

it.each([
  ['one model', { model: 'a', topK: 3 }, { model: 'a', topK: 3 }, 1],
  ['one model and other settings', { model: 'a', topK: 3 }, { model: 'a', topK: 5 }, 1],
  ['two models', { model: 'a', topK: 3 }, { model: 'b', topK: 3 }, 2],
] as const)(
  'two buckets with %s that replicate to each other write no more than needed',
  async (name, one, two, most) => {
    const by = { eventBridge: false };

    const { writes } = await run(`${name}.png`, {
      // The upload is labelled before it is replicated: the replica already has the labels.
      buckets: [
        { labellers: [{ ...one, ...by }], kms: false },
        { labellers: [{ ...two, ...by }], kms: false },
      ],
      edges: [
        [0, 1],
        [1, 0],
      ],
      copiesByS3: false,
      lastFirst: false,
    });

    expect(writes).toBeGreaterThan(0);
    expect(writes).toBeLessThanOrEqual(most + 1);
  },
);

it('three classifiers of one bucket write no more than once each', async () => {
  const by = { topK: 3, eventBridge: false };

  const { writes } = await run('three classifiers.png', {
    buckets: [{ labellers: (['a', 'b', 'c'] as const).map((model) => ({ ...by, model })), kms: false }],
    edges: [],
    copiesByS3: false,
    lastFirst: false,
  });

  expect(writes).toBe(3);
});
