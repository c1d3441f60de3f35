/** The function's environment gives a configuration within its bounds, or an InvalidConfiguration. */

import assert from 'node:assert/strict';
import { InvalidConfiguration, readConfig } from '../../../../functions/classify/config.ts';
import { defaultMegabytes } from '../../../../functions/classify/memory.ts';
import { jsonInput, parseInput, textsIn } from '../json.ts';
import { resultOf } from '../target.ts';

export function seeds(): Uint8Array[] {
  return [
    { AWS_LAMBDA_FUNCTION_NAME: 'labeller' },
    {
      AWS_LAMBDA_FUNCTION_NAME: 'labeller',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(defaultMegabytes),
      BUCKETLENS_MODEL_DIR: '/models/mine',
      BUCKETLENS_EVENT_BUS: 'my-bus',
      BUCKETLENS_WRITE_BACK: 'tags, metadata',
      BUCKETLENS_METADATA_PREFIX: 'vision',
      BUCKETLENS_TOP_K: '3',
      BUCKETLENS_MIN_SCORE: '2.5e-1',
      BUCKETLENS_GENERAL_SCORE: '0.8',
      BUCKETLENS_MAX_MEGABYTES: '12.5',
      BUCKETLENS_MAX_MEGAPIXELS: '24',
    },
  ].map(jsonInput);
}

export async function check(input: Uint8Array): Promise<void> {
  const config = await resultOf(() => readConfig(textsIn(parseInput(input))), InvalidConfiguration);
  if (config instanceof Error) return;
  const { classifier, limits, metadataPrefix, writeBack } = config;
  assert.match(metadataPrefix, /^[a-z0-9-]{1,32}$/);
  assert.equal(new Set(writeBack).size, writeBack.length);
  assertWithin(limits.maxBytes, 1000, 1e9);
  assertWithin(limits.megapixels, 0.001, 1000);
  assertWithin(limits.memoryMegabytes ?? 0, 0, 10_240);
  assertWithin(classifier.threads ?? 1, 1, 6);
  assertWithin(classifier.topK ?? 1, 1, 1000);
  assertWithin(classifier.minScore ?? 0, 0, 1);
  assertWithin(classifier.generalScore ?? 1, 0.5, 1);
}

function assertWithin(value: number, min: number, max: number): void {
  assert(value >= min && value <= max, `${value} is not between ${min} and ${max}`);
}
