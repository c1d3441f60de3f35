import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import { InvocationFailed, MemoryRefused } from '../../../../local/cli/tune/invoke.ts';
import { measure, summarise } from '../../../../local/cli/tune/measure.ts';
import { type AwsAnswer, type AwsServer, startAws } from '../../../support/aws/aws-server.ts';

let aws: AwsServer;
let lambda: LambdaClient;

afterEach(async () => {
  lambda.destroy();
  await aws.close();
});

/** Lambda with one function: cold after each change of its configuration. */
async function startLambda(answers: { readonly update?: AwsAnswer; readonly invoke?: AwsAnswer } = {}) {
  let configuration = {
    MemorySize: 128,
    Environment: { Variables: { BUCKETLENS_TOP_K: '3' } },
    LastUpdateStatus: 'Successful',
  };
  let isCold = false;
  aws = await startAws(({ method, url, body }) => {
    if (method === 'PUT') {
      if (answers.update) return answers.update;
      configuration = { ...configuration, ...JSON.parse(body) };
      isCold = true;
    }
    if (!url.pathname.endsWith('/invocations')) {
      // GetFunction nests what GetFunctionConfiguration returns.
      const isNested = !url.pathname.endsWith('/configuration');
      return { body: JSON.stringify(isNested ? { Configuration: configuration } : configuration) };
    }
    if (answers.invoke) return answers.invoke;
    const init = isCold ? '\tInit Duration: 700.00 ms' : '';
    const billed = isCold ? 1000 : 300;
    isCold = false;
    const report = `REPORT RequestId: 1\tDuration: 300.00 ms\tBilled Duration: ${billed} ms\tMemory Size: ${configuration.MemorySize} MB\tMax Memory Used: 250 MB${init}\t\n`;
    return {
      headers: { 'x-amz-log-result': Buffer.from(report).toString('base64') },
      body: '["classified"]',
    };
  });
  lambda = new LambdaClient({
    endpoint: aws.url,
    region: 'eu-central-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  return {
    tuned: { lambda, functionName: 'Labels', bucket: 'photos', keys: ['0-cat.png', '1-dog.png'] },
    variables: () => configuration.Environment.Variables,
  };
}

describe('measure', () => {
  it('restarts the function for each cold start, and labels the photos in turn', async () => {
    const { tuned, variables } = await startLambda();
    let invocations = 0;
    const measured = await measure(tuned, 1769, { cold: 2, warm: 3 }, () => invocations++);

    expect(measured).toEqual({
      coldMs: 1000,
      coldBilledMs: 1000,
      warmMs: 300,
      warmBilledMs: 300,
      peakMb: 250,
    });
    expect(invocations).toBe(5);
    const labelled = aws.requests
      .filter(({ url }) => url.pathname.endsWith('/invocations'))
      .map(({ body }) => JSON.parse(body).key);
    expect(labelled).toEqual(['0-cat.png', '1-dog.png', '0-cat.png', '1-dog.png', '0-cat.png']);
    expect(variables()).toEqual({ BUCKETLENS_TOP_K: '3', TUNE_STARTS: '2' });
  });

  it('says which memory size AWS refuses', async () => {
    const { tuned } = await startLambda({
      update: {
        status: 400,
        headers: { 'x-amzn-errortype': 'InvalidParameterValueException' },
        body: '{"message":"\'MemorySize\' value failed to satisfy constraint: at most 3008"}',
      },
    });
    await expect(measure(tuned, 10_240, { cold: 1, warm: 1 }, () => {})).rejects.toThrow(MemoryRefused);
  });

  it.each([
    [
      'fails',
      { headers: { 'x-amz-function-error': 'Unhandled' }, body: '{"errorMessage":"no model"}' },
      'no model',
    ],
    ['answers with no outcome', { body: '[]' }, 'did not label 0-cat.png'],
  ])('ends if the function %s', async (_, invoke, sentence) => {
    const { tuned } = await startLambda({ invoke });
    const result = measure(tuned, 1024, { cold: 1, warm: 1 }, () => {});
    await expect(result).rejects.toThrow(InvocationFailed);
    await expect(result).rejects.toThrow(sentence);
  });
});

it('summarise counts an environment that Lambda replaced as a cold start', async () => {
  const warm = { durationMs: 100, billedMs: 101, peakMb: 200 };
  const cold = { durationMs: 150, billedMs: 951, peakMb: 240, initMs: 800 };
  expect(summarise([cold, warm, cold, warm, warm])).toEqual({
    coldMs: 950,
    coldBilledMs: 951,
    warmMs: 100,
    warmBilledMs: 101,
    peakMb: 240,
  });
});
