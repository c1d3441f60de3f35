/** The hub's routes on a server of the tests' own. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildModel } from '../../../../layers/model/build-model.ts';
import { fetchRepository, parseHubName } from '../../../../layers/model/huggingface/hub.ts';
import { findSource } from '../../../../layers/model/source.ts';
import { serve } from '../../../support/serve.ts';
import { temporaryFolder } from '../fixtures.ts';

const home = join(import.meta.dirname, '../fixtures/hub/vit');
const commit = '0123456789abcdef0123456789abcdef01234567';
const files: Readonly<Record<string, Buffer>> = {
  'config.json': readFileSync(join(home, 'config.json')),
  'preprocessor_config.json': readFileSync(join(home, 'preprocessor_config.json')),
  'README.md': Buffer.from('---\nlicense: apache-2.0\n---\n'),
  'onnx/model.onnx': readFileSync(join(home, 'onnx/model.onnx')),
  'onnx/model.onnx_data': Buffer.from('weights'),
  'onnx/model_quantized.onnx': Buffer.from('integers'),
  'training/big.bin': Buffer.from('never fetched'),
  'model.safetensors': Buffer.from('not fetched next to an ONNX file'),
};

const cache = temporaryFolder();
let published: readonly string[];
let requests: string[];
let tokens: (string | undefined)[];
let status: number;
let damaged: string | undefined;
let cutAfter: number | undefined;
let server: Awaited<ReturnType<typeof serve>>;

function info() {
  const siblings = Object.entries(files)
    .filter(([name]) => published.includes(name))
    .map(([rfilename, bytes]) => ({
      rfilename,
      size: bytes.length,
      blobId: createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex'),
      ...(rfilename.startsWith('onnx/') && {
        lfs: { sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length },
      }),
    }));
  return JSON.stringify({ id: 'me/vit', sha: commit, siblings });
}

function handle(request: IncomingMessage, response: ServerResponse): void {
  const url = request.url!;
  requests.push(url);
  tokens.push(request.headers.authorization);
  const file = /^\/(?:me\/vit\/resolve\/[0-9a-f]{40}|cdn)\/(.+)$/.exec(url)?.[1];
  if (url.startsWith('/api/models/')) {
    const known = /^\/api\/models\/me\/vit\/revision\/(main|v1|[0-9a-f]{40})\?blobs=true$/.test(url);
    response.writeHead(known ? status : 404).end(info());
  } else if (file !== undefined && files[file] && url.startsWith('/me/')) {
    // As the hub does with large files.
    response.writeHead(302, { location: `/cdn/${file}` }).end();
  } else if (file !== undefined && files[file]) {
    sendFile(file, request, response);
  } else response.writeHead(404).end();
}

function sendFile(file: string, { headers }: IncomingMessage, response: ServerResponse): void {
  const bytes = damaged === file ? Buffer.alloc(files[file]!.length) : files[file]!;
  const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  response.writeHead(start > 0 ? 206 : 200, {
    etag: `"${file}"`,
    'content-length': bytes.length - start,
    ...(start > 0 && { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
  });
  if (cutAfter !== undefined && file === 'onnx/model.onnx') {
    const part = bytes.subarray(start, cutAfter);
    cutAfter = undefined;
    response.write(part, () => setTimeout(() => response.destroy(), 50));
  } else response.end(bytes.subarray(start));
}

beforeEach(async () => {
  published = Object.keys(files);
  requests = [];
  tokens = [];
  status = 200;
  damaged = undefined;
  cutAfter = undefined;
  server = await serve(handle);
  for (const name of ['XDG_CACHE_HOME', 'LOCALAPPDATA', 'HOME']) {
    vi.stubEnv(name, join(cache, String(server.port)));
  }
  vi.stubEnv('HF_ENDPOINT', `http://127.0.0.1:${server.port}/`);
  vi.stubEnv('HF_TOKEN', '');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

const main = { name: 'me/vit', revision: 'main' };
const fp32 = { precision: 'fp32', retryDelayMs: 0 } as const;

describe('a model on the hub', () => {
  it('is fetched with its configuration, its network and its external data, and nothing else', async () => {
    const { folder, network, origin } = await fetchRepository(main, fp32);

    expect(network).toBe('onnx/model.onnx');
    expect(origin).toBe(`http://127.0.0.1:${server.port}/me/vit/tree/${commit}`);
    for (const file of Object.keys(files).filter((name) => !/quantized|training|safetensors/.test(name))) {
      expect(readFileSync(join(folder, file)).equals(files[file]!)).toBe(true);
    }
    expect(existsSync(join(folder, 'training'))).toBe(false);
    expect(readdirSync(join(folder, 'onnx')).sort()).toEqual(['model.onnx', 'model.onnx_data']);
  });

  it('is the source of a model, by its name', async () => {
    const source = await findSource('vit', 'hf:me/vit@v1', { retryDelayMs: 0 });

    expect(source).toMatchObject({ origin: expect.stringContaining(commit) });
    expect(source.path).toBe(join(source.repository!, 'onnx/model.onnx'));
    expect(statSync(source.path).size).toBe(files['onnx/model.onnx']!.length);
  });

  it('is fetched once: later requests are for the list of files only, or none for a commit', async () => {
    await fetchRepository(main, fp32);
    requests = [];

    await fetchRepository(main, fp32);
    expect(requests).toEqual(['/api/models/me/vit/revision/main?blobs=true']);
    await server.close();
    await expect(fetchRepository({ ...main, revision: commit }, fp32)).resolves.toMatchObject({
      network: 'onnx/model.onnx',
    });
  });

  it('becomes a model without any option', async () => {
    const source = await findSource('vit', 'hf:me/vit', { retryDelayMs: 0 });

    const { manifest, classes } = await buildModel(
      { name: 'vit', source, precision: 'fp32', preprocessing: {} },
      join(temporaryFolder(), 'vit'),
    );

    expect(classes).toBe(5);
    expect(manifest).toMatchObject({
      licence: 'apache-2.0',
      source: `http://127.0.0.1:${server.port}/me/vit/tree/${commit}`,
      input: { width: 224, height: 224 },
      output: { activation: 'none', apply: 'softmax' },
    });
  });

  it('of another kind without an ONNX file is refused before its weights are fetched', async () => {
    published = ['config.json', 'model.safetensors'];

    await expect(fetchRepository(main, fp32)).rejects.toThrow(/optimum-cli export onnx --model me\/vit/);
    expect(requests.some((url) => url.endsWith('model.safetensors'))).toBe(false);
  });

  it('is fetched by precision', async () => {
    expect(await fetchRepository(main, { ...fp32, precision: 'int8' })).toMatchObject({
      network: 'onnx/model_quantized.onnx',
    });
  });

  it('resumes where a download broke off', async () => {
    cutAfter = 100_000;

    const { folder } = await fetchRepository(main, fp32);

    expect(readFileSync(join(folder, 'onnx/model.onnx')).equals(files['onnx/model.onnx']!)).toBe(true);
    expect(requests.filter((url) => url.endsWith('/cdn/onnx/model.onnx')).length).toBe(2);
  });

  it.each(['onnx/model.onnx', 'config.json'])(
    'is checked against the digests of the hub: %s',
    async (file) => {
      damaged = file;

      await expect(fetchRepository(main, fp32)).rejects.toThrow(
        /sent another file than expected: its (SHA256|GIT-SHA1) is/,
      );
    },
  );

  it('is requested with the token of the environment', async () => {
    vi.stubEnv('HF_TOKEN', 'hf_secret');

    await fetchRepository(main, fp32);

    expect(new Set(tokens)).toEqual(new Set(['Bearer hf_secret']));
  });

  it.each([
    [404, /there is no model me\/vit with a revision main at .*, or it is private: set HF_TOKEN/],
    [401, /or it is private: set HF_TOKEN/],
    [403, /me\/vit is gated: accept its terms at http.*\/me\/vit and set HF_TOKEN/],
    [503, /could not be read: the server answered 503; try again later/],
  ])('is refused with a remedy if the hub responds with %i', async (answer, message) => {
    status = answer;

    await expect(fetchRepository(main, fp32)).rejects.toThrow(message);
  });

  it('is refused with three remedies if the hub cannot be reached', async () => {
    await server.close();

    await expect(fetchRepository(main, fp32)).rejects.toThrow(
      /cannot be reached \(.*ECONNREFUSED.*\)\. Three ways on:\n.*HF_ENDPOINT=[\s\S]*hf:me\/vit@COMMIT[\s\S]*--from FOLDER/,
    );
  });
});

describe('parseHubName', () => {
  it.each([
    ['hf:me/vit', { name: 'me/vit', revision: 'main' }],
    ['hf:me/vit.v2@refs/pr/1', { name: 'me/vit.v2', revision: 'refs/pr/1' }],
    ['vit.onnx', undefined],
  ])('reads %s', (from, model) => {
    expect(parseHubName(from)).toEqual(model);
  });

  it.each(['hf:vit', 'hf:me/../vit', 'hf:me/vit@', 'hf:me/vit@../x', 'hf:me/vit/onnx'])(
    'refuses %s',
    (from) => {
      expect(() => parseHubName(from)).toThrow(/expected hf:OWNER\/NAME or hf:OWNER\/NAME@REVISION/);
    },
  );
});
