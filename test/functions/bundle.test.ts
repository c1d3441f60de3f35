import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFunction } from '../../functions/bundle.ts';
import { formats } from '../../functions/classify/decode/formats.ts';
import { findHeicDecoder } from '../../functions/heic-decoder.ts';
import { buildRuntimeLayer } from '../../layers/runtime/layer.ts';
import { goldens } from '../goldens/goldens.ts';
import { psdFiles } from './classify/decode/psd/psd-files.ts';

const root = join(import.meta.dirname, '../..');
const images = join(root, 'test/goldens/images');
/** Images that are no goldens. */
const others: Readonly<Record<string, Uint8Array>> = {
  'photo.heic': readFileSync(join(root, 'test/functions/classify/decode/heic/fixtures/420.heic')),
  'photo.psd': psdFiles().find(({ name }) => name === 'RGB, packed')!.file,
};

let parent: string;
let bundle: string;
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'bucketlens-bundle-'));
  bundle = join(parent, 'function');
  bundleFunction(bundle);
  bundleFunction(join(parent, 'function-with-heic'), findHeicDecoder());
  buildRuntimeLayer({ platform: process.platform, arch: process.arch, outDir: join(parent, 'runtime') });
});
afterAll(() => rmSync(parent, { recursive: true }));

describe('bundleFunction', () => {
  it("writes one file of code, with the kernels, the formats' codecs and the credential providers next to it", () => {
    const codecs = formats.flatMap(({ codec }) => (codec ? [basename(codec)] : []));

    expect(codecs).toContain('webp_dec.wasm');
    expect(readdirSync(bundle).sort()).toEqual(
      ['credentials.js', 'index.js', 'kernels.wasm', 'package.json', ...codecs].sort(),
    );
  });

  it('adds the decoder of HEIC as files of its own, and leaves the code as it is', () => {
    const names = readdirSync(join(parent, 'function-with-heic'));

    expect(names.filter((name) => !readdirSync(bundle).includes(name)).sort()).toEqual([
      'libheif.LICENSE.txt',
      'libheif.js',
      'libheif.wasm',
    ]);
    const [code, withHeic] = ['function', 'function-with-heic'].map((folder) =>
      readFileSync(join(parent, folder, 'index.js')),
    );
    expect(withHeic.equals(code)).toBe(true);
  });

  it('gives the same bytes whatever the output folder and current directory', () => {
    const cwd = process.cwd();
    const again = join(parent, 'again');

    try {
      process.chdir(parent);
      bundleFunction(again);
    } finally {
      process.chdir(cwd);
    }

    for (const name of ['index.js', 'credentials.js', 'kernels.wasm']) {
      expect(readFileSync(join(again, name)).equals(readFileSync(join(bundle, name)))).toBe(true);
    }
    expect(readFileSync(join(bundle, 'index.js'), 'utf8')).not.toContain(root);
  });

  it('keeps lines short enough for logs and identifiers for stack traces', () => {
    const code = readFileSync(join(bundle, 'index.js'), 'utf8');

    expect(Math.max(...code.split('\n').map((line) => line.length))).toBeLessThan(5000);
    expect(code).toContain('labelImage');
  });

  it("contains the SDK's operations that the function uses, and no others", () => {
    const code = readFileSync(join(bundle, 'index.js'), 'utf8');

    for (const used of ['GetObject', 'CopyObject', 'PutEvents']) expect(code).toContain(`"${used}Request"`);
    expect(code).not.toContain('PutBucketLifecycleConfiguration');
    expect(code).not.toContain('AssumeRoleWithWebIdentity');
  });

  it('leaves the compiler of the kernels out', () => {
    expect(readFileSync(join(bundle, 'index.js'), 'utf8')).not.toContain('asc.js');
  });
});

