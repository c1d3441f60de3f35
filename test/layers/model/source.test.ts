import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { publishedWeights } from '../../../layers/model/catalogue.ts';
import { findSource } from '../../../layers/model/source.ts';
import { serve } from '../../support/serve.ts';
import { temporaryFolder } from './fixtures.ts';

const folder = temporaryFolder();
const weights = join(folder, 'weights.h5');
writeFileSync(weights, 'my weights');

// The real ones are 100 MB on another continent.
vi.mock('../../../layers/model/catalogue.ts', () => ({
  publishedWeights: {
    resnet50: {
      url: 'http://nobody.invalid/resnet50.h5',
      md5: '0'.repeat(32),
      source: 'Keras',
      licence: 'MIT',
      licenceFile: '',
    },
    copied: {
      url: 'http://nobody.invalid/copied.h5',
      md5: '63f4f1e9b725370f459720575cd5f953',
      source: 'Keras, copied',
      licence: 'MIT',
      licenceFile: '',
    },
  },
}));

beforeEach(() => {
  // Wherever the platform has its cache.
  for (const name of ['XDG_CACHE_HOME', 'LOCALAPPDATA', 'HOME']) vi.stubEnv(name, folder);
});
afterEach(() => vi.unstubAllEnvs());

async function serveText(content: string) {
  const { port, close } = await serve((_, response) => response.end(content));
  return { url: `http://127.0.0.1:${port}`, close };
}

describe('findSource', () => {
  it('takes a file as it is', async () => {
    expect(await findSource('mine', weights)).toEqual({ path: weights, origin: 'weights.h5' });
  });

  it('knows the weights that Keras publishes by their content, from wherever they come', async () => {
    const copy = join(folder, 'copy.h5');
    writeFileSync(copy, 'weights');

    expect(await findSource('mine', copy)).toMatchObject({
      path: copy,
      origin: 'Keras, copied',
      published: { licence: 'MIT' },
    });
  });

  it('refuses a TensorFlow SavedModel with the line that exports it', async () => {
    const saved = join(folder, 'saved');
    mkdirSync(saved, { recursive: true });
    writeFileSync(join(saved, 'saved_model.pb'), '');

    await expect(findSource('mine', saved)).rejects.toThrow(
      `${saved} is a TensorFlow SavedModel. Export it (pip install tf2onnx):\n    python -m tf2onnx.convert --saved-model ${saved} --output model.onnx`,
    );
  });

  it.each([
    ['mine', weights],
    ['resnet50', undefined],
  ])('takes int8 of a repository only, unless there are photos to quantise with (%s)', async (name, from) => {
    await expect(findSource(name, from, { precision: 'int8' })).rejects.toThrow(
      `--precision int8 alone takes the int8 network of a repository, and ${from ?? name} is a single network: add --calibrate FOLDER`,
    );
  });

  it.each([
    ['/a/net.onnx?download=1', 'net.onnx'],
    ['/', 'model'],
  ])('downloads from an address (%s)', async (address, fileName) => {
    const { url: home, close } = await serveText('my weights');

    const { path, origin } = await findSource('mine', home + address);

    await close();
    expect(origin).toBe(home + address);
    expect(basename(path)).toBe(fileName);
    expect(readFileSync(path, 'utf8')).toBe('my weights');
  });

  it('downloads the weights that Keras publishes under the name', async () => {
    const { url, close } = await serveText('weights');
    const published = { ...publishedWeights.copied!, url: `${url}/copied.h5` };
    Object.assign(publishedWeights, { copied: published });

    const found = await findSource('copied', undefined);

    await close();
    expect(found).toMatchObject({ origin: 'Keras, copied', published });
    expect(readFileSync(found.path, 'utf8')).toBe('weights');
  });

  it.each([
    ['no such file', join(folder, 'none.h5'), /there is no file .*none.h5/],
    ['a folder', folder, /is a folder without config.json; expected a file/],
  ])('refuses %s', async (_, from, message) => {
    await expect(findSource('mine', from)).rejects.toThrow(message);
  });

  it('says which networks it knows by name', async () => {
    await expect(findSource('vgg16', undefined)).rejects.toThrow(
      'vgg16 is not among the networks that can be fetched by name (resnet50, copied); give your own with --from FILE or --from URL',
    );
  });

  it('names three remedies without internet, and leaves nothing behind', async () => {
    const found = findSource('resnet50', undefined);

    await expect(found).rejects.toThrow(
      /^http:\/\/nobody.invalid\/resnet50.h5 could not be downloaded: .*\nThree ways on:\n.*--from https:\/\/HOST\/resnet50.h5\n.*--from FILE.h5\n.*efficientnet-lite0/,
    );
    expect(existsSync(join(folder, 'bucketlens', 'resnet50.h5'))).toBe(false);
  });
});
