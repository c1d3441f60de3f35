/** Properties as they were given -> properties with checked values of their own types, or a sentence about each that is wrong. */
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import * as v from 'valibot';
import { nearest } from '../../../functions/classify/nearest.ts';
import type { BucketOptions, ImageClassifierProps } from '../image-classifier-props.ts';
import { importBucket, importEventBus, importKey, importTopic } from './imports.ts';
import { assertOptions, InvalidSetting, show } from './invalid-setting.ts';
import { alarmRows, bucketOptionRows, resourceRows, valueRows } from './props-schema.ts';

const propsSchema = v.object({ ...valueRows, ...resourceRows });
const bucketOptionsSchema = v.object(bucketOptionRows);
const bucketSchema = v.object({ bucket: resourceRows.bucket });
const alarmSchema = v.object(alarmRows);

/**
 * Checks the properties of a construct and converts what clearly means the same (`timeout: 30`, `suffixes: '.jpg'`, a bucket's
 * name). Unknown properties are refused.
 *
 * @param scope The construct, which owns the resources that are imported by name.
 * @throws InvalidSetting
 */
export function readProps(scope: Construct, given: ImageClassifierProps): ImageClassifierProps {
  assertOptions(given, 'ImageClassifier', "{ prefix: 'photos/' }");
  const { bucket, encryptionKey, eventBus, topic, ...values } = parseSettings(
    propsSchema,
    given,
    propertyOf('ImageClassifier'),
  );
  return {
    ...values,
    ...(topic !== undefined && { topic: importTopic(scope, 'GivenTopic', topic) }),
    ...(bucket !== undefined && { bucket: importBucket(scope, 'GivenBucket', bucket) }),
    ...(encryptionKey !== undefined && { encryptionKey: importKey(scope, 'GivenKey', encryptionKey) }),
    ...(eventBus !== undefined && { eventBus: importEventBus(scope, 'GivenEventBus', eventBus) }),
  };
}

/**
 * Does the same for the options of one more bucket.
 *
 * @param keyId The id of a key that is imported by its ARN.
 * @throws InvalidSetting
 */
export function readBucketOptions(scope: Construct, keyId: string, given: BucketOptions): BucketOptions {
  assertOptions(given, 'addBucket', "{ prefix: 'photos/' }");
  const { encryptionKey, ...filter } = parseSettings(bucketOptionsSchema, given, propertyOf('BucketOptions'));
  return {
    ...filter,
    ...(encryptionKey !== undefined && { encryptionKey: importKey(scope, keyId, encryptionKey) }),
  };
}

/**
 * Reads one more bucket.
 *
 * @param id The id of a bucket that is imported by its name.
 * @throws InvalidSetting
 */
export function readBucket(scope: Construct, id: string, given: IBucket): IBucket {
  const { bucket } = parseSettings(bucketSchema, { bucket: given ?? null }, propertyOf('addBucket'));
  return importBucket(scope, id, bucket!);
}

/**
 * Reads the options of `addAlarms`.
 *
 * @throws InvalidSetting
 */
export function readAlarmOptions(scope: Construct, given: object) {
  assertOptions(given, 'addAlarms', "{ email: 'you@example.com' }");
  const { topic, ...rest } = parseSettings(alarmSchema, given, propertyOf('AlarmOptions'));
  return { ...rest, ...(topic !== undefined && { topic: importTopic(scope, 'AlarmsTopic', topic) }) };
}

/**
 * Parses settings with a schema of rows; those set to undefined count as not given.
 *
 * @param unknownName Returns the sentence about a name that the schema does not have.
 * @throws InvalidSetting with a sentence for each unknown name, or else for each value that its setting does not take.
 */
export function parseSettings<const Rows extends v.ObjectEntries>(
  schema: v.ObjectSchema<Rows, undefined>,
  given: object,
  unknownName: (name: string, known: readonly string[]) => string,
): v.InferOutput<v.ObjectSchema<Rows, undefined>> {
  const settings = withoutUndefined(given);
  const known = settingNames(schema);
  const unknown = settingsIn(settings, schema).filter(
    (name) => !known.includes(name) && !(name in schema.entries),
  );
  if (unknown.length > 0) {
    throw new InvalidSetting(unknown.map((name) => unknownName(name, known)).join('; '));
  }
  assertGroups(settings, schema);
  const result = v.safeParse(schema, settings);
  if (result.success) return result.output;
  throw new InvalidSetting(result.issues.map(describeIssue).join('; '));
}

/** The names of a schema's settings, those of nested objects with a dot: `queue.batchSize`. */
export function settingNames(schema: v.ObjectSchema<v.ObjectEntries, undefined>): string[] {
  return Object.keys(schema.entries).flatMap((name) => {
    const nested = nestedRows(schema, name);
    return nested ? Object.keys(nested).map((inner) => `${name}.${inner}`) : [name];
  });
}

/** 'timout is not a property of ImageClassifier; did you mean timeout?' */
function propertyOf(type: string) {
  return (name: string, known: readonly string[]) => {
    const meant = nearest(name, known);
    return `${name} is not a property of ${type}; ${meant ? `did you mean ${meant}?` : `it has ${known.join(', ')}`}`;
  };
}

function withoutUndefined(given: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, isPlainObject(value) ? withoutUndefined(value) : value]),
  );
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function settingsIn(
  settings: Record<string, unknown>,
  schema: v.ObjectSchema<v.ObjectEntries, undefined>,
): string[] {
  return Object.entries(settings).flatMap(([name, value]) =>
    nestedRows(schema, name) && isPlainObject(value)
      ? Object.keys(value).map((inner) => `${name}.${inner}`)
      : [name],
  );
}

/** Refuses CDK objects in the place of a group of settings, such as a Queue as `queue`: their members are no settings. */
function assertGroups(
  settings: Record<string, unknown>,
  schema: v.ObjectSchema<v.ObjectEntries, undefined>,
): void {
  for (const [name, value] of Object.entries(settings)) {
    const group = groupOf(schema, name);
    if (!group || typeof value !== 'object' || isPlainObject(value)) continue;
    throw new InvalidSetting(`${name} is ${show(value)}; it ${group.message}`);
  }
}

function nestedRows(
  schema: v.ObjectSchema<v.ObjectEntries, undefined>,
  name: string,
): v.ObjectEntries | undefined {
  return groupOf(schema, name)?.entries;
}

/** The schema of a setting that has settings of its own. */
function groupOf({ entries }: v.ObjectSchema<v.ObjectEntries, undefined>, name: string) {
  const row = entries[name];
  const inner = row && 'wrapped' in row ? row.wrapped : row;
  return inner && 'entries' in inner ? (inner as v.ObjectSchema<v.ObjectEntries, string>) : undefined;
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const path = issue.path?.filter(({ key }) => typeof key === 'string') ?? [];
  const value = path.at(-1)?.value ?? issue.input;
  const element = issue.path?.at(-1);
  const found = typeof element?.key === 'number' ? `has ${show(element.value)}` : `is ${show(value)}`;
  return `${path.map(({ key }) => key).join('.')} ${found}; it ${issue.message}`;
}