describe('the bundle on plain Node.js with only the runtime layer', () => {
  let s3: Server;
  let published: { DetailType: string; Detail: string }[];

  beforeAll(async () => {
    // Stands in for S3 and EventBridge: serves the image that the key names and collects the events.
    s3 = createServer((request, response) => {
      if (request.method === 'GET') {
        const name = decodeURIComponent(new URL(request.url!, 'http://s3').pathname.split('/').at(-1)!);
        const bytes = others[name] ?? readFileSync(join(images, name));
        response.writeHead(200, { etag: '"e7a6"', 'content-length': bytes.length }).end(bytes);
        return;
      }
      const body: Buffer[] = [];
      request.on('data', (chunk) => body.push(chunk));
      request.on('end', () => {
        const { Entries: entries } = JSON.parse(Buffer.concat(body).toString());
        published.push(...entries);
        response.end(JSON.stringify({ FailedEntryCount: 0, Entries: entries.map(() => ({ EventId: '1' })) }));
      });
    });
    await new Promise<void>((resolve) => s3.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => s3.close());

  const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  const invoke = async (names: string[], folder = 'function', credentials: NodeJS.ProcessEnv = keys) => {
    published = [];
    const event = {
      Records: names.map((key) => ({
        eventSource: 'aws:s3',
        eventName: 'ObjectCreated:Put',
        s3: { bucket: { name: 'uploads' }, object: { key, eTag: 'e7a6' } },
      })),
    };
    writeFileSync(join(parent, 'event.json'), JSON.stringify(event));
    const program = `
      const { handler } = require('./${folder}/index.js');
      handler(require('./event.json'), { awsRequestId: '1', getRemainingTimeInMillis: () => 60000 });`;
    const endpoint = `http://127.0.0.1:${(s3.address() as AddressInfo).port}`;
    await promisify(execFile)(process.execPath, ['-e', program], {
      cwd: parent,
      env: {
        NODE_PATH: join(parent, 'runtime/nodejs/node_modules'),
        ...credentials,
        AWS_REGION: 'eu-central-1',
        AWS_ENDPOINT_URL_S3: endpoint,
        AWS_ENDPOINT_URL_EVENTBRIDGE: endpoint,
        AWS_LAMBDA_FUNCTION_NAME: 'labeller',
        BUCKETLENS_MODEL_DIR: join(root, 'layers/model/efficientnet-lite0'),
        BUCKETLENS_WRITE_BACK: 'none',
        POWERTOOLS_METRICS_NAMESPACE: 'Bucketlens',
        POWERTOOLS_SERVICE_NAME: 'test',
      },
    });
    return published.map(({ DetailType, Detail }) => ({ detailType: DetailType, ...JSON.parse(Detail) }));
  };

  it('classifies an image of each format', async () => {
    const own = formats.filter(({ optional }) => !optional);
    const names = own.map(
      ({ name }) => goldens.findLast(({ format }) => format === name)?.file ?? `photo.${name}`,
    );

    const events = await invoke(names);

    expect(events.map(({ detailType, key, image }) => [detailType, key, image?.format])).toEqual(
      own.map(({ name }, i) => ['Image Classified', names[i], name]),
    );
    for (const { predictions } of events) expect(predictions).toHaveLength(5);
  });

  it('classifies HEIC if its decoder is there, and says how to switch it on if not', async () => {
    const [classified] = await invoke(['photo.heic'], 'function-with-heic');
    const [rejected] = await invoke(['photo.heic']);

    expect(classified).toMatchObject({
      detailType: 'Image Classified',
      image: { format: 'heic', width: 98, height: 74 },
    });
    expect(rejected).toMatchObject({
      detailType: 'Image Rejected',
      error: { name: 'UnsupportedFormat', message: expect.stringContaining('npm install libheif-js') },
    });
  });

  it('takes credentials from other places than the environment, too', async () => {
    const file = join(parent, 'credentials');
    writeFileSync(file, '[default]\naws_access_key_id = test\naws_secret_access_key = test\n');

    const [event] = await invoke(['bad_text.jpg'], 'function', { AWS_SHARED_CREDENTIALS_FILE: file });

    expect(event).toMatchObject({ detailType: 'Image Rejected' });
  });

  it('rejects a file that is not an image', async () => {
    const [event] = await invoke(['bad_text.jpg']);

    expect(event).toMatchObject({ detailType: 'Image Rejected', error: { name: 'UnsupportedFormat' } });
  });
});
