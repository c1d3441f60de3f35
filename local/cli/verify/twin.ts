/**
 * Writing labels into metadata copies the object onto itself, which drops whatever the copy does not ask for. An object and its
 * twin, which opts out of labels, are uploaded alike: in all that S3 returns about them, the labels must be the only difference.
 */
import { isDeepStrictEqual } from 'node:util';
import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { assertHolds } from './check.ts';
import { head, labelled, tagsOf } from './objects.ts';
import type { Target, Upload } from './target.ts';

/**
 * Waits until the object is labelled, and compares it with its twin.
 *
 * @param returned Properties that S3 must return of the twin: without them the comparison would show nothing.
 * @returns The names of the properties compared.
 * @throws Broken for the first property, or tag, that differs.
 */
export async function compareWithTwin(
  target: Target,
  object: Upload,
  twin: Upload,
  returned: readonly (keyof HeadObjectCommandOutput)[],
): Promise<string[]> {
  const found = await labelled(target, object);
  const expected = comparable(target, await head(target, twin.key));
  const actual = comparable(target, found.head);
  const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
  for (const name of returned) assertHolds(name in expected, `S3 does not return ${name} of the upload`);
  for (const name of names) assertSame(name, expected[name], actual[name]);
  assertSame('tags', await othersTags(target, twin), await othersTags(target, object));
  return names;
}

function assertSame(name: string, expected: unknown, actual: unknown): void {
  assertHolds(
    isDeepStrictEqual(expected, actual),
    `${name} was ${JSON.stringify(expected)}, and is ${JSON.stringify(actual)} with the labels`,
  );
}

/** All that S3 returns about an object, except the labels and what tells any object from another. */
function comparable(
  { settings: { metadataPrefix } }: Target,
  { $metadata: _, Metadata = {}, ...rest }: HeadObjectCommandOutput,
): Record<string, unknown> {
  const ours = new Set(['', '-general', '-model', '-mark'].map((ending) => `${metadataPrefix}${ending}`));
  const properties = Object.entries(rest).filter(
    ([name, value]) => value !== undefined && !individual.has(name),
  );
  const metadata = Object.entries(Metadata).filter(([name]) => !ours.has(name));
  return { ...Object.fromEntries(properties), Metadata: Object.fromEntries(metadata) };
}

// The ETag changes with KMS and uploads in parts. Lifecycle rules and replication go by tags and by time.
const individual = new Set<string>([
  'ETag',
  'LastModified',
  'VersionId',
  'TagCount',
  'Expiration',
  'ReplicationStatus',
  'RequestCharged',
] satisfies (keyof HeadObjectCommandOutput)[]);

/** The tags, without the opt-out and the labels. */
async function othersTags(target: Target, { key }: Upload): Promise<Readonly<Record<string, string>>> {
  const { metadataPrefix, writeBack } = target.settings;
  const ours = new Set([metadataPrefix, ...(writeBack.includes('tags') ? ['label', 'score'] : [])]);
  return Object.fromEntries(Object.entries(await tagsOf(target, key)).filter(([name]) => !ours.has(name)));
}
