import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { batchTask, notification, sqsBatch } from '../../support/aws/events.ts';
import { functionName, startFunction, type TestFunction } from '../../support/aws/function.ts';

type Line = Readonly<Record<string, unknown>>;
interface Emf extends Line {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
}

function isEmf(line: Line): line is Emf {
  return '_aws' in line;
}
function read(name: string) {
  return readFile(join('test/goldens/images', name));
}

describe('the log and the metrics', () => {
  let labeller: TestFunction;
  let written: string[];

  beforeAll(async () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
    vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'Bucketlens');
    vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'Photos/Labels');
    // The log and the metrics look at the environment when they are imported, and startFunction silences both.
    await import('../../../functions/classify/report.ts');
    labeller = await startFunction();
    const keep = (text: string | Uint8Array) => {
      written.push(String(text));
      return true;
    };
    vi.spyOn(process.stdout, 'write').mockImplementation(keep);
    vi.spyOn(process.stderr, 'write').mockImplementation(keep);
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await labeller.close();
  });
  beforeEach(() => {
    written = [];
    labeller.s3.failWith(() => undefined);
  });

  const lines = (): Line[] =>
    written
      .join('')
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  const logged = () => lines().filter((line) => !isEmf(line));
  const metrics = () =>
    lines()
      .filter(isEmf)
      .flatMap((line) =>
        line._aws.CloudWatchMetrics.flatMap(({ Metrics }) =>
          Metrics.map(({ Name, Unit }) => [Name, { unit: Unit, value: line[Name] }] as const),
        ),
      );
  const counted = () => metrics().flatMap(([name]) => (name.startsWith('Images') ? [name] : []));
  const metric = (name: string) => Object.fromEntries(metrics())[name];
  const upload = async (key: string, bytes: Buffer, headers = {}) => {
    const { eTag } = labeller.s3.put(key, bytes, headers);
    return notification(key, { eTag });
  };

  it('have a line for each image, with its key, request and predictions', async () => {
    await labeller.invoke(await upload('cup.jpg', await read('coffee_base_444.jpg')));

    expect(logged()).toMatchObject([
      {
        level: 'INFO',
        service: 'Photos/Labels',
        message: 'classified',
        requestId: 'r1',
        bucket: 'photos',
        objectKey: 'cup.jpg',
        predictions: [{ label: 'espresso' }, {}, {}, {}, {}],
      },
    ]);
  });

  it('say why an upload was rejected, with its key and request', async () => {
    await labeller.invoke(await upload('notes.jpg', await read('bad_text.jpg')));

    expect(logged()).toMatchObject([
      { message: 'rejected', requestId: 'r1', objectKey: 'notes.jpg', error: { name: 'UnsupportedFormat' } },
    ]);
    expect(metric('ImagesRejected')).toEqual({ unit: 'Count', value: 1 });
    expect(counted()).toEqual(['ImagesRejected']);
  });

  it('say once which image of a message failed, and why', async () => {
    const messages = sqsBatch(await upload('cup.jpg', await read('coffee_base_444.jpg')));
    labeller.s3.failWith(({ operation }) =>
      operation === 'GetObject' ? { status: 503, code: 'SlowDown' } : undefined,
    );

    await labeller.invoke(messages);

    expect(logged()).toMatchObject([
      {
        level: 'ERROR',
        message: 'This failed and will be retried',
        requestId: 'r1',
        messageId: 'm0',
        bucket: 'photos',
        objectKey: 'cup.jpg',
        error: { name: 'SlowDown' },
      },
    ]);
    expect(metric('Failures')).toEqual({ unit: 'Count', value: 1 });
  });

  it('say which task of a batch job failed', async () => {
    labeller.s3.failWith(() => ({ status: 503, code: 'SlowDown' }));

    await labeller.invoke(batchTask('cup.jpg'));

    expect(logged()).toMatchObject([{ level: 'ERROR', taskId: 't1', objectKey: 'cup.jpg' }]);
  });

  it.each([
    ['a\n{"level":"ERROR"}\r.jpg', 'a\n{"level":"ERROR"}\r.jpg'],
    ['\x1b[2J\0.jpg', '\x1b[2J\0.jpg'],
    ['\x9b2J\x7f\u2028\u202egpj.exe', '\\u009b2J\\u007f\\u2028\\u202egpj.exe'],
  ])('stay on one line without control characters for any key: %j', async (key, shown) => {
    await labeller.invoke(await upload(key, await read('bad_text.jpg')));
    labeller.s3.failWith(() => ({ status: 403, code: 'AccessDenied' }));
    await expect(labeller.invoke(notification(key))).rejects.toThrow();

    expect(written.join('')).toMatch(/^(\{[^\p{Cc}\u2028\u202e]*\}\n)+$/u);
    expect(logged()).toMatchObject([
      { message: 'rejected', objectKey: shown },
      { level: 'ERROR', objectKey: shown, error: { name: 'AccessDenied' } },
    ]);
  });

  it('have a line and no metric for our own copy', async () => {
    const copy = notification('cup.jpg', {
      eventName: 'ObjectCreated:Copy',
      principalId: `AWS:AROA:${functionName}`,
    });

    expect(await labeller.invoke(copy)).toEqual(['own-copy']);

    expect(lines()).toMatchObject([{ level: 'INFO', message: 'own-copy', objectKey: 'cup.jpg' }]);
  });

  it('report an unreadable event with the request', async () => {
    await expect(labeller.invoke({ hello: 'world' })).rejects.toThrow();

    expect(logged()).toMatchObject([{ level: 'ERROR', requestId: 'r1', error: { name: 'UnknownEvent' } }]);
    expect(metric('Failures')).toEqual({ unit: 'Count', value: 1 });
  });

  it('never contain bytes of an image', async () => {
    const secret = 'the-secret-in-the-image';
    const photo = await read('coffee_base_444.jpg');
    const comment = Buffer.from([0xff, 0xfe, 0, secret.length + 2]);
    const commented = Buffer.concat([photo.subarray(0, 2), comment, Buffer.from(secret), photo.subarray(2)]);

    expect(await labeller.invoke(await upload('commented.jpg', commented))).toEqual(['classified']);
    expect(await labeller.invoke(await upload('torn.jpg', commented.subarray(0, 200)))).toEqual(['rejected']);
    expect(await labeller.invoke(await upload('text.jpg', Buffer.from(secret)))).toEqual(['rejected']);

    expect(logged()).toHaveLength(3);
    const output = written.join('');
    expect(output).not.toContain(secret);
    expect(output).not.toContain(Buffer.from(secret).toString('base64').slice(0, 12));
    expect(output).not.toContain(Buffer.from(secret).toString('hex').slice(0, 12));
    expect(Math.max(...lines().map((line) => JSON.stringify(line).length))).toBeLessThan(2000);
  });

  it('have the duration of each step in milliseconds', async () => {
    await labeller.invoke(await upload('cup.jpg', await read('coffee_base_444.jpg')));

    const timings = labeller.bus.events.at(-1)?.detail.timings as Record<string, number>;
    expect(metric('ImagesClassified')).toEqual({ unit: 'Count', value: 1 });
    expect(counted()).toEqual(['ImagesClassified']);
    for (const [step, name] of [
      ['fetchMs', 'FetchTime'],
      ['decodeMs', 'DecodeTime'],
      ['preprocessMs', 'PreprocessTime'],
      ['inferMs', 'InferTime'],
      ['writeMs', 'WriteTime'],
    ] as const) {
      expect(metric(name)).toEqual({ unit: 'Milliseconds', value: timings[step] });
    }
  });

  it('count opted-out images', async () => {
    const event = await upload('cup.jpg', await read('coffee_base_444.jpg'), {
      'x-amz-meta-labels': 'skip',
    });

    expect(await labeller.invoke(event)).toEqual(['skipped']);
    expect(metric('ImagesSkipped')).toEqual({ unit: 'Count', value: 1 });
    expect(counted()).toEqual(['ImagesSkipped']);
  });

  it('have one metric for each count and step, however many labels and keys there are', async () => {
    for (const name of ['coffee_base_444.jpg', 'flower_640x427.jpg', 'bad_text.jpg'])
      await labeller.invoke(await upload(name, await read(name)));

    const dimensions = lines()
      .filter(isEmf)
      .flatMap(({ _aws }) => _aws.CloudWatchMetrics.flatMap(({ Dimensions }) => Dimensions));
    expect(new Set(dimensions.map(String))).toEqual(new Set(['service']));
    expect(new Set(metrics().map(([name]) => name)).size).toBeLessThanOrEqual(10);
  });
});
