import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLambda, FunctionFailed, type LocalLambda } from '../../../../local/playground/aws/lambda.ts';

let folder: string;
let log: PassThrough;
let lambda: LocalLambda;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bucketlens-test-'));
  log = new PassThrough();
});

afterEach(async () => {
  await lambda.close();
  await rm(folder, { recursive: true });
});

/** Starts a function from CommonJS source; its `trace` writes a line that `traces` reads. */
async function startFunction(bundle: string) {
  const entry = join(folder, 'index.js');
  const trace = `const trace = (...values) => require('node:fs').appendFileSync(${JSON.stringify(join(folder, 'traces'))}, values.join(' ') + '\\n');`;
  await writeFile(entry, `${trace}\n${bundle}`);
  lambda = createLambda({ entry, environment: { AWS_LAMBDA_FUNCTION_NAME: 'labels' }, log });
}

async function traces() {
  return (await readFile(join(folder, 'traces'), 'utf8')).trimEnd().split('\n');
}

const failing = `
  const { existsSync, writeFileSync } = require('node:fs');
  let count = 0;
  exports.handler = async ({ marker, how }) => {
    trace(how, ++count);
    if (existsSync(marker)) return;
    writeFileSync(marker, '');
    if (how === 'throws') throw new TypeError('not now');
    process.exit(3);
  };`;

describe('createLambda', () => {
  it('invokes the function with one event at a time, in order, with a Lambda context', async () => {
    await startFunction(`
      exports.handler = async (event, context) => {
        trace('begin', event, context.functionName, context.getRemainingTimeInMillis() > 50_000);
        await new Promise(setImmediate);
        trace('end', event, context.awsRequestId.length);
      };`);

    await Promise.all([lambda.invoke(1), lambda.invoke(2)]);

    expect(await traces()).toEqual(['begin 1 labels true', 'end 1 36', 'begin 2 labels true', 'end 2 36']);
  });

  it.each([
    { how: 'throws', attempts: ['throws 1', 'throws 2'] },
    { how: 'exits', attempts: ['exits 1', 'exits 1'] },
  ])(
    'tries an event again when the function $how, in a new process where the old one has ended',
    async (failure) => {
      await startFunction(failing);

      await lambda.invoke({ marker: join(folder, 'marker'), how: failure.how });

      expect(await traces()).toEqual(failure.attempts);
    },
  );

  it('gives up after three attempts, reports the reason, and goes on with the next event', async () => {
    await startFunction(`
      exports.handler = async (event) => {
        trace(event);
        if (event === 'bad') throw new TypeError('never');
      };`);

    const bad = lambda.invoke('bad');
    const good = lambda.invoke('good');

    await expect(bad).rejects.toThrow(new FunctionFailed('TypeError: never'));
    await expect(good).resolves.toBeUndefined();
    expect(await traces()).toEqual(['bad', 'bad', 'bad', 'good']);
  });

  it('reports a function that does not load', async () => {
    await startFunction("require('./nothing.js')");

    await expect(lambda.ready).rejects.toThrow(/^Error: Cannot find module '\.\/nothing\.js'/);
  });

  it("writes the function's output to the log", async () => {
    await startFunction("exports.handler = async () => console.error('to the log');");

    const [[line]] = await Promise.all([once(log, 'data'), lambda.invoke({})]);

    expect(String(line)).toBe('to the log\n');
  });

  it("hides the user's credentials from the function", async () => {
    process.env.AWS_PROFILE = 'production';
    await startFunction(
      'exports.handler = async () => trace(typeof process.env.AWS_PROFILE, typeof process.env.HOME);',
    );

    await lambda.invoke({});

    delete process.env.AWS_PROFILE;
    expect(await traces()).toEqual(['undefined undefined']);
  });
});
