import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../functions/classify/config.ts';

const lambda = { AWS_LAMBDA_FUNCTION_NAME: 'labeller' };

describe('the configuration', () => {
  it('has a default for everything that Lambda does not set', () => {
    expect(readConfig(lambda)).toEqual({
      functionName: 'labeller',
      modelDir: '/opt/model',
      eventBus: 'default',
      writeBack: ['metadata'],
      metadataPrefix: 'labels',
      classifier: {},
      limits: { maxBytes: 50_000_000, megapixels: 100 },
    });
  });

  it('reads each setting from its variable', () => {
    const config = readConfig({
      ...lambda,
      BUCKETLENS_MODEL_DIR: '/models/mine',
      BUCKETLENS_EVENT_BUS: 'my-bus',
      BUCKETLENS_WRITE_BACK: 'tags, metadata',
      BUCKETLENS_METADATA_PREFIX: 'vision',
      BUCKETLENS_TOP_K: '3',
      BUCKETLENS_MIN_SCORE: '2.5e-1',
      BUCKETLENS_GENERAL_SCORE: '0.8',
      BUCKETLENS_MAX_MEGABYTES: '12.5',
      BUCKETLENS_MAX_MEGAPIXELS: '24',
    });

    expect(config).toMatchObject({
      modelDir: '/models/mine',
      eventBus: 'my-bus',
      writeBack: ['tags', 'metadata'],
      metadataPrefix: 'vision',
      classifier: { topK: 3, minScore: 0.25, generalScore: 0.8 },
      limits: { maxBytes: 12_500_000, megapixels: 24 },
    });
  });

  it.each([
    ['annotation', ['annotation']],
    ['metadata,tags', ['tags', 'metadata']],
    ['metadata , annotation,tags', ['tags', 'annotation', 'metadata']],
    ['tags,tags', ['tags']],
  ])('reads the write-back modes %j, in writing order', (text, modes) => {
    expect(readConfig({ ...lambda, BUCKETLENS_WRITE_BACK: text }).writeBack).toEqual(modes);
  });

  it('has no write-back mode for none', () => {
    expect(readConfig({ ...lambda, BUCKETLENS_WRITE_BACK: 'none' }).writeBack).toEqual([]);
  });

  it.each([
    ['2048', {}, 1698],
    ['2048', { BUCKETLENS_MAX_MEGABYTES: '800' }, 948],
    ['512', { BUCKETLENS_MAX_MEGABYTES: '800' }, 0],
  ])('leaves for decoding the part of %s MB that function, model and file do not need (%o)', (...example) => {
    const [memory, more, megabytes] = example;

    const { limits } = readConfig({ ...lambda, AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memory, ...more });

    expect(limits.memoryMegabytes).toBe(megabytes);
  });

  it.each([
    ['128', 1],
    ['2048', 1],
    ['3537', 1],
    ['3538', 2],
    ['10240', 5],
  ])(
    'gives the network of a function with %s MB as many threads as it has whole processors',
    (megabytes, threads) => {
      const { classifier } = readConfig({ ...lambda, AWS_LAMBDA_FUNCTION_MEMORY_SIZE: megabytes });

      expect(classifier.threads).toBe(threads);
    },
  );

  it.each([
    ['AWS_LAMBDA_FUNCTION_NAME', undefined, 'AWS_LAMBDA_FUNCTION_NAME is missing'],
    ['BUCKETLENS_WRITE_BACK', 'tag', "BUCKETLENS_WRITE_BACK must be 'none', or any of tags, annotation"],
    ['BUCKETLENS_WRITE_BACK', 'none,tags', "BUCKETLENS_WRITE_BACK must be 'none', or any of"],
    ['BUCKETLENS_WRITE_BACK', '', 'BUCKETLENS_WRITE_BACK must be'],
    ['BUCKETLENS_TOP_K', '0', 'BUCKETLENS_TOP_K must be between 1 and 1000'],
    ['BUCKETLENS_TOP_K', '2.5', 'must be a whole number'],
    ['BUCKETLENS_TOP_K', 'five', 'BUCKETLENS_TOP_K must be a number'],
    ['BUCKETLENS_TOP_K', '', 'BUCKETLENS_TOP_K must be a number'],
    ['BUCKETLENS_MIN_SCORE', '50', 'BUCKETLENS_MIN_SCORE must be between 0 and 1'],
    ['BUCKETLENS_GENERAL_SCORE', '0.4', 'must be between 0.5 and 1'],
    ['BUCKETLENS_MIN_SCORE', '-1', 'must be a number'],
    ['BUCKETLENS_METADATA_PREFIX', 'My Labels', 'must be 1 to 32 of a-z 0-9 -'],
    ['BUCKETLENS_EVENT_BUS', '', 'BUCKETLENS_EVENT_BUS must not be empty'],
    ['BUCKETLENS_MODEL_DIR', '', 'BUCKETLENS_MODEL_DIR must not be empty'],
    ['BUCKETLENS_MAX_MEGABYTES', '1e4', 'must be between'],
    ['BUCKETLENS_MAX_MEGABYTES', '0x10', 'must be a number'],
    ['BUCKETLENS_MAX_MEGAPIXELS', '0', 'must be between'],
  ])('names %s when it is %j', (name, value, message) => {
    expect(() => readConfig({ ...lambda, [name]: value })).toThrow(message);
  });

  it('names all invalid variables at once', () => {
    expect(() => readConfig({ ...lambda, BUCKETLENS_TOP_K: 'x', BUCKETLENS_MIN_SCORE: 'y' })).toThrow(
      expect.objectContaining({
        name: 'InvalidConfiguration',
        message: "BUCKETLENS_TOP_K must be a number, not 'x'; BUCKETLENS_MIN_SCORE must be a number, not 'y'",
      }),
    );
  });
});
