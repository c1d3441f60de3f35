import { describe, expect, it } from 'vitest';
import { valueRows } from '../../../cdk/constructs/settings/props-schema.ts';
import { nearest } from '../../../functions/classify/nearest.ts';

const known = [
  'bucketName',
  'encryptionKeyArn',
  'eventBusName',
  'topicArn',
  'notifyEmail',
  'alarms',
  'alarmEmail',
  'dashboard',
  ...Object.keys(valueRows).filter((name) => name !== 'queue' && name !== 'limits'),
  'queue.batchSize',
  'queue.maxBatchingWindow',
  'queue.maxConcurrency',
  'limits.megabytes',
  'limits.megapixels',
];

describe('nearest', () => {
  it.each([
    // Another notation.
    ['bucket-name', 'bucketName'],
    ['bucket_name', 'bucketName'],
    ['BucketName', 'bucketName'],
    ['bucketname', 'bucketName'],
    ['writeback', 'writeBack'],
    ['write_back', 'writeBack'],
    ['queue.batchsize', 'queue.batchSize'],
    ['topk', 'topK'],
    ['min-score', 'minScore'],
    // Words left out or cut short.
    ['bucket', 'bucketName'],
    ['memory', 'memorySize'],
    ['mem', 'memorySize'],
    ['arch', 'architecture'],
    ['time', 'timeout'],
    ['version', 'versioned'],
    ['batchSize', 'queue.batchSize'],
    ['megapixel', 'limits.megapixels'],
    ['retention', 'logRetention'],
    ['concurrency', 'reservedConcurrency'],
    ['email', 'alarmEmail'],
    ['bus', 'eventBusName'],
    ['key', 'encryptionKeyArn'],
    ['topic', 'topicArn'],
    // Words too many.
    ['s3bucket', 'bucketName'],
    ['kmsKey', 'encryptionKeyArn'],
    ['snsTopic', 'topicArn'],
    ['timeoutSeconds', 'timeout'],
    ['logRetentionDays', 'logRetention'],
    ['maxMegabytes', 'limits.megabytes'],
    ['reservedConcurrentExecutions', 'reservedConcurrency'],
    ['sizeOfMemory', 'memorySize'],
    // Misspelt.
    ['buckt', 'bucketName'],
    ['buckets', 'bucketName'],
    ['bucktName', 'bucketName'],
    ['memorySze', 'memorySize'],
    ['prefx', 'prefix'],
    ['prefixes', 'prefix'],
    ['suffix', 'suffixes'],
    ['sufix', 'suffixes'],
    ['sufixes', 'suffixes'],
    ['timeot', 'timeout'],
    ['wirteBack', 'writeBack'],
    ['modle', 'model'],
    ['dashbord', 'dashboard'],
    ['alarmsEmail', 'alarmEmail'],
    ['limits.megabyte', 'limits.megabytes'],
    ['limit.megabytes', 'limits.megabytes'],
    ['trace', 'tracing'],
    ['copy', 'copies'],
  ])('%s means %s', (name, meant) => {
    expect(nearest(name, known)).toBe(meant);
  });

  it.each([
    'x',
    'foo',
    'env',
    'stage',
    'stack',
    'region',
    'account',
    'profile',
    'owner',
    'language',
    'extension',
    'project-name',
    '',
    '--',
  ])('%j means none of the settings', (name) => {
    expect(nearest(name, known)).toBeUndefined();
  });

  it('takes a word that differs in two letters for a whole name only', () => {
    expect(nearest('nothing', ['bathing_cap', 'tabby'])).toBeUndefined();
    expect(nearest('nothing', ['bathing', 'tabby'])).toBe('bathing');
  });

  it('finds nothing among no names', () => {
    expect(nearest('bucket', [])).toBeUndefined();
  });

  it.each(['word '.repeat(300), 'x'.repeat(5000)])(
    'finds nothing for a long text, and no long text',
    (text) => {
      expect(nearest(text, [...known, text])).toBeUndefined();
      expect(nearest('bucket-name', [text, ...known])).toBe('bucketName');
    },
  );
});
